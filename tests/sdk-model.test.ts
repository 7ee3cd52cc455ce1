import test from "ava";
import { faultsOfRequest } from "./sdk-model.ts";

const job = { jobName: "flights", jobQueue: "queue", jobDefinition: "worker" };

test("a request that the model has is without fault", (t) => {
  const retryStrategy = { attempts: 2, evaluateOnExit: [{ action: "RETRY", onExitCode: "75" }] };
  const containerOverrides = { command: ["list"], environment: [{ name: "A", value: "b" }] };
  const request = { ...job, arrayProperties: { size: 2 }, retryStrategy, containerOverrides, tags: { team: "data" } };
  t.deepEqual(faultsOfRequest("submitjob", request), []);
  t.deepEqual(faultsOfRequest("GetLogEvents", { logGroupName: "g", logStreamName: "s", startFromHead: true }), []);
});

for (const [request, fault] of [
  [{ ...job, jobDefinition: undefined }, "submitjob.jobDefinition is missing"],
  [{ ...job, jobNames: "x" }, "submitjob.jobNames is not in the model"],
  [{ ...job, arrayProperties: { size: "2" } }, 'submitjob.arrayProperties.size is "2", not a number'],
  [
    { ...job, containerOverrides: { command: "list" } },
    'submitjob.containerOverrides.command is "list", which is not what the model has',
  ],
  [{ ...job, tags: { team: 1 } }, "submitjob.tags[team] is 1, not a string"],
  [{ ...job, retryStrategy: { evaluateOnExit: [{}] } }, "submitjob.retryStrategy.evaluateOnExit[0].action is missing"],
] as const) {
  test(`a request that the model does not have: ${fault}`, (t) => {
    t.deepEqual(faultsOfRequest("submitjob", JSON.parse(JSON.stringify(request))), [fault]);
  });
}

test("an operation that there is not is told", (t) => {
  t.deepEqual(faultsOfRequest("submitjobs", {}), ["submitjobs is no operation of AWS Batch or CloudWatch Logs"]);
});
