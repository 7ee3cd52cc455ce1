import test from "ava";
import { type ComputeEnvironment, workloadOf } from "../../../batch/adapters/pulumi-workload.ts";
import { unknownValue } from "../../../network/adapters/pulumi/resource.ts";
import { isKnown } from "../../../network/reachability/known.ts";
import { type Declared, type Mode, modes, region } from "./declared.ts";
import { Lab } from "./lab.ts";

/** The one compute environment; URNs by their names. */
function environmentOf(lab: Lab) {
  const [own] = workloadOf(lab.program, { region }).computeEnvironments as [ComputeEnvironment];
  const { subnetIds, securityGroupIds, hasPublicAddress, faults, obstacle } = own;
  const short = (text: string) => text.replaceAll(/\S*::/g, "");
  const shown = (value: ComputeEnvironment["subnetIds"]) => (isKnown(value) ? value.map(short).join(" ") : "?");
  return {
    subnets: shown(subnetIds),
    groups: shown(securityGroupIds),
    publicly: typeof hasPublicAddress === "object" ? "?" : hasPublicAddress,
    faults: faults.map(short),
    obstacle: obstacle && `${obstacle.code} at ${short(obstacle.component.id)}`,
  };
}

type Case = readonly [
  what: string,
  declare: (lab: Lab) => unknown,
  expected: Partial<ReturnType<typeof environmentOf>>,
];

function template(lab: Lab, inputs: Record<string, unknown>, outputs = {}): Declared {
  return lab.add("aws:ec2/launchTemplate:LaunchTemplate", "template", inputs, outputs);
}

const onInstances = (lab: Lab, more: Record<string, unknown> = {}) => lab.environment("jobs", { type: "EC2", ...more });

const nothing = { securityGroupIds: undefined };

/** Where jobs run, in a preview and after `up`. */
const cases: readonly Case[] = [
  ["Fargate", (lab) => lab.environment("jobs"), { subnets: "a b", groups: "jobs", publicly: false, faults: [] }],
  ["instances", (lab) => onInstances(lab), { subnets: "a b", groups: "jobs", publicly: "as-subnet", faults: [] }],
  [
    "subnets by their ids, which the program does not make",
    (lab) => onInstances(lab, { subnets: ["subnet-1", "subnet-2"] }),
    { subnets: "subnet-1 subnet-2" },
  ],
  [
    "the VPC's default group by its output",
    (lab) => onInstances(lab, { securityGroupIds: [lab.vpc.out("defaultSecurityGroupId")] }),
    { groups: "lab#default-security-group" },
  ],
  [
    "no group at all, which AWS Batch refuses",
    (lab) => onInstances(lab, nothing),
    {
      groups: "lab#default-security-group",
      faults: ["jobs names no security group, and no launch template that does: AWS Batch asks for one at least."],
    },
  ],
  [
    "the groups of its launch template",
    (lab) => {
      const own = template(lab, { vpcSecurityGroupIds: [lab.group("own").out()] });
      return onInstances(lab, { ...nothing, launchTemplate: { launchTemplateId: own.out() } });
    },
    { groups: "own", publicly: "as-subnet", faults: [] },
  ],
  [
    "a launch template by its name, whose interface has a public address and a group",
    (lab) => {
      const networkInterfaces = [{ associatePublicIpAddress: "true", securityGroups: [lab.group("own").out()] }];
      const own = template(lab, { name: "named", networkInterfaces });
      return onInstances(lab, { ...nothing, launchTemplate: { launchTemplateName: own.out("name") } });
    },
    { groups: "own", publicly: true, faults: [] },
  ],
  [
    "a launch template whose interface has no public address",
    (lab) => {
      const own = template(lab, { networkInterfaces: [{ associatePublicIpAddress: false }] });
      return onInstances(lab, { ...nothing, launchTemplate: { launchTemplateId: own.out() } });
    },
    { groups: "lab#default-security-group", publicly: false, faults: [] },
  ],
  [
    "groups of its own beside those of its launch template",
    (lab) => {
      const own = template(lab, { vpcSecurityGroupIds: [lab.group("own").out()] });
      return onInstances(lab, { launchTemplate: { launchTemplateId: own.out() } });
    },
    { groups: "jobs", faults: [] },
  ],
  [
    "groups of its own beside its launch template's interfaces",
    (lab) => {
      const own = template(lab, { networkInterfaces: [{ deviceIndex: 0 }] });
      return onInstances(lab, { launchTemplate: { launchTemplateId: own.out() } });
    },
    {
      groups: "jobs",
      faults: [
        "jobs has securityGroupIds and its launch template template has networkInterfaces: AWS Batch takes one or the other; the compute environment would become INVALID.",
      ],
    },
  ],
  [
    "a launch template that turns the metadata service off",
    (lab) => {
      const own = template(lab, { metadataOptions: { httpEndpoint: "disabled" } });
      return onInstances(lab, { launchTemplate: { launchTemplateId: own.out() } });
    },
    { faults: [], obstacle: "metadata-service-off at template" },
  ],
  [
    "a launch template that the program does not make",
    (lab) => onInstances(lab, { ...nothing, launchTemplate: { launchTemplateId: "lt-1" } }),
    { groups: "?", publicly: "?" },
  ],
];

for (const mode of modes) {
  for (const [what, declare, expected] of cases) {
    test(`${mode}: a compute environment with ${what}`, (t) => {
      const lab = new Lab(mode);
      declare(lab);
      t.like(environmentOf(lab), expected);
    });
  }
}

test("an older version of a launch template is not known", (t) => {
  const groups = (version: string | undefined) => {
    const lab = new Lab("up");
    const outputs = { latestVersion: 2, defaultVersion: 1 };
    const own = template(lab, { vpcSecurityGroupIds: [lab.jobs.out()] }, outputs);
    onInstances(lab, { ...nothing, launchTemplate: { launchTemplateId: own.out(), version } });
    return environmentOf(lab).groups;
  };
  t.is(groups("$Latest"), "jobs");
  t.is(groups("2"), "jobs");
  t.is(groups("1"), "?");
  t.is(groups("$Default"), "?");
  t.is(groups(undefined), "?");
});

test("of subnets that a preview does not tell all that may be are taken, and that is said", (t) => {
  const of = (mode: Mode) => {
    const lab = new Lab(mode);
    const [a, b] = lab.subnets as [Declared, Declared];
    // One list that is hidden as a whole: of three subnets, two.
    const other = lab.add("aws:ec2/subnet:Subnet", "other", { vpcId: lab.vpc.out() });
    onInstances(lab, { subnets: [a.out(), b.out()] });
    const resource = lab.resources.at(-1)!;
    const urns = [...(resource.propertyDependencies.computeResources ?? []), other.urn];
    const own = resource.inputs.computeResources as object;
    const computeResources = mode === "preview" ? { ...own, subnets: unknownValue } : own;
    Object.assign(resource, { inputs: { ...resource.inputs, computeResources } });
    Object.assign(resource, { propertyDependencies: { computeResources: urns } });
    const { computeEnvironments, notes } = workloadOf(lab.program, { region });
    return { shown: environmentOf(lab).subnets, doubt: computeEnvironments[0]?.subnetsInDoubt, notes };
  };
  const preview = of("preview");
  t.is(preview.shown, "a b other");
  t.regex(preview.doubt ?? "", /^computeResources of urn:.* may come from each of /);
  t.regex(preview.notes[0]?.message ?? "", /^Some of the subnets of urn:.* may not be its own: /);
  t.is(of("up").shown, "a b");
  t.is(of("up").doubt, undefined);
});

/** Where a compute environment's Region is said, and what it is. */
const regions: readonly (readonly [string, (lab: Lab) => unknown, expected: string])[] = [
  ["the stack's config", (lab) => lab.environment("jobs"), region],
  ["its own input", (lab) => lab.environment("jobs", {}, { region: "us-east-1" }), "us-east-1"],
  [
    "its provider",
    (lab) => {
      const provider = lab.add("pulumi:providers:aws", "far", { region: "us-gov-west-1" });
      lab.environment("jobs");
      Object.assign(lab.resources.at(-1)!, { provider: provider.urn });
    },
    "us-gov-west-1",
  ],
];

for (const mode of modes) {
  for (const [where, declare, expected] of regions) {
    test(`${mode}: the Region of a compute environment is that of ${where}`, (t) => {
      const lab = new Lab(mode);
      declare(lab);
      const [own] = workloadOf(lab.program, { region }).computeEnvironments;
      t.is(own?.platform.region as string, expected);
    });
  }
}

test("a Region that nobody sets is not known", (t) => {
  const lab = new Lab("preview");
  lab.environment("jobs");
  const [own] = workloadOf(lab.program).computeEnvironments;
  t.false(isKnown(own?.platform.region));
});

test("a disabled compute environment is told", (t) => {
  const lab = new Lab("up");
  const { urn } = lab.environment("jobs", {}, { state: "DISABLED" });
  const { computeEnvironments, notes } = workloadOf(lab.program, { region });
  t.is(computeEnvironments[0]?.isEnabled as boolean, false);
  t.deepEqual(notes, [{ id: urn, message: `${urn} is DISABLED: it takes no jobs until it is enabled.` }]);
});
