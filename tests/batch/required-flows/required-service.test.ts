import test from "ava";
import { policyStatements, requiredFlows, requiredServices } from "../../../batch/required-flows.ts";
import { job, platform, why } from "../jobs.ts";

const services = (flows: ReturnType<typeof requiredFlows>) =>
  requiredServices(flows).map(({ name, kind }) => `${kind} ${name}`);

test("a job on EC2 needs endpoints of seven services, each once", (t) => {
  const own = job({ environmentFiles: ["arn:aws:s3:::bucket/.env"] });
  t.deepEqual(services(requiredFlows(platform("EC2"), own)), [
    "interface ecs",
    "interface ecs-agent",
    "interface ecs-telemetry",
    "interface ecr.api",
    "interface ecr.dkr",
    "gateway s3",
    "interface logs",
  ]);
});

test("hosts on the internet and what nobody knows have no endpoint", (t) => {
  t.deepEqual(services(requiredFlows(platform("FARGATE"), job({ images: [why] }))), ["interface logs"]);
});

test("a policy allows what is asked and nothing else", (t) => {
  const own = job({ environmentFiles: ["arn:aws:s3:::bucket/.env"] });
  const s3 = requiredServices(requiredFlows(platform("FARGATE"), own)).find(({ name }) => name === "s3");
  t.deepEqual(policyStatements(s3?.requests ?? []), [
    {
      Effect: "Allow",
      Principal: "*",
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*", "arn:aws:s3:::bucket/.env"],
    },
  ]);
});

test("actions on one resource are one statement, and on others another", (t) => {
  const requests = [
    { action: "ecr:GetAuthorizationToken", resource: "*" },
    { action: "ecr:BatchGetImage", resource: "arn:aws:ecr:eu-west-1:123456789012:repository/worker" },
    { action: "ecr:GetDownloadUrlForLayer", resource: "arn:aws:ecr:eu-west-1:123456789012:repository/worker" },
  ];
  t.deepEqual(
    policyStatements(requests).map(({ Action, Resource }) => [Action, Resource]),
    [
      [["ecr:GetAuthorizationToken"], ["*"]],
      [["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], ["arn:aws:ecr:eu-west-1:123456789012:repository/worker"]],
    ],
  );
});
