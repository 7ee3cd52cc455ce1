import test from "ava";
import { jobSettings } from "../../../batch/cli/settings.ts";

test("jobs get the worker's settings of .env.aws, but no secret and nothing that their definition sets", (t) => {
  const file = {
    WORKER_LIMIT: "10",
    WORKER_NAME: 'a "quoted" näme',
    WORKER_EMPTY: "",
    WORKER_BATCH: "file",
    WORKER_PASSWORD: "x",
    WORKER_API_KEY: "x",
    WORKER_TOKEN: "x",
    WORKER_DATABASE_URL: "x",
    DATABASE_URL: "x",
    PGHOST: "x",
    JOB_QUEUE: "x",
    AWS_REGION: "x",
    AWS_BATCH_JOB_ID: "x",
  };
  t.deepEqual(jobSettings(file, { WORKER_BATCH: "definition", OTHER: "x" }), {
    WORKER_LIMIT: "10",
    WORKER_NAME: 'a "quoted" näme',
    WORKER_EMPTY: "",
  });
});
