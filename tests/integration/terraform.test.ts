import test, { type ExecutionContext } from "ava";
import type { Properties } from "../../network/adapters/pulumi/resource.ts";
import { motoObstacle, startMoto } from "./moto.ts";
import { forgottenByMoto } from "./terraform/difference.ts";
import { recordStacks, type StackConfig } from "./terraform/example-stacks.ts";
import { type Change, findTerraform, type Terraform } from "./terraform/terraform.ts";
import { translation } from "./terraform/translation.ts";

const region = "eu-west-1";
const tags = { project: "batch-preflight" };
const always = { "aws:region": region, "aws:defaultTags": { tags }, deletionProtection: false };

const stacks: Readonly<Record<string, StackConfig>> = {
  ...Object.fromEntries(
    ["endpoints", "nat", "public"].flatMap((egress) =>
      ["ec2", "spot", "fargate"].map((launchType) => [`${egress}-${launchType}`, { ...always, egress, launchType }]),
    ),
  ),
  // What the others leave at its default.
  other: {
    ...always,
    egress: "nat",
    natGateways: "zone",
    zones: 3,
    flowLogs: true,
    launchType: "spot,ec2",
    instanceTypes: ["m7i", "c7i.large"],
    minvCpus: 2,
    image: "public.ecr.aws/docker/library/busybox:1",
    vcpu: "2",
    arraySize: 4,
    databaseUrlSecretArn: `arn:aws:secretsmanager:${region}:123456789012:secret:database-AbCdEf`,
    databaseCidrBlock: "203.0.113.0/24",
  },
};

const terraform = await findTerraform();
const missing = typeof terraform === "string" ? terraform : await motoObstacle();
const testWithTerraform = (title: string, run: (t: ExecutionContext, terraform: Terraform) => Promise<void>) =>
  typeof terraform === "string" || missing !== undefined
    ? test.skip(`${title} (skipped: ${missing})`, () => {})
    : test(title, (t) => run(t, terraform));

testWithTerraform(
  "Amazon's provider makes each example stack as the program says, changes nothing the second time, and takes it away",
  async (t, { schemas, workspace }) => {
    const recorded = await recordStacks(t, stacks);
    const translations = Object.entries(recorded).map(
      ([stack, { resources }]) => [stack, translation(resources, schemas, { region })] as const,
    );
    const faults = translations.flatMap(([stack, { faults }]) => faults.map((fault) => `${stack}: ${fault}`));
    t.deepEqual(faults, []);

    const { env } = await startMoto(t, { region });
    const configurations = Object.fromEntries(translations.map(([stack, { resource }]) => [stack, { resource }]));
    const made = await workspace(t, configurations, { provider: { default_tags: [{ tags }] }, env });
    const planned = await made.plan();
    t.true(planned.every(({ actions }) => actions.join() === "create"));
    for (const [stack, { resource }] of translations) {
      const count = planned.filter(({ address }) => address.startsWith(`module.${stack}.`)).length;
      t.is(count, Object.values(resource).flatMap(Object.keys).length, stack);
      t.true(Object.hasOwn(resource, "aws_batch_job_definition"), stack);
    }
    await made.apply();
    t.deepEqual((await made.plan()).filter(isMeant), []);
    await made.destroy();
    t.deepEqual(
      (await made.plan()).filter(({ actions }) => actions.join() !== "create"),
      [],
    );
  },
);

/** A change that is not only of what moto forgets. */
const isMeant = ({ type, actions, differing }: Change): boolean =>
  actions.join() !== "update" || differing.some((name) => !forgottenByMoto[type]?.includes(name));

/** Inputs that TypeScript lets through, and what the provider says of each. */
const refused: readonly (readonly [type: string, inputs: Properties, says: RegExp])[] = [
  ["aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/8" }, /cidr_block.*between 16 and 28/],
  ["aws:ec2/subnet:Subnet", { cidrBlock: "10.20.0.1/24" }, /"10\.20\.0\.1\/24" is not a valid IPv4 CIDR block/],
  ["aws:ec2/securityGroup:SecurityGroup", { name: "sg-jobs" }, /cannot begin with sg-/],
  ["aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "interface" }, /vpc_endpoint_type to be one of/],
  ["aws:iam/role:Role", { name: "r".repeat(65) }, /length of name to be in the range \(1 - 64\)/],
  ["aws:iam/rolePolicy:RolePolicy", { policy: "{" }, /"policy" contains an invalid JSON/],
  ["aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 42 }, /retention_in_days to be one of/],
  ["aws:rds/instance:Instance", { backupRetentionPeriod: 36 }, /backup_retention_period to be in the range \(0 - 35\)/],
  [
    "aws:ec2/launchTemplate:LaunchTemplate",
    { metadataOptions: { httpPutResponseHopLimit: 65 } },
    /http_put_response_hop_limit to be in the range \(1 - 64\)/,
  ],
  [
    "aws:batch/computeEnvironment:ComputeEnvironment",
    { name: "c".repeat(129) },
    /"compute_environment_name".*must be up to 128/,
  ],
  ["aws:batch/jobQueue:JobQueue", { state: "ON" }, /state value must be one of/],
  [
    "aws:batch/jobDefinition:JobDefinition",
    { timeout: { attemptDurationSeconds: 59 } },
    /attempt_duration_seconds to be at least \(60\)/,
  ],
];

testWithTerraform(
  "Amazon's provider refuses values that Pulumi's types let through",
  async (t, { schemas, workspace }) => {
    const { dev } = await recordStacks(t, { dev: always });
    const resources = dev?.resources ?? [];
    // One wrong value in each: what refers to a refused resource is not looked at.
    const translations = refused.map(([type, inputs]) => {
      const wrong = resources.find((resource) => resource.type === type);
      return translation(
        resources.map((resource) =>
          resource === wrong ? { ...wrong, inputs: { ...wrong.inputs, ...inputs } } : resource,
        ),
        schemas,
        { region },
      );
    });
    const { env } = await startMoto(t, { region });
    const configurations = translations.map(({ resource }, index) => [`wrong-${index}`, { resource }] as const);
    const made = await workspace(t, Object.fromEntries(configurations), { env });
    const faults = (await made.faults()).map((fault) => fault.replace(/\s+/g, " "));
    for (const [index, [type, , says]] of refused.entries()) {
      const [fault = "", ...others] = faults.filter((each) => each.startsWith(`module.wrong-${index}.`));
      t.regex(fault, says, type);
      t.deepEqual(others, [], type);
    }
    t.is(faults.length, refused.length);
  },
);
