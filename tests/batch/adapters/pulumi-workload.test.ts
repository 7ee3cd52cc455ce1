import test from "ava";
import { type Workload, workloadOf } from "../../../batch/adapters/pulumi-workload.ts";
import { isKnown } from "../../../network/reachability/known.ts";
import { line } from "../jobs.ts";
import { joined, json, type Mode, modes, region } from "./declared.ts";
import { Lab } from "./lab.ts";

const workload = (lab: Lab): Workload => workloadOf(lab.program, { region });

/** What the first run needs; URNs by their names. */
function flowsOf(lab: Lab): readonly string[] {
  const [run] = workload(lab).runs;
  return (run?.flows ?? []).map((flow) => line(flow).replaceAll(/urn:\S*::/g, ""));
}

const controlPlane = ["RUNNABLE ecs tcp/443", "RUNNABLE ecs-agent tcp/443", "RUNNABLE ecs-telemetry tcp/443"];
const registry = ["STARTING ecr.api tcp/443", "STARTING ecr.dkr tcp/443", "STARTING s3 tcp/443"];
const logs = "STARTING logs tcp/443";
const [secrets, parameters] = ["STARTING secretsmanager tcp/443", "STARTING ssm tcp/443"];

const environment = (name: string, value: unknown) => [{ name, value }];

/** A Fargate job and all that it is made of, and the flows that it comes to in a preview and after `up`. */
const jobs: readonly (readonly [what: string, declare: (lab: Lab) => unknown, flows: readonly string[]])[] = [
  [
    "an image of a repository of the program",
    (lab) => ({ image: joined(lab.repository().out("repositoryUrl"), ":1"), executionRoleArn: lab.role().out("arn") }),
    [...registry, logs],
  ],
  [
    "an image that awsx pushes",
    (lab) => {
      const own = lab.add("awsx:ecr:Repository", "own", {}, { url: lab.repository().out("repositoryUrl").value });
      const inputs = { repositoryUrl: own.out("url") };
      const image = lab.add("awsx:ecr:Image", "own", inputs, { imageUri: `${own.out("url").value}@sha256:00` });
      return { image: image.out("imageUri") };
    },
    [...registry, logs],
  ],
  [
    "a secret",
    (lab) => ({
      image: lab.repository().out("repositoryUrl"),
      secrets: [{ name: "PASSWORD", valueFrom: lab.secret().out("arn") }],
    }),
    [...registry, secrets, logs],
  ],
  [
    "a value of a secret",
    (lab) => ({
      image: lab.repository().out("repositoryUrl"),
      secrets: [{ name: "PASSWORD", valueFrom: joined(lab.secret().out("arn"), ":password::") }],
    }),
    [...registry, secrets, logs],
  ],
  [
    "a parameter",
    (lab) => {
      const parameter = lab.add("aws:ssm/parameter:Parameter", "url", { name: "/lab/url", type: "SecureString" });
      return {
        image: lab.repository().out("repositoryUrl"),
        secrets: [{ name: "URL", valueFrom: parameter.out("arn") }],
      };
    },
    [...registry, parameters, logs],
  ],
  [
    "a log group",
    (lab) => {
      const group = lab.add("aws:cloudwatch/logGroup:LogGroup", "jobs", { name: "jobs" });
      const options = { "awslogs-group": group.out("name"), "awslogs-region": region };
      return {
        image: lab.repository().out("repositoryUrl"),
        logConfiguration: { logDriver: "awslogs", options },
      };
    },
    [...registry, logs],
  ],
  [
    "the address of a database",
    (lab) => ({
      image: lab.repository().out("repositoryUrl"),
      environment: environment("PGHOST", lab.postgres().out("address")),
    }),
    [...registry, logs, "RUNNING db tcp/5432"],
  ],
  [
    "the URL of a database on a port of its own",
    (lab) => {
      const host = lab.postgres("db", { port: 5433 }).out("address");
      const url = joined("postgres://worker@", host, ":5433/worker");
      return { image: lab.repository().out("repositoryUrl"), environment: environment("DATABASE_URL", url) };
    },
    [...registry, logs, "RUNNING db tcp/5433"],
  ],
  [
    "a secret in which the address of a database is",
    (lab) => {
      const secret = lab.secret();
      const secretString = json({ host: lab.postgres().out("address") });
      lab.add("aws:secretsmanager/secretVersion:SecretVersion", "one", { secretId: secret.out(), secretString });
      return {
        image: lab.repository().out("repositoryUrl"),
        secrets: [{ name: "DATABASE", valueFrom: secret.out("arn") }],
      };
    },
    [...registry, secrets, logs, "RUNNING db tcp/5432"],
  ],
  [
    "a secret with a password that a database has as well",
    (lab) => {
      const secret = lab.secret();
      const password = lab.add("random:index/randomPassword:RandomPassword", "password", {}, { result: "xyz" });
      const version = { secretId: secret.out(), secretString: password.out("result") };
      lab.add("aws:secretsmanager/secretVersion:SecretVersion", "one", version);
      lab.postgres("db", { password: password.out("result") });
      return {
        image: lab.repository().out("repositoryUrl"),
        secrets: [{ name: "PASSWORD", valueFrom: secret.out("arn") }],
      };
    },
    [...registry, secrets, logs, "RUNNING db tcp/5432"],
  ],
  [
    "a parameter with the address of a database",
    (lab) => {
      const value = lab.postgres().out("address");
      const parameter = lab.add("aws:ssm/parameter:Parameter", "host", { type: "String", value });
      return {
        image: lab.repository().out("repositoryUrl"),
        secrets: [{ name: "PGHOST", valueFrom: parameter.out("arn") }],
      };
    },
    [...registry, parameters, logs, "RUNNING db tcp/5432"],
  ],
  [
    "the endpoint of a cluster of databases, by one of its instances",
    (lab) => {
      const inputs = { engine: "aurora-mysql", dbSubnetGroupName: lab.subnetGroup().out() };
      const cluster = lab.add("aws:rds/cluster:Cluster", "aurora", inputs, { endpoint: "aurora.example" });
      const one = lab.add("aws:rds/clusterInstance:ClusterInstance", "one", { clusterIdentifier: cluster.out() });
      return { image: lab.repository().out("repositoryUrl"), environment: environment("HOST", one.out("endpoint")) };
    },
    [...registry, logs, "RUNNING aurora tcp/3306"],
  ],
  [
    "a file system",
    (lab) => {
      const files = lab.add("aws:efs/fileSystem:FileSystem", "files", {}, { id: "fs-1" });
      for (const [index, subnet] of lab.subnets.entries()) {
        const inputs = { fileSystemId: files.out(), subnetId: subnet.out(), securityGroups: [lab.jobs.out()] };
        lab.add("aws:efs/mountTarget:MountTarget", `target-${index}`, inputs);
      }
      return {
        image: lab.repository().out("repositoryUrl"),
        volumes: [{ name: "files", efsVolumeConfiguration: { fileSystemId: files.out() } }],
      };
    },
    [...registry, "STARTING files tcp/2049", logs],
  ],
  [
    "a queue, a bucket and a table that its code uses",
    (lab) => ({
      image: lab.repository().out("repositoryUrl"),
      environment: [
        { name: "QUEUE", value: lab.add("aws:sqs/queue:Queue", "work", {}, { url: "https://sqs/work" }).out("url") },
        { name: "BUCKET", value: lab.add("aws:s3/bucket:Bucket", "data", {}, { bucket: "data" }).out("bucket") },
        { name: "TABLE", value: lab.add("aws:dynamodb/table:Table", "items").out("name") },
      ],
    }),
    [...registry, logs, "RUNNING sqs tcp/443", "RUNNING s3 tcp/443", "RUNNING dynamodb tcp/443"],
  ],
  [
    "a resource of a type that is not modelled",
    (lab) => ({
      image: lab.repository().out("repositoryUrl"),
      environment: environment("HOST", lab.add("mongodbatlas:index/cluster:Cluster", "atlas").out("name")),
    }),
    [...registry, logs, "RUNNING ? tcp/443"],
  ],
  [
    "an instance, whose ports only its own program knows",
    (lab) => ({
      image: lab.repository().out("repositoryUrl"),
      environment: environment("HOST", lab.add("aws:ec2/instance:Instance", "server").out("privateIp")),
    }),
    [...registry, logs, "RUNNING ? tcp/443"],
  ],
  [
    "a repository in another Region",
    (lab) => ({ image: lab.repository("far", { region: "us-east-1" }, "us-east-1").out("repositoryUrl") }),
    [
      "STARTING api.ecr.us-east-1.amazonaws.com tcp/443",
      "STARTING 123456789012.dkr.ecr.us-east-1.amazonaws.com tcp/443",
      "STARTING prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com tcp/443",
      logs,
    ],
  ],
  ["nothing but literals", () => ({ image: "postgres:17" }), ["STARTING registry-1.docker.io tcp/443", logs]],
  [
    "a secret by a literal ARN",
    () => ({
      image: "postgres:17",
      secrets: [{ name: "A", valueFrom: `arn:aws:secretsmanager:${region}:123456789012:secret:a-1:key::` }],
    }),
    ["STARTING registry-1.docker.io tcp/443", secrets, logs],
  ],
  [
    "a parameter by its name alone",
    () => ({ image: "postgres:17", secrets: [{ name: "A", valueFrom: "/lab/a" }] }),
    ["STARTING registry-1.docker.io tcp/443", parameters, logs],
  ],
];

for (const mode of modes) {
  for (const [what, declare, expected] of jobs) {
    test(`${mode}: a job with ${what} needs these flows`, (t) => {
      const lab = new Lab(mode);
      lab.environment("jobs");
      lab.definition("job", { containerProperties: json(declare(lab)) });
      const own = flowsOf(lab);
      // A preview hides which account's registry it is.
      t.deepEqual(
        own.map((one) => one.replace(/ dkr\.ecr/, " 123456789012.dkr.ecr")),
        expected,
      );
    });
  }
}

for (const [locations, flow] of [
  ["s3://flights s3://airports/2001", "RUNNING s3 tcp/443"],
  ["flights", "RUNNING ? tcp/443"],
] as const) {
  test(`a job that reads its sources from ${locations}: a parameter is seen in a preview, its environment is not`, (t) => {
    const flows = (mode: Mode, own: Record<string, string>, parameters: Record<string, string>) => {
      const lab = new Lab(mode);
      lab.environment("jobs");
      const told = Object.entries(own).map(([name, value]) => ({ name, value }));
      const container = { image: lab.repository().out("repositoryUrl"), environment: told };
      lab.definition("job", { containerProperties: json(container), parameters });
      return flowsOf(lab).filter((one) => one.startsWith("RUNNING"));
    };
    const said = { BATCH_PREFLIGHT_SOURCES: locations };
    for (const mode of modes) t.deepEqual(flows(mode, {}, said), [flow]);
    t.deepEqual(flows("up", said, {}), [flow]);
    t.deepEqual(flows("preview", said, {}), []);
    t.deepEqual(flows("up", { SOURCES: locations }, {}), []);
  });
}

test("an image that a preview hides is of Amazon ECR or of the internet", (t) => {
  const flows = (mode: Mode) => {
    const lab = new Lab(mode);
    lab.environment("jobs");
    lab.definition("job", { containerProperties: json({ image: "postgres:17", jobRoleArn: lab.role().out("arn") }) });
    return flowsOf(lab);
  };
  t.deepEqual(flows("preview"), [
    ...registry.map((one) => `${one} perhaps`),
    "STARTING the image's registry tcp/443 perhaps",
    logs,
  ]);
  t.deepEqual(flows("up"), ["STARTING registry-1.docker.io tcp/443", logs]);
});

test("the secret that a database manages is one that the job may be given", (t) => {
  const flows = (mode: Mode) => {
    const lab = new Lab(mode);
    lab.environment("jobs");
    const db = lab.postgres("db", { manageMasterUserPassword: true });
    const image = lab.repository().out("repositoryUrl");
    lab.definition("job", {
      containerProperties: json({ image, environment: environment("HOST", db.out("address")) }),
    });
    return flowsOf(lab);
  };
  t.deepEqual(flows("preview"), [...registry, `${secrets} perhaps`, logs, "RUNNING db tcp/5432"]);
  t.deepEqual(flows("up"), [...registry, logs, "RUNNING db tcp/5432"]);
});

test("behind a database proxy a job connects to the database itself where it is told its address", (t) => {
  const flows = (mode: Mode, hosts: readonly ("proxy" | "db")[], isTarget = true) => {
    const lab = new Lab(mode);
    lab.environment("jobs");
    const db = lab.postgres("db");
    const proxy = lab.add(
      "aws:rds/proxy:Proxy",
      "proxy",
      {
        engineFamily: "POSTGRESQL",
        vpcSubnetIds: lab.subnets.map((one) => one.out()),
        auths: [{ secretArn: db.out() }],
      },
      { id: "proxy", endpoint: `proxy.proxy-c1.${region}.rds.amazonaws.com` },
    );
    if (isTarget)
      lab.add("aws:rds/proxyTarget:ProxyTarget", "proxy", {
        dbProxyName: proxy.out("name"),
        dbInstanceIdentifier: db.out(),
      });
    const told = { proxy: proxy.out("endpoint"), db: db.out("address") };
    lab.definition("job", {
      containerProperties: json({
        image: lab.repository().out("repositoryUrl"),
        environment: hosts.map((name) => ({ name, value: told[name] })),
        secrets: [{ name: "PASSWORD", valueFrom: db.out("arn") }],
      }),
    });
    return flowsOf(lab).filter((one) => one.startsWith("RUNNING"));
  };
  t.deepEqual(flows("up", ["proxy"]), ["RUNNING proxy tcp/5432"]);
  t.deepEqual(flows("up", ["proxy", "db"]), ["RUNNING proxy tcp/5432", "RUNNING db tcp/5432"]);
  t.deepEqual(flows("up", ["proxy"], false), ["RUNNING proxy tcp/5432", "RUNNING db tcp/5432"]);
  t.deepEqual(flows("up", ["db"]), ["RUNNING db tcp/5432"]);
  t.deepEqual(flows("preview", ["proxy"]), ["RUNNING proxy tcp/5432", "RUNNING db tcp/5432 perhaps"]);
});

for (const mode of modes) {
  const lab = () => new Lab(mode);
  const literal = { containerProperties: json({ image: "postgres:17" }) };
  const fromHub = "STARTING registry-1.docker.io tcp/443";

  test(`${mode}: jobs run on compute environments of their platform alone`, (t) => {
    const own = lab();
    own.environment("fargate");
    own.environment("instances", { type: "EC2" });
    own.environment("spot", { type: "spot" });
    own.definition("on-fargate", literal);
    own.definition("on-instances", { ...literal, platformCapabilities: ["EC2"] });
    own.definition("not-said", { ...literal, platformCapabilities: undefined });
    own.definition("nodes", {
      type: "multinode",
      platformCapabilities: ["EC2"],
      nodeProperties: json({
        mainNode: 0,
        numNodes: 2,
        nodeRangeProperties: [{ targetNodes: "0:", container: { image: "postgres:17" } }],
      }),
    });
    const { runs } = workload(own);
    t.deepEqual(
      runs.map(({ computeEnvironment, jobDefinition }) => `${jobDefinition?.name} on ${computeEnvironment.name}`),
      [
        "on-fargate on fargate",
        "on-instances on instances",
        "not-said on instances",
        "nodes on instances",
        "on-instances on spot",
        "not-said on spot",
      ],
    );
    const nodes = runs.find(({ jobDefinition }) => jobDefinition?.name === "nodes");
    t.deepEqual(nodes?.flows.map(line), [...controlPlane, fromHub, logs, "RUNNING true tcp/all some ports"]);
    t.deepEqual(
      nodes?.flows.map(({ hasPublicAddress }) => hasPublicAddress),
      [...Array(5).fill("as-subnet"), false],
    );
  });

  test(`${mode}: jobs run in the Region of their definition`, (t) => {
    const own = lab();
    own.environment("here");
    own.environment("there", {}, { region: "us-east-1" });
    own.definition("near", literal);
    own.definition("far", { ...literal, region: "us-east-1" });
    t.deepEqual(
      workload(own).runs.map(({ computeEnvironment, jobDefinition }) => [computeEnvironment.name, jobDefinition?.name]),
      [
        ["here", "near"],
        ["there", "far"],
      ],
    );
  });

  test(`${mode}: several containers of a task are one job`, (t) => {
    const own = lab();
    own.environment("jobs");
    const containers = [{ image: "postgres:17" }, { image: own.repository().out("repositoryUrl") }];
    const networkConfiguration = { assignPublicIp: "ENABLED" };
    own.definition("job", { ecsProperties: json({ taskProperties: [{ containers, networkConfiguration }] }) });
    const expected = mode === "up" ? [fromHub, ...registry, logs] : [...registry, logs];
    t.deepEqual(flowsOf(own), expected);
  });

  test(`${mode}: a database that lets the jobs' group in is the jobs'`, (t) => {
    const own = lab();
    own.environment("jobs");
    own.definition("job", literal);
    const other = own.group("bastion");
    const ingress = (from: typeof other) => [
      { protocol: "tcp", fromPort: 5432, toPort: 5432, securityGroups: [from.out()] },
    ];
    own.postgres("inline", { vpcSecurityGroupIds: [own.group("one", { ingress: ingress(own.jobs) }).out()] });
    own.postgres("others", { vpcSecurityGroupIds: [own.group("two", { ingress: ingress(other) }).out()] });
    const three = own.group("three");
    own.add("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", {
      securityGroupId: three.out(),
      referencedSecurityGroupId: own.jobs.out(),
    });
    own.postgres("standalone", { vpcSecurityGroupIds: [three.out()] });
    const four = own.group("four");
    own.add("aws:ec2/securityGroupRule:SecurityGroupRule", "rule", {
      type: "ingress",
      securityGroupId: four.out(),
      sourceSecurityGroupId: own.jobs.out(),
    });
    own.postgres("older", { vpcSecurityGroupIds: [four.out()] });
    t.deepEqual(flowsOf(own), [
      fromHub,
      logs,
      "RUNNING inline tcp/5432",
      "RUNNING standalone tcp/5432",
      "RUNNING older tcp/5432",
    ]);
  });

  test(`${mode}: a compute environment without a job definition needs what every job needs`, (t) => {
    const own = lab();
    own.environment("jobs", { type: "EC2" });
    t.deepEqual(flowsOf(own), [
      ...controlPlane,
      ...registry.map((one) => `${one} perhaps`),
      "STARTING the image's registry tcp/443 perhaps",
      logs,
    ]);
  });

  test(`${mode}: jobs that are not modelled have a flow that can't be proved`, (t) => {
    for (const inputs of [{ type: "UNMANAGED", computeResources: undefined }, { eksConfiguration: {} }]) {
      const own = lab();
      own.environment("jobs", {}, inputs);
      own.definition("job", literal);
      const [run] = workload(own).runs;
      t.deepEqual(run?.flows.map(line), ["RUNNABLE ? tcp/443"]);
    }
  });

  test(`${mode}: a pull-through cache may need the internet for the first pull`, (t) => {
    const own = lab();
    own.environment("jobs");
    own.add("aws:ecr/pullThroughCacheRule:PullThroughCacheRule", "hub", {
      ecrRepositoryPrefix: "hub",
      upstreamRegistryUrl: "registry-1.docker.io",
    });
    const image = `123456789012.dkr.ecr.${region}.amazonaws.com/hub/library/postgres:17`;
    own.definition("job", { containerProperties: json({ image }) });
    t.deepEqual(flowsOf(own), [...registry, `${fromHub} perhaps`, logs]);
  });

  test(`${mode}: compute environments are found by their queues, in both forms`, (t) => {
    const own = lab();
    const [one, other, lone] = ["one", "other", "lone"].map((name) => own.environment(name));
    const orders = [one, other].map((each, order) => ({ order, computeEnvironment: each?.out("arn") }));
    own.add("aws:batch/jobQueue:JobQueue", "newer", { computeEnvironmentOrders: orders });
    own.add("aws:batch/jobQueue:JobQueue", "older", { computeEnvironments: [other?.out("arn")] });
    const { jobQueues, notes } = workload(own);
    const names = jobQueues.map(({ computeEnvironmentIds: ids }) => (isKnown(ids) ? ids : [ids.reason]));
    t.deepEqual(names, [[one?.urn, other?.urn], [other?.urn]] as string[][]);
    t.deepEqual(
      notes.map(({ message }) => message),
      [`No job queue of the program has ${lone?.urn}.`],
    );
  });

  test(`${mode}: a Fargate job has the public address that it asks for`, (t) => {
    for (const [assignPublicIp, expected] of [
      ["ENABLED", true],
      ["DISABLED", false],
      [undefined, false],
    ] as const) {
      const own = lab();
      own.environment("jobs");
      const networkConfiguration = assignPublicIp === undefined ? undefined : { assignPublicIp };
      own.definition("job", { containerProperties: json({ image: "postgres:17", networkConfiguration }) });
      const [run] = workload(own).runs;
      t.deepEqual(
        run?.flows.map(({ hasPublicAddress }) => hasPublicAddress),
        [expected, expected],
      );
    }
  });
}

test("what a job gets from another stack is told after `up` alone", (t) => {
  const flows = (mode: Mode) => {
    const lab = new Lab(mode);
    lab.environment("jobs");
    const host = lab.add("pulumi:pulumi:StackReference", "infra", {}, { host: "db.example.com" }).out("host");
    const image = lab.repository().out("repositoryUrl");
    lab.definition("job", { containerProperties: json({ image, environment: environment("HOST", host) }) });
    return flowsOf(lab);
  };
  t.deepEqual(flows("preview"), [...registry, logs, "RUNNING ? tcp/443"]);
  t.deepEqual(flows("up"), [...registry, logs]);
});

test("a program without compute environments has no AWS Batch", (t) => {
  const lab = new Lab("up");
  t.deepEqual(workload(lab).computeEnvironments, []);
  t.deepEqual(workload(lab).runs, []);
});

test("an Output that the program puts in a string is told", (t) => {
  const lab = new Lab("up");
  lab.environment("jobs");
  const image = "Calling [toString] on an [Output<T>] is not supported.";
  lab.definition("job", { containerProperties: json({ image }) });
  t.deepEqual(flowsOf(lab)[0], "STARTING ecr.api tcp/443 perhaps");
  t.true(workload(lab).runs[0]?.flows[0]?.onlyIf?.endsWith("the program puts an Output in a string"));
});

for (const [mode, resource] of [
  ["preview", "arn:aws:s3:::code-*/*"],
  ["up", "arn:aws:s3:::code-1/*"],
] as const) {
  test(`${mode}: of a bucket whose name is completed later its beginning is known`, (t) => {
    const lab = new Lab(mode);
    const outputs = { bucket: "code-1", arn: "arn:aws:s3:::code-1" };
    const bucket = lab.add("aws:s3/bucket:Bucket", "code", { bucketPrefix: "code-" }, outputs).out("bucket");
    const container = {
      image: "library/node:24",
      environment: environment("CODE", joined("s3://", bucket, "/bundles")),
    };
    lab.environment("fargate");
    lab.definition("job", { containerProperties: json(container) });
    const flows = workload(lab).runs.flatMap((run) => run.flows);
    const [request] = flows.find(({ by }) => by === "job")?.requests ?? [];
    t.is(request?.resource, resource);
    t.is(request?.unknown !== undefined, mode === "preview");
  });
}
