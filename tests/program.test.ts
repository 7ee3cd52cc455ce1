import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import test from "ava";
import { readProject } from "../network/adapters/pulumi-program/project.ts";
import { defaults } from "../settings.ts";
import { imageFingerprint as fingerprintOf } from "../worker/bootstrap/image-fingerprint.ts";
import { definitionArn, queueArn, type Recording, record, unknownValue } from "./recorded-program.ts";

const project = path.dirname(import.meta.dirname);
let runs = 0;

/** Runs index.ts with these settings. */
async function program(
  settings: Record<string, string> = {},
  options: { preview?: boolean; stack?: string } = {},
): Promise<Recording> {
  const config = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`batch-preflight:${name}`, value]),
  );
  runs += 1;
  return await record(() => import(`../index.ts?run=${runs}`), { config, ...options });
}

interface Named {
  name: string;
  value: string;
}

/** What of the recorded network differs by choice: how many of each. */
const counted = {
  endpoints: "ec2/vpcEndpoint:VpcEndpoint",
  natGateways: "ec2/natGateway:NatGateway",
  internetGateways: "ec2/internetGateway:InternetGateway",
  routes: "ec2/route:Route",
  computeEnvironments: "batch/computeEnvironment:ComputeEnvironment",
  instanceProfiles: "iam/instanceProfile:InstanceProfile",
} as const;

const onInstances = ["ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs", "s3", "secretsmanager"];
const onFargate = ["ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager"];

for (const [egress, launchType, services, expected] of [
  ["endpoints", "ec2", onInstances, [8, 0, 0, 0, 1, 1]],
  ["endpoints", "spot,ec2", onInstances, [8, 0, 0, 0, 2, 1]],
  ["endpoints", "fargate", onFargate, [5, 0, 0, 0, 1, 0]],
  ["nat", "ec2", ["s3"], [1, 1, 1, 3, 1, 1]],
  ["nat", "fargate", ["s3"], [1, 1, 1, 3, 1, 0]],
  ["public", "spot", ["s3"], [1, 0, 1, 1, 1, 1]],
  ["public", "fargate", ["s3"], [1, 0, 1, 1, 1, 0]],
] as const) {
  test.serial(`egress ${egress} with ${launchType}: exactly what the jobs need`, async (t) => {
    const recording = await program({ egress, launchType });
    t.deepEqual(
      recording
        .all(counted.endpoints)
        .map(({ inputs }) => String(inputs.serviceName).replace("com.amazonaws.eu-west-1.", ""))
        .sort(),
      [...services],
    );
    t.deepEqual(
      Object.values(counted).map((type) => recording.all(type).length),
      [...expected],
    );
  });
}

test.serial("a first preview registers the same, with every id unknown", async (t) => {
  const [first, later] = [await program({}, { preview: true }), await program()];
  const names = (recording: Recording) => recording.resources.map(({ type, name }) => `${type} ${name}`).sort();
  t.deepEqual(names(first), names(later));
  t.is(first.one("ec2/subnet:Subnet", "batch-preflight-private-1").inputs.vpcId, unknownValue);
});

test.serial("what a compute environment refers to can be told in a preview", async (t) => {
  const recording = await program({ egress: "nat" }, { preview: true });
  const environment = recording.one("batch/computeEnvironment:ComputeEnvironment");
  t.deepEqual(recording.references(environment, "computeResources"), [
    "batch-preflight-ec2",
    "batch-preflight-instance",
    "batch-preflight-jobs",
    "batch-preflight-private-1",
    "batch-preflight-private-2",
  ]);
});

test.serial("rules and routes are resources of their own", async (t) => {
  const recording = await program({ egress: "nat" });
  for (const { inputs } of recording.all("ec2/securityGroup:SecurityGroup")) {
    t.false("ingress" in inputs || "egress" in inputs);
  }
  for (const { inputs } of recording.all("ec2/routeTable:RouteTable")) t.false("routes" in inputs);
});

test.serial("jobs may go to endpoints, S3 and the database, and nowhere else", async (t) => {
  const recording = await program();
  const rules = recording.all("vpc/securityGroupEgressRule:SecurityGroupEgressRule").map(({ inputs }) => inputs);
  t.deepEqual(
    rules
      .map((rule) => [
        rule.securityGroupId,
        rule.referencedSecurityGroupId ?? rule.prefixListId,
        rule.fromPort,
        rule.toPort,
      ])
      .sort(),
    [
      ["batch-preflight-jobs-id", "batch-preflight-database-id", 5432, 5432],
      ["batch-preflight-jobs-id", "batch-preflight-endpoints-id", 443, 443],
      ["batch-preflight-jobs-id", "pl-batch-preflight-endpoints-s3", 443, 443],
    ],
  );
});

test.serial("who may come in is named by group: jobs to endpoints and database", async (t) => {
  const recording = await program();
  const rules = recording.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule").map(({ inputs }) => inputs);
  t.deepEqual(rules.map((rule) => [rule.securityGroupId, rule.referencedSecurityGroupId, rule.fromPort]).sort(), [
    ["batch-preflight-database-id", "batch-preflight-jobs-id", 5432],
    ["batch-preflight-endpoints-id", "batch-preflight-jobs-id", 443],
  ]);
});

test.serial("an existing VPC: nothing of a network is made but the jobs' group", async (t) => {
  const recording = await program({ vpcId: "vpc-0a", subnetIds: '["subnet-0a","subnet-0b"]' });
  const made = recording.resources.map(({ type }) => type).filter((type) => /aws:(ec2|vpc)\//.test(type));
  t.deepEqual([...new Set(made)].sort(), [
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  ]);
  const { computeResources } = recording.one("batch/computeEnvironment:ComputeEnvironment").inputs;
  t.deepEqual(computeResources.subnets, ["subnet-0a", "subnet-0b"]);
  t.is(recording.one("ec2/securityGroup:SecurityGroup", "batch-preflight-jobs").inputs.vpcId, "vpc-0a");
});

test.serial("an image of one's own: no repository, and no permission to pull where none is needed", async (t) => {
  const recording = await program({ image: "public.ecr.aws/me/worker:1", egress: "nat" });
  t.deepEqual(recording.all("awsx:ecr:Repository"), []);
  const container = JSON.parse(recording.one("batch/jobDefinition:JobDefinition").inputs.containerProperties);
  t.is(container.image, "public.ecr.aws/me/worker:1");
  t.notRegex(recording.one("iam/rolePolicy:RolePolicy", "batch-preflight-execution").inputs.policy, /ecr:/);
});

test.serial("a registry at another port: jobs may go there", async (t) => {
  const recording = await program({ image: "registry.example:5000/worker:1", egress: "nat" });
  const ports = recording
    .all("vpc/securityGroupEgressRule:SecurityGroupEgressRule")
    .filter(({ inputs }) => inputs.cidrIpv4 === "0.0.0.0/0")
    .map(({ inputs }) => inputs.fromPort);
  t.deepEqual(ports, [443, 5000]);
});

test.serial("a database of somebody else: no instance, one secret, one way out", async (t) => {
  const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf";
  const recording = await program({
    databaseUrlSecretArn: arn,
    databaseCidrBlock: "203.0.113.0/24",
    databasePort: "6543",
    egress: "nat",
  });
  t.deepEqual(recording.all("rds/instance:Instance"), []);
  t.deepEqual(
    recording.names("ec2/subnet:Subnet").filter((name) => name.includes("database")),
    [],
  );
  const container = JSON.parse(recording.one("batch/jobDefinition:JobDefinition").inputs.containerProperties);
  t.deepEqual(container.secrets, [{ name: "DATABASE_URL", valueFrom: arn }]);
  const rule = recording.one(
    "vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "batch-preflight-database-from-jobs-out",
  );
  t.deepEqual([rule.inputs.cidrIpv4, rule.inputs.fromPort], ["203.0.113.0/24", 6543]);
});

for (const [egress, databaseCidrBlock, fault] of [
  [
    "endpoints",
    "203.0.113.0/24",
    "databaseCidrBlock is 203.0.113.0/24 and egress is endpoints: a new VPC leads there by nothing; name a VPC that does (vpcId, subnetIds), or, for public addresses, choose nat or public.",
  ],
  [
    "nat",
    "10.50.0.0/24",
    "databaseCidrBlock 10.50.0.0/24 is private, and a new VPC leads to the internet alone; name a VPC that leads there (vpcId, subnetIds).",
  ],
] as const) {
  test.serial(`a database that a new VPC with egress ${egress} does not lead to is refused`, async (t) => {
    const databaseUrlSecretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf";
    const settings = { databaseUrlSecretArn, databaseCidrBlock };
    t.is((await t.throwsAsync(program({ ...settings, egress })))?.message, fault);
    const existing = { vpcId: "vpc-0a", subnetIds: '["subnet-0a"]' };
    await t.notThrowsAsync(program({ ...settings, ...existing, egress }));
  });
}

test.serial("the password is in no input of any resource", async (t) => {
  const recording = await program();
  const { inputs } = recording.one("rds/instance:Instance");
  t.true(inputs.manageMasterUserPassword);
  t.false("password" in inputs);
  const container = JSON.parse(recording.one("batch/jobDefinition:JobDefinition").inputs.containerProperties);
  t.deepEqual(container.secrets, [
    { name: "PGPASSWORD", valueFrom: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1:password::" },
    { name: "PGUSER", valueFrom: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1:username::" },
  ]);
});

test.serial("with deletionProtection false nothing outlives the stack; with it data do", async (t) => {
  const outcomes: unknown[] = [];
  for (const deletionProtection of ["false", "true"]) {
    const recording = await program({ deletionProtection });
    const { inputs } = recording.one("rds/instance:Instance");
    outcomes.push([
      inputs.deletionProtection,
      inputs.skipFinalSnapshot,
      inputs.deleteAutomatedBackups,
      inputs.finalSnapshotIdentifier,
      recording.one("awsx:ecr:Repository").inputs.forceDelete,
      recording.one("s3/bucket:Bucket").inputs.forceDestroy,
    ]);
  }
  t.deepEqual(outcomes, [
    [false, true, true, undefined, true, true],
    [true, false, false, "batch-preflight-database-test-final", false, false],
  ]);
});

test.serial("the last snapshot of the database has a name that RDS takes, whatever the stack is called", async (t) => {
  const recording = await program({}, { stack: "my_team.dev--1" });
  t.is(
    recording.one("rds/instance:Instance").inputs.finalSnapshotIdentifier,
    "batch-preflight-database-my-team-dev-1-final",
  );
});

test.serial("images of earlier workers stay for the jobs that wait for them", async (t) => {
  const { lifecyclePolicy } = (await program()).one("awsx:ecr:Repository").inputs;
  t.like(lifecyclePolicy.rules[0], { tagStatus: "untagged", maximumNumberOfImages: 30 });
});

test.serial("what is changed of the database is changed at once, not in the next maintenance window", async (t) => {
  t.true((await program()).one("rds/instance:Instance").inputs.applyImmediately);
});

test.serial("instances start when there is a way out, and stop before it is gone", async (t) => {
  for (const settings of [{ egress: "nat" }, { vpcId: "vpc-0a", subnetIds: '["subnet-0a", "subnet-0b"]' }]) {
    const recording = await program(settings);
    // Of the component: what is in it is made after it, and goes before it.
    const { dependencies } = recording.one("batch-preflight:batch:ComputeEnvironment");
    t.true(dependencies.some((urn) => urn.endsWith("::batch-preflight-jobs-443-out")));
  }
});

test.serial("a secret under a key of one's own can be opened, and nothing else that key locks", async (t) => {
  const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf";
  const recording = await program({ databaseUrlSecretArn: arn, databaseCidrBlock: "203.0.113.0/24", egress: "nat" });
  const { Statement } = JSON.parse(
    recording.one("iam/rolePolicy:RolePolicy", "batch-preflight-execution").inputs.policy,
  );
  t.deepEqual(
    Statement.filter(({ Action }: { Action: unknown }) => Action === "kms:Decrypt"),
    [
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: {
          StringLike: { "kms:ViaService": "secretsmanager.*" },
          StringEquals: { "kms:EncryptionContext:SecretARN": arn },
        },
      },
    ],
  );
});

test.serial("no output is undefined, of which Pulumi would warn", async (t) => {
  const settings = {
    image: "public.ecr.aws/me/worker:1",
    databaseUrlSecretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:database-AbCdEf",
    databaseCidrBlock: "203.0.113.0/24",
    egress: "nat",
  };
  const config = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`batch-preflight:${name}`, value]),
  );
  const outputs: Record<string, unknown> = {};
  await record(async () => Object.assign(outputs, await import("../index.ts?run=outputs" as string)), { config });
  t.true("jobQueueArn" in outputs);
  t.deepEqual(
    Object.keys(outputs).filter((name) => outputs[name] === undefined),
    [],
  );
});

test.serial(
  "the code of jobs: a bucket that is private, by TLS alone, versioned, written once and emptied",
  async (t) => {
    const recording = await program();
    t.is(recording.one("s3/bucket:Bucket").inputs.bucketPrefix, "batch-preflight-bundles-");
    const { bucket: _, ...blocked } = recording.one("s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs;
    t.deepEqual(blocked, {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    const { versioningConfiguration } = recording.one("s3/bucketVersioning:BucketVersioning").inputs;
    t.deepEqual(versioningConfiguration, { status: "Enabled" });
    const { rules } = recording.one("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs;
    t.like(rules[0], {
      status: "Enabled",
      expiration: { days: 90 },
      noncurrentVersionExpiration: { noncurrentDays: 7 },
    });
    t.like(rules[1], { status: "Enabled", expiration: { expiredObjectDeleteMarker: true } });
    const { Statement } = JSON.parse(recording.one("s3/bucketPolicy:BucketPolicy").inputs.policy);
    const arn = "arn:batch-preflight-bundles";
    t.deepEqual(
      Statement.map(({ Effect, Principal, Action, Resource, Condition }: Record<string, unknown>) => [
        Effect,
        Principal,
        Action,
        Resource,
        Condition,
      ]),
      [
        ["Deny", "*", "s3:*", [arn, `${arn}/*`], { Bool: { "aws:SecureTransport": "false" } }],
        ["Deny", "*", "s3:PutObject", `${arn}/*`, { Null: { "s3:if-none-match": "true" } }],
      ],
    );
  },
);

test.serial("a job may read code, and nothing else of AWS", async (t) => {
  const recording = await program();
  const own = recording.one("iam/rolePolicy:RolePolicy", "batch-preflight-job");
  t.is(own.inputs.role, "batch-preflight-job-id");
  t.deepEqual(JSON.parse(own.inputs.policy).Statement, [
    { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:batch-preflight-bundles/bundles/*" },
  ]);
  t.deepEqual(recording.names("iam/rolePolicyAttachment:RolePolicyAttachment"), ["batch-preflight-instance"]);
});

test.serial("a job may read what sourceLocations name, in any version, and the endpoint lets it", async (t) => {
  const recording = await program({ sourceLocations: '["s3://flights", "s3://airports/2001/my%20csv"]' });
  const own = recording.one("iam/rolePolicy:RolePolicy", "batch-preflight-job");
  const [, ...statements] = JSON.parse(own.inputs.policy).Statement;
  const sources = [
    "arn:aws:s3:::flights/*",
    "arn:aws:s3:::airports/2001/my csv",
    "arn:aws:s3:::airports/2001/my csv/*",
  ];
  const reading = ["s3:GetObject", "s3:GetObjectVersion"];
  t.deepEqual(statements, [{ Effect: "Allow", Action: reading, Resource: sources }]);
  const endpoint = recording.all("ec2/vpcEndpoint:VpcEndpoint").find(({ name }) => name.endsWith("-s3"));
  const [, ...more] = JSON.parse(endpoint?.inputs.policy).Statement;
  t.deepEqual(more, [{ Effect: "Allow", Principal: "*", Action: reading, Resource: sources }]);
  const { parameters } = recording.one("batch/jobDefinition:JobDefinition").inputs;
  t.deepEqual(parameters, { BATCH_PREFLIGHT_SOURCES: "s3://flights s3://airports/2001/my%20csv" });
});

test.serial("a place that is none, or that no policy can name, is told", async (t) => {
  const { message } = (await t.throwsAsync(
    program({ sourceLocations: '["flights", "s3://flights/*", "s3://flights"]' }),
  ))!;
  t.deepEqual(
    message.split("\n"),
    ["flights", "s3://flights/*"].map(
      (text) =>
        `sourceLocations has "${text}"; write it as s3://bucket or s3://bucket/prefix, percent-encoded, without *, ? and $.`,
    ),
  );
});

test.serial("a job is told its Region and where code may come from", async (t) => {
  const recording = await program();
  const container = JSON.parse(recording.one("batch/jobDefinition:JobDefinition").inputs.containerProperties);
  const told = Object.fromEntries(container.environment.map(({ name, value }: Named) => [name, value]));
  t.like(told, { AWS_REGION: "eu-west-1" });
  t.regex(told.BATCH_PREFLIGHT_BUNDLE_STORE, /^s3:\/\/[^/]+\/bundles$/);
  t.false("BATCH_PREFLIGHT_SHARDS" in told);
});

test.serial("how many shards a submission has is told with the job definition", async (t) => {
  const recording = await program({ arraySize: "12" });
  const container = JSON.parse(recording.one("batch/jobDefinition:JobDefinition").inputs.containerProperties);
  t.true(container.environment.some(({ name, value }: Named) => name === "BATCH_PREFLIGHT_SHARDS" && value === "12"));
});

test.serial(
  "who submits may send code, submit here, and watch and end jobs of this queue, and nothing else",
  async (t) => {
    const recording = await program();
    const { Statement } = JSON.parse(recording.one("iam/policy:Policy").inputs.policy);
    const scopes = Statement.map(({ Effect, Action, Resource, Condition }: Record<string, unknown>) => [
      Effect,
      Array.isArray(Action) ? Action.length : Action,
      Resource,
      ...(Condition === undefined ? [] : [Condition]),
    ]);
    t.deepEqual(scopes, [
      ["Allow", 2, "arn:batch-preflight-bundles/bundles/*"],
      ["Allow", "batch:SubmitJob", [queueArn, `${definitionArn}:*`]],
      [
        "Allow",
        "batch:TagResource",
        [queueArn, `${definitionArn}:*`],
        {
          StringEquals: { "aws:RequestTag/batch-preflight": "jobs" },
          "ForAllValues:StringEquals": { "aws:TagKeys": ["batch-preflight"] },
        },
      ],
      [
        "Allow",
        "batch:TerminateJob",
        "arn:aws:batch:eu-west-1:123456789012:job/*",
        { StringEquals: { "aws:ResourceTag/batch-preflight": "jobs" } },
      ],
      ["Allow", 5, "*"],
      ["Allow", "logs:GetLogEvents", "arn:batch-preflight-jobs:*"],
    ]);
  },
);

/** What the adapters say that they call, `batch:SubmitJob`. */
async function calledActions(): Promise<string[]> {
  const folder = path.join(project, "batch/adapters");
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const text = (await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")))).join("\n");
  const named = [...text.matchAll(/\baction: "([a-z0-9]+:\w+)"/g)].map(([, action]) => action!);
  const ofBatch = [...text.matchAll(/\bbatch\("(\w+)"\)/g)].map(([, operation]) => `batch:${operation}`);
  // Amazon S3 answers HEAD to who may GET.
  const ofS3 = [...text.matchAll(/\bnew sdk\.(\w+)Command\(/g)].map(
    ([, operation]) => `s3:${operation === "HeadObject" ? "GetObject" : operation}`,
  );
  const said = new Set([...named, ...ofBatch, ...ofS3]);
  for (const [, operation] of text.matchAll(/\bnew (?!sdk\.)(\w+)Command\(/g)) {
    if (![...said].some((action) => action.endsWith(`:${operation}`))) throw new Error(`${operation} says no action.`);
  }
  return [...said];
}

test.serial("who submits may do what node batch asks of AWS, and nothing else", async (t) => {
  const { Statement } = JSON.parse((await program()).one("iam/policy:Policy").inputs.policy);
  const allowed: string[] = Statement.flatMap(({ Action }: { Action: string | string[] }) => Action);
  // The first goes with the tags of a submission; the second is for what explains a job that stays in RUNNABLE.
  const unsaid = ["batch:TagResource", "batch:DescribeComputeEnvironments"];
  t.deepEqual([...allowed].sort(), [...new Set([...(await calledActions()), ...unsaid])].sort());
});

test.serial("instances of Spot heed the notice that they go, others have no user data", async (t) => {
  const recording = await program({ launchType: "spot,ec2" });
  const [spot, ec2] = ["batch-preflight-spot", "batch-preflight-ec2"].map(
    (name) => recording.one("ec2/launchTemplate:LaunchTemplate", name).inputs.userData,
  );
  t.is(ec2, undefined);
  // AWS Batch merges user data with its own by these parts, and refuses any other.
  const [head, ...parts] = Buffer.from(spot, "base64")
    .toString()
    .split(/^--==BATCH-PREFLIGHT==/m);
  t.regex(head!, /^MIME-Version: 1\.0\nContent-Type: multipart\/mixed; boundary="==BATCH-PREFLIGHT=="\n\n$/);
  t.deepEqual(parts, [
    `
Content-Type: text/x-shellscript; charset="us-ascii"

#!/bin/bash
echo ECS_ENABLE_SPOT_INSTANCE_DRAINING=true >> /etc/ecs/ecs.config

`,
    "--\n",
  ]);
});

test.serial("the image's fingerprint is told where the program builds it", async (t) => {
  const outputs = async (settings: Record<string, string>, run: string) => {
    let own: Record<string, unknown> = {};
    await record(
      async () => {
        own = await import(`../index.ts?run=fingerprint-${run}`);
      },
      { config: settings },
    );
    return own;
  };
  const { imageFingerprint: built } = await outputs({}, "built");
  const value = await new Promise((resolve) => (built as pulumi.Output<unknown>).apply(resolve));
  t.is(value, await fingerprintOf(project));
  const { imageFingerprint: given } = await outputs(
    { "batch-preflight:image": "public.ecr.aws/me/worker:1", "batch-preflight:egress": "nat" },
    "given",
  );
  t.is(given, null);
});

test.serial("Fargate in public subnets has public addresses", async (t) => {
  for (const [egress, assignPublicIp] of [
    ["public", "ENABLED"],
    ["nat", "DISABLED"],
  ] as const) {
    const recording = await program({ egress, launchType: "fargate" });
    const container = JSON.parse(recording.one("batch/jobDefinition:JobDefinition").inputs.containerProperties);
    t.deepEqual(container.networkConfiguration, { assignPublicIp });
    const subnet = recording.one(
      "ec2/subnet:Subnet",
      `batch-preflight-${egress === "public" ? "public" : "private"}-1`,
    );
    t.is(subnet.inputs.mapPublicIpOnLaunch, egress === "public");
  }
});

test.serial("a NAT gateway a zone: each zone's jobs take their own", async (t) => {
  const recording = await program({ egress: "nat", natGateways: "zone", zones: "3" });
  t.deepEqual(
    recording
      .all("ec2/route:Route")
      .map(({ name, inputs }) => [name, inputs.natGatewayId ?? inputs.gatewayId])
      .sort(),
    [
      ["batch-preflight-private-1", "batch-preflight-nat-1-id"],
      ["batch-preflight-private-2", "batch-preflight-nat-2-id"],
      ["batch-preflight-private-3", "batch-preflight-nat-3-id"],
      ["batch-preflight-public", "batch-preflight-id"],
    ],
  );
});

test.serial("flow logs are written by a role that may write there alone", async (t) => {
  const recording = await program({ flowLogs: "true" });
  t.is(recording.one("ec2/flowLog:FlowLog").inputs.trafficType, "ALL");
  const policy = JSON.parse(recording.one("iam/rolePolicy:RolePolicy", "batch-preflight-flow-logs").inputs.policy);
  t.is(policy.Statement[0].Resource, "arn:batch-preflight-flow-logs:*");
  t.deepEqual((await program()).all("ec2/flowLog:FlowLog"), []);
});

test.serial("faults of the settings are said all at once, in sentences alone", async (t) => {
  const settings = {
    zones: "7",
    egress: "none",
    launchType: "fargate,ec2",
    maxvCpus: "0",
    databaseStorage: "5",
    flowLogs: "yes",
    egres: "nat",
  };
  const { name, message } = (await t.throwsAsync(program(settings)))!;
  t.is(name, "Error");
  t.deepEqual(message.split("\n"), [
    "egres is no setting; correct it, or remove it: Pulumi.yaml names them all.",
    'egress is "none"; it must be one of endpoints, nat, public.',
    'flowLogs is "yes"; it must be true or false.',
    'launchType is "fargate,ec2"; a job queue has Fargate alone or instances alone.',
    'Compute environment "batch-preflight-fargate": maxvCpus is 0; it must be at least 1.',
    'Compute environment "batch-preflight-ec2": maxvCpus is 0; it must be at least 1.',
    "databaseStorage is 5; it must be a whole number from 20 to 65536 (GiB).",
    "zones is 7; it must be a whole number from 1 to 6.",
  ]);
});

test("Pulumi.yaml describes every setting, with the default that holds", (t) => {
  const { config } = readProject(project);
  const described = Object.fromEntries([...config].map(([key, { default: value }]) => [key.split(":")[1], value]));
  t.deepEqual<unknown, unknown>(described, defaults);
  for (const [key, { description, type }] of config) {
    t.truthy(description, key);
    t.truthy(type, key);
  }
});
