import test from "ava";
import {
  type Image,
  imageOf,
  type Job,
  logTargetOf,
  type Platform,
  requiredFlows,
} from "../../batch/required-flows.ts";
import { Unknown } from "../../network/reachability/known.ts";
import { asked, ecr, job, line, platform, why } from "./jobs.ts";

const controlPlane = ["RUNNABLE ecs tcp/443", "RUNNABLE ecs-agent tcp/443", "RUNNABLE ecs-telemetry tcp/443"];
const registry = ["STARTING ecr.api tcp/443", "STARTING ecr.dkr tcp/443", "STARTING s3 tcp/443"];
const logs = "STARTING logs tcp/443";
const { type: _, ...place } = ecr as Extract<Image, { type: "ecr" }>;

/** What a job needs beyond the rest, by what it has. */
const needs: readonly (readonly [what: string, platform: Platform, job: Job, flows: readonly string[]])[] = [
  ["EC2", platform("EC2"), job(), [...controlPlane, ...registry, logs]],
  ["Spot", platform("SPOT"), job(), [...controlPlane, ...registry, logs]],
  ["Fargate", platform("FARGATE"), job(), [...registry, logs]],
  ["Fargate Spot", platform("FARGATE_SPOT"), job(), [...registry, logs]],
  [
    "ECS Managed Instances, which the internet is required for",
    platform("MANAGED_INSTANCES"),
    job(),
    [...controlPlane, "RUNNABLE the internet tcp/443", ...registry, logs],
  ],
  [
    "a launch type that nobody knows",
    platform(why),
    job(),
    [...controlPlane.map((one) => `${one} perhaps`), ...registry, logs],
  ],
  [
    "an image of Docker Hub",
    platform("FARGATE"),
    job({ images: [imageOf("postgres:17")] }),
    ["STARTING registry-1.docker.io tcp/443", logs],
  ],
  [
    "a public image of Amazon ECR",
    platform("FARGATE"),
    job({ images: [imageOf("public.ecr.aws/docker/library/node:20")] }),
    ["STARTING public.ecr.aws tcp/443", logs],
  ],
  [
    "an image of a registry of one's own",
    platform("FARGATE"),
    job({ images: [imageOf("registry.example.com:5000/team/worker@sha256:00")] }),
    ["STARTING registry.example.com tcp/5000", logs],
  ],
  [
    "an image of another Region, which no endpoint serves",
    platform("FARGATE"),
    job({ images: [imageOf("123456789012.dkr.ecr.us-east-1.amazonaws.com/worker")] }),
    [
      "STARTING api.ecr.us-east-1.amazonaws.com tcp/443",
      "STARTING 123456789012.dkr.ecr.us-east-1.amazonaws.com tcp/443",
      "STARTING prod-us-east-1-starport-layer-bucket.s3.us-east-1.amazonaws.com tcp/443",
      logs,
    ],
  ],
  [
    "an image of another account",
    platform("FARGATE"),
    job({ images: [imageOf("999999999999.dkr.ecr.eu-west-1.amazonaws.com/worker")] }),
    [...registry, logs],
  ],
  [
    "an image by way of a pull-through cache",
    platform("FARGATE"),
    job({ images: [{ type: "ecr", ...place, upstream: "registry-1.docker.io" }] }),
    [...registry, "STARTING registry-1.docker.io tcp/443 perhaps", logs],
  ],
  [
    "an image of Amazon ECR or of the internet",
    platform("FARGATE"),
    job({ images: [{ type: "any", reason: "hidden" }] }),
    [...registry.map((one) => `${one} perhaps`), "STARTING the image's registry tcp/443 perhaps", logs],
  ],
  ["an image that nobody knows", platform("FARGATE"), job({ images: [why] }), ["STARTING ? tcp/443", logs]],
  ["no image", platform("FARGATE"), job({ images: [] }), [logs]],
  ["two containers with one registry", platform("FARGATE"), job({ images: [ecr, ecr] }), [...registry, logs]],
  [
    "a repository in a Region that nobody knows",
    platform("FARGATE"),
    job({ images: [{ type: "ecr", ...place, region: why }] }),
    ["STARTING ? tcp/443", "STARTING ? tcp/443", "STARTING ? tcp/443", logs],
  ],
  [
    "a repository in the compute environment's Region, which nobody knows",
    platform("FARGATE", why),
    job({ images: [{ type: "ecr", ...place, region: undefined }] }),
    [...registry, logs],
  ],
  [
    "a repository whose Region is known, and that of the compute environment is not",
    platform("FARGATE", why),
    job(),
    ["STARTING ? tcp/443", "STARTING ? tcp/443", "STARTING ? tcp/443", logs],
  ],
  [
    "secrets and parameters",
    platform("FARGATE"),
    job({
      secrets: [
        { service: "secretsmanager", id: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a" },
        { service: "ssm", id: "arn:aws:ssm:eu-west-1:123456789012:parameter/b" },
      ],
    }),
    [...registry, "STARTING secretsmanager tcp/443", "STARTING ssm tcp/443", logs],
  ],
  [
    "a secret of another Region",
    platform("FARGATE"),
    job({ secrets: [{ service: "secretsmanager", region: "us-east-1", id: why }] }),
    [...registry, "STARTING secretsmanager.us-east-1.amazonaws.com tcp/443", logs],
  ],
  [
    "a secret that nobody knows",
    platform("FARGATE"),
    job({ secrets: [why] }),
    [...registry, "STARTING ? tcp/443", logs],
  ],
  [
    "a file system and a database",
    platform("FARGATE"),
    job({
      fileSystems: [{ id: "urn:fs", name: "file system", port: 2049 }],
      databases: [{ id: "urn:db", name: "database", port: 5432 }],
    }),
    [...registry, "STARTING urn:fs tcp/2049", logs, "RUNNING urn:db tcp/5432"],
  ],
  [
    "a database whose port nobody knows",
    platform("FARGATE"),
    job({ databases: [{ id: "urn:db", name: "database", port: why }] }),
    [...registry, logs, "RUNNING urn:db tcp/?"],
  ],
  [
    "an environment file beside layers of the same service",
    platform("FARGATE"),
    job({ environmentFiles: ["arn:aws:s3:::bucket/.env"] }),
    [...registry, "STARTING s3 tcp/443", logs],
  ],
  [
    "a queue that its code reads",
    platform("FARGATE"),
    job({ services: [{ service: "sqs", requests: [] }] }),
    [...registry, logs, "RUNNING sqs tcp/443"],
  ],
  [
    "several nodes",
    platform("EC2"),
    job({ isMultiNode: true }),
    [...controlPlane, ...registry, logs, "RUNNING true tcp/all some ports"],
  ],
  [
    "its log on the instance",
    platform("EC2"),
    job({ logs: [logTargetOf("json-file")] }),
    [...controlPlane, ...registry],
  ],
  ["a log driver that is not known", platform("FARGATE"), job({ logs: [why] }), [...registry, "STARTING ? tcp/443"]],
  [
    "its log in another Region",
    platform("FARGATE"),
    job({ logs: [logTargetOf("awslogs", { "awslogs-region": "us-east-1" })] }),
    [...registry, "STARTING logs.us-east-1.amazonaws.com tcp/443"],
  ],
  [
    "its log sent to a host",
    platform("FARGATE"),
    job({ logs: [logTargetOf("splunk", { "splunk-url": "https://splunk.example.com:8088" })] }),
    [...registry, "STARTING splunk.example.com tcp/8088"],
  ],
];

for (const [what, from, own, expected] of needs) {
  test(`a job with ${what} needs these flows`, (t) => {
    t.deepEqual(requiredFlows(from, own).map(line), expected);
  });
}

/** What is asked on the way, by Region. */
const requests: readonly (readonly [region: Platform["region"], service: string, expected: readonly string[]])[] = [
  ["eu-west-1", "ecr.api", ["ecr:GetAuthorizationToken *"]],
  [
    "eu-west-1",
    "ecr.dkr",
    [
      "ecr:BatchGetImage arn:aws:ecr:eu-west-1:123456789012:repository/worker",
      "ecr:GetDownloadUrlForLayer arn:aws:ecr:eu-west-1:123456789012:repository/worker",
    ],
  ],
  ["eu-west-1", "s3", ["s3:GetObject arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"]],
  ["cn-north-1", "s3", ["s3:GetObject arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/*"]],
  ["us-gov-west-1", "s3", ["s3:GetObject arn:aws-us-gov:s3:::prod-us-gov-west-1-starport-layer-bucket/*"]],
  [why, "s3", ["s3:GetObject arn:*:s3:::prod-*-starport-layer-bucket/* ?"]],
  [
    "eu-west-1",
    "logs",
    [
      "logs:CreateLogStream arn:aws:logs:eu-west-1:123456789012:log-group:/aws/batch/job:log-stream:*",
      "logs:PutLogEvents arn:aws:logs:eu-west-1:123456789012:log-group:/aws/batch/job:log-stream:*",
    ],
  ],
  [
    "eu-west-1",
    "ecs",
    [
      "ecs:DiscoverPollEndpoint *",
      "ecs:RegisterContainerInstance arn:aws:ecs:eu-west-1:123456789012:cluster/* ?",
      "ecs:SubmitTaskStateChange arn:aws:ecs:eu-west-1:123456789012:cluster/* ?",
      "ecs:SubmitContainerStateChange arn:aws:ecs:eu-west-1:123456789012:cluster/* ?",
    ],
  ],
  ["eu-west-1", "ecs-agent", ["ecs:Poll arn:aws:ecs:eu-west-1:123456789012:container-instance/* ?"]],
  [
    "eu-west-1",
    "ecs-telemetry",
    ["ecs:StartTelemetrySession arn:aws:ecs:eu-west-1:123456789012:container-instance/* ?"],
  ],
];

for (const [region, service, expected] of requests) {
  const where = region instanceof Unknown ? "a Region that nobody knows" : region;
  test(`what a job in ${where} asks of ${service}`, (t) => {
    const own = job({ images: [{ type: "ecr", ...place, region: undefined }] });
    const flow = requiredFlows(platform("EC2", region), own).find(
      ({ destination }) => "service" in destination && destination.service === service,
    );
    t.deepEqual(flow?.requests.map(asked), expected);
  });
}

test("a log group that is created on the way is asked for", (t) => {
  const log = logTargetOf("awslogs", { "awslogs-create-group": "true", "awslogs-group": why });
  const flow = requiredFlows(platform("FARGATE"), job({ logs: [log] })).at(-1);
  const group = "arn:aws:logs:eu-west-1:123456789012:log-group:*:log-stream:* ?";
  t.deepEqual(flow?.requests.map(asked), [
    `logs:CreateLogGroup ${group}`,
    `logs:CreateLogStream ${group}`,
    `logs:PutLogEvents ${group}`,
  ]);
});

test("containers of several repositories ask for each of them in one flow", (t) => {
  const other = imageOf("999999999999.dkr.ecr.eu-west-1.amazonaws.com/sidecar");
  const flows = requiredFlows(platform("FARGATE"), job({ images: [ecr, other] }));
  t.deepEqual(flows[1]?.requests.map(asked), [
    "ecr:BatchGetImage arn:aws:ecr:eu-west-1:123456789012:repository/worker",
    "ecr:GetDownloadUrlForLayer arn:aws:ecr:eu-west-1:123456789012:repository/worker",
    "ecr:BatchGetImage arn:aws:ecr:eu-west-1:999999999999:repository/sidecar",
    "ecr:GetDownloadUrlForLayer arn:aws:ecr:eu-west-1:999999999999:repository/sidecar",
  ]);
});

test("a person sees what AWS says there, on instances and on Fargate", (t) => {
  const messages = (launchType: Platform["launchType"]) =>
    requiredFlows(platform(launchType), job({ databases: [{ id: "urn:db", name: "database", port: 5432 }] })).map(
      ({ symptom }) => symptom.message,
    );
  t.deepEqual(messages("EC2"), [
    "The job stays in RUNNABLE for ever: no instance joins the compute environment's cluster.",
    "The job stays in RUNNABLE for ever: no instance joins the compute environment's cluster.",
    "The job stays in RUNNABLE: the agent of the instance does not get all the connections that it keeps.",
    "The job goes to STARTING, then fails with CannotPullContainerError: no login to the registry.",
    "The job goes to STARTING, then fails with CannotPullContainerError.",
    "The job goes to STARTING, then fails with CannotPullContainerError.",
    "The job goes to STARTING, then fails with CannotStartContainerError: failed to initialize logging driver.",
    "The job runs until its attempt to connect to the database times out, and fails (exit code 69 of this project's worker).",
  ]);
  t.deepEqual(messages("FARGATE"), [
    "The job goes to STARTING, then fails with ResourceInitializationError: unable to pull secrets or registry auth.",
    "The job goes to STARTING, then fails with CannotPullContainerError.",
    "The job goes to STARTING, then fails with CannotPullContainerError.",
    "The job goes to STARTING, then fails with ResourceInitializationError: failed to validate logger args.",
    "The job runs until its attempt to connect to the database times out, and fails (exit code 69 of this project's worker).",
  ]);
});

test("an account that is a placeholder stands for one that nobody knows", (t) => {
  const image = imageOf("000000000000.dkr.ecr.eu-west-1.amazonaws.com/worker");
  const flow = requiredFlows(platform("FARGATE"), job({ images: [image] }))[1];
  t.deepEqual(flow?.requests[0], {
    action: "ecr:BatchGetImage",
    resource: "arn:aws:ecr:eu-west-1:000000000000:repository/worker",
    mayBe: "arn:aws:ecr:eu-west-1:*:repository/worker",
    unknown: "the number of the account is not known",
  });
});
