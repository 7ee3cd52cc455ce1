import test, { type ExecutionContext } from "ava";
import { workloadOf } from "../../../batch/adapters/pulumi-workload.ts";
import { Program } from "../../../network/adapters/pulumi/program.ts";
import { folderOf, linkPackages, record } from "../../network/adapters/pulumi-program/program.ts";
import { line } from "../jobs.ts";

/** Programs as people write them, run in process with ids that are known and with none. */

const network = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
const vpc = new aws.ec2.Vpc("lab", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const subnetIds = ["10.0.0.0/24", "10.0.1.0/24"].map(
  (cidrBlock, index) => new aws.ec2.Subnet("jobs-" + index, { vpcId: vpc.id, cidrBlock }).id,
);
const jobs = new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.id });
const environment = (name: string, type: string) =>
  new aws.batch.ComputeEnvironment(name, {
    type: "MANAGED",
    computeResources: { type, maxVcpus: 4, subnets: subnetIds, securityGroupIds: [jobs.id] },
  });
const repository = new aws.ecr.Repository("worker");
const role = new aws.iam.Role("execution", { assumeRolePolicy: "{}" });
`;

const withDatabase = `${network}
const onInstances = environment("instances", "EC2");
new aws.batch.JobQueue("jobs", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: onInstances.arn }],
});
const group = new aws.rds.SubnetGroup("data", { subnetIds });
const own = new aws.ec2.SecurityGroup("data", { vpcId: vpc.id });
const database = new aws.rds.Instance("data", {
  engine: "postgres",
  instanceClass: "db.t4g.micro",
  allocatedStorage: 20,
  dbSubnetGroupName: group.name,
  vpcSecurityGroupIds: [own.id],
  username: "worker",
  password: "not a secret",
});
const secret = new aws.secretsmanager.Secret("password");
const bucket = new aws.s3.Bucket("input");
const logGroup = new aws.cloudwatch.LogGroup("jobs");
new aws.batch.JobDefinition("worker", {
  type: "container",
  containerProperties: pulumi.jsonStringify({
    image: pulumi.interpolate\`\${repository.repositoryUrl}:latest\`,
    executionRoleArn: role.arn,
    environment: [
      { name: "DATABASE_URL", value: pulumi.interpolate\`postgres://worker@\${database.endpoint}/worker\` },
      { name: "BUCKET", value: bucket.bucket },
    ],
    secrets: [{ name: "PGPASSWORD", valueFrom: pulumi.interpolate\`\${secret.arn}:password::\` }],
    logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": logGroup.name } },
  }),
});
`;

const onFargate = `${network}
environment("fargate", "FARGATE");
const files = new aws.efs.FileSystem("files");
const all = subnetIds.map(
  (subnetId, index) =>
    new aws.efs.MountTarget("files-" + index, { fileSystemId: files.id, subnetId, securityGroups: [jobs.id] }),
);
new aws.batch.JobDefinition("worker", {
  type: "container",
  platformCapabilities: ["FARGATE"],
  containerProperties: pulumi
    .all([repository.repositoryUrl, files.id, role.arn])
    .apply(([image, fileSystemId, executionRoleArn]) =>
      JSON.stringify({
        image,
        executionRoleArn,
        volumes: [{ name: "files", efsVolumeConfiguration: { fileSystemId } }],
      }),
    ),
});
`;

const registry = ["STARTING ecr.api tcp/443", "STARTING ecr.dkr tcp/443", "STARTING s3 tcp/443"];

const programs: readonly (readonly [what: string, text: string, flows: readonly string[]])[] = [
  [
    "jobs on instances with a database, a bucket and a secret",
    withDatabase,
    [
      "RUNNABLE ecs tcp/443",
      "RUNNABLE ecs-agent tcp/443",
      "RUNNABLE ecs-telemetry tcp/443",
      ...registry,
      "STARTING secretsmanager tcp/443",
      "STARTING logs tcp/443",
      "RUNNING data tcp/5432",
      "RUNNING s3 tcp/443",
    ],
  ],
  ["jobs on Fargate with a file system", onFargate, [...registry, "STARTING files tcp/2049", "STARTING logs tcp/443"]],
];

for (const ids of ["known", "unknown"] as const) {
  for (const [what, text, expected] of programs) {
    test(`with ids ${ids}: a program of ${what} comes to these flows`, async (t) => {
      const own = await workloadIn(t, text, ids);
      t.deepEqual(
        own.runs.map(({ flows }) => flows.map((flow) => line(flow).replaceAll(/urn:\S*::/g, ""))),
        [expected],
      );
      const [environment] = own.computeEnvironments;
      t.deepEqual(
        [environment?.subnetIds, environment?.securityGroupIds].map((urns) =>
          Array.isArray(urns) ? urns.map((urn: string) => urn.replace(/.*::/, "")) : urns,
        ),
        [["jobs-0", "jobs-1"], ["jobs"]],
      );
      const notes = own.notes.map(({ message }) => message.replaceAll(/urn:\S*::/g, ""));
      const hidden = "containerProperties of worker is known only after `pulumi up`";
      t.deepEqual(
        notes,
        ids === "known" ? [] : [`What the jobs of worker need is told from what they depend on: ${hidden}.`],
      );
    });
  }
}

async function workloadIn(t: ExecutionContext, text: string, ids: "known" | "unknown") {
  const files = { "package.json": '{"type":"module","main":"index.ts"}', "index.ts": text };
  const directory = await folderOf(t, files);
  await linkPackages(directory);
  const { resources, region } = await record(t, {}, { directory, ids });
  return workloadOf(new Program(resources), { region });
}
