import test from "ava";
import { bundleBucketPrefix, repositoryArnOf, workloadNeeds } from "../../batch/workload.ts";

const usual = {
  region: "eu-west-1",
  launchTypes: ["ec2"],
  image: undefined,
  secretArn: undefined,
  bundleBucketPrefix: "worker-bundles-",
  sourceLocations: [],
} as const;

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
    ["logs", "s3", "secretsmanager"],
    [{ host: "registry-1.docker.io", port: 443 }],
  ],
  [
    "a registry at another port",
    { launchTypes: ["fargate"], image: "registry.example:5000/worker" },
    ["logs", "s3", "secretsmanager"],
    [{ host: "registry.example", port: 5000 }],
  ],
  [
    "a secret in another Region",
    {
      launchTypes: ["fargate"],
      image: "library/node:24",
      secretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:database-AbCdEf",
    },
    ["logs", "s3"],
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

for (const [region, layers, code] of [
  ["eu-west-1", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*", "arn:aws:s3:::worker-bundles-*/*"],
  ["cn-north-1", "arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/*", "arn:aws-cn:s3:::worker-bundles-*/*"],
  [
    "us-gov-west-1",
    "arn:aws-us-gov:s3:::prod-us-gov-west-1-starport-layer-bucket/*",
    "arn:aws-us-gov:s3:::worker-bundles-*/*",
  ],
] as const) {
  test(`S3's endpoint in ${region} lets the registry's layers and the jobs' code through, and nothing else`, (t) => {
    const { policies } = workloadNeeds({ ...usual, region });
    t.deepEqual(Object.keys(policies), ["s3"]);
    t.deepEqual(JSON.parse(policies.s3!).Statement, [
      { Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: [layers, code] },
    ]);
  });
}

test("of an image elsewhere S3's endpoint lets the jobs' code through alone", (t) => {
  const { policies } = workloadNeeds({ ...usual, image: "library/node:24" });
  const [{ Resource }] = JSON.parse(policies.s3!).Statement;
  t.deepEqual(Resource, ["arn:aws:s3:::worker-bundles-*/*"]);
});

for (const [name, prefix] of [
  ["batch-preflight", "batch-preflight-bundles-"],
  ["My_Team.Worker", "my-team-worker-bundles-"],
  ["_a", "a-bundles-"],
  ["a-project-whose-name-is-longer-than-a-bucket", "a-project-whose-name-is-long-bundles-"],
] as const) {
  test(`the code of ${name} is in a bucket called ${prefix} and more`, (t) => {
    t.is(bundleBucketPrefix(name), prefix);
    t.true(prefix.length <= 37);
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
