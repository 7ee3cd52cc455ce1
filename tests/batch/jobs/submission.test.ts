import test from "ava";
import { planJobs, type SubProcess } from "../../../batch/jobs/submission.ts";

const airports: SubProcess = { name: "airports", kind: "load", needs: [] };
const flights: SubProcess = { name: "flights", kind: "load", needs: ["airports"] };
const stats: SubProcess = { name: "stats", kind: "derive", needs: ["airports", "flights"] };
const after: SubProcess = { name: "after", kind: "load", needs: ["stats"] };

const text = (jobs: ReturnType<typeof planJobs>) =>
  jobs.map(
    ({ jobName, command, arraySize = 1, after }) =>
      `${jobName} x${arraySize}: ${command.join(" ")}; after ${after.map(({ jobName, type = "all" }) => `${jobName} ${type}`).join(", ") || "nothing"}`,
  );

test("a job a sub-process, each after those that it needs", (t) => {
  t.deepEqual(text(planJobs([airports, flights, stats], ["--env", "aws"], 1)), [
    "batch-preflight-airports x1: --env aws --only airports; after nothing",
    "batch-preflight-flights x1: --env aws --only flights; after batch-preflight-airports all",
    "batch-preflight-stats x1: --env aws --only stats; after batch-preflight-airports all, batch-preflight-flights all",
  ]);
});

test("with shards a load is an array, shard by shard after its like; what is derived is one job, after all shards", (t) => {
  t.deepEqual(text(planJobs([airports, flights, stats, after], ["--env", "local"], 4)), [
    "batch-preflight-airports x4: --env local --only airports; after nothing",
    "batch-preflight-flights x4: --env local --only flights; after batch-preflight-airports N_TO_N",
    "batch-preflight-stats x1: --env local --only stats; after batch-preflight-airports all, batch-preflight-flights all",
    "batch-preflight-after x4: --env local --only after; after batch-preflight-stats all",
  ]);
});

test("what is not submitted is not waited for", (t) => {
  t.deepEqual(text(planJobs([stats], ["--env", "local"], 1)), [
    "batch-preflight-stats x1: --env local --only stats; after nothing",
  ]);
});
