import test from "ava";
import { repositoryArnOf, workloadNeeds } from "../../batch/workload.ts";

const usual = { region: "eu-west-1", launchTypes: ["ec2"], image: undefined, secretArn: undefined } as const;

for (const [what, args, services, hosts] of [
  [
    "a job on instances",
    {},
    ["ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs", "s3", "secretsmanager"],
    [],
  ],
  ["a job on Fargate", { launchTypes: ["fargate"] }, ["ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager"], []],
  [
    "an image of Docker Hub",
    { launchTypes: ["fargate"], image: "library/node:24" },
    ["logs", "secretsmanager"],
    [{ host: "registry-1.docker.io", port: 443 }],
  ],
  [
    "a registry at another port",
    { launchTypes: ["fargate"], image: "registry.example:5000/worker" },
    ["logs", "secretsmanager"],
    [{ host: "registry.example", port: 5000 }],
  ],
  [
    "a secret in another Region",
    {
      launchTypes: ["fargate"],
      image: "library/node:24",
      secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:database-AbCdEf",
    },
    ["logs"],
    [
      { host: "registry-1.docker.io", port: 443 },
      { host: "secretsmanager.eu-central-1.amazonaws.com", port: 443 },
    ],
  ],
] as const) {
  test(`${what} needs ${[...services, ...hosts.map(({ host }) => host)].join(", ")}`, (t) => {
    const needs = workloadNeeds({ ...usual, ...args });
    t.deepEqual([...needs.services].sort(), [...services]);
    t.deepEqual<unknown, unknown>(needs.hosts, hosts);
  });
}

for (const [region, bucket] of [
  ["eu-west-1", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"],
  ["cn-north-1", "arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/*"],
  ["us-gov-west-1", "arn:aws-us-gov:s3:::prod-us-gov-west-1-starport-layer-bucket/*"],
] as const) {
  test(`S3's endpoint in ${region} lets the registry's layers through, and nothing else`, (t) => {
    const { policies } = workloadNeeds({ ...usual, region });
    t.deepEqual(Object.keys(policies), ["s3"]);
    t.deepEqual(JSON.parse(policies.s3!).Statement, [
      { Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: [bucket] },
    ]);
  });
}

for (const [uri, arn] of [
  [
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/worker@sha256:1",
    "arn:aws:ecr:eu-west-1:123456789012:repository/team/worker",
  ],
  ["123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker:1", "arn:aws:ecr:eu-west-1:123456789012:repository/worker"],
  ["public.ecr.aws/me/worker", undefined],
  ["worker", undefined],
] as const) {
  test(`${uri} lies in ${arn ?? "no repository of Amazon ECR"}`, (t) => {
    t.is(repositoryArnOf(uri, "aws"), arn);
  });
}
