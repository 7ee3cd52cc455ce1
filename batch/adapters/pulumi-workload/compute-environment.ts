import type { Block } from "../../../network/adapters/pulumi/block.ts";
import { Inputs } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import type { ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { defaultGroupOf, securityGroups, subnets, vpcs } from "../../../network/adapters/pulumi/wanted.ts";
import type { Explanation } from "../../../network/reachability/explanation.ts";
import { isKnown, type Known, Unknown } from "../../../network/reachability/known.ts";
import { isFargate, type LaunchType, launchTypes, type Platform } from "../../required-flows/job.ts";
import { launchTemplateOf } from "./launch-template.ts";
import type { Locations } from "./locations.ts";

export const computeEnvironmentTypes = ["aws:batch/computeEnvironment:ComputeEnvironment"] as const;

/** A compute environment of the program: where its jobs run. */
export interface ComputeEnvironment {
  /** URN. */
  readonly id: string;
  /** Its logical name. */
  readonly name: string;
  readonly platform: Platform;
  /** URNs, or ids of what the program does not make. */
  readonly subnetIds: Known<readonly string[]>;
  /** Why some of `subnetIds` may be none of its own: a preview does not tell. What fails from those alone is not known to fail. */
  readonly subnetsInDoubt: string | undefined;
  readonly securityGroupIds: Known<readonly string[]>;
  /** Of the instances; the jobs on Fargate say it themselves. */
  readonly hasPublicAddress: Known<boolean> | "as-subnet";
  /** URN, or the id of one that the program does not make. */
  readonly launchTemplateId: string | undefined;
  /** A disabled one takes no jobs until it is enabled. */
  readonly isEnabled: Known<boolean>;
  /** Why its jobs are not modelled. */
  readonly notModelled: string | undefined;
  /** What AWS Batch would refuse. */
  readonly faults: readonly string[];
  /** What keeps instances from taking jobs, whatever the network. */
  readonly obstacle: Explanation | undefined;
}

export function computeEnvironmentOf(program: Program, locations: Locations, own: ProgramResource): ComputeEnvironment {
  // What is only looked up has no inputs: all of it is the provider's.
  const resource = own.isRead === true ? { ...own, inputs: { ...own.outputs, ...own.inputs } } : own;
  const inputs = new Inputs(program, resource);
  const { urn: id, name } = resource;
  const [region, accountId] = [locations.regionOf(resource), locations.accountOf(resource)];
  const base = { id, name, isEnabled: isEnabled(inputs) };
  const reason = notModelledReason(inputs);
  const resources = inputs.blocks("computeResources");
  const block = isKnown(resources) ? resources[0] : undefined;
  if (reason !== undefined || !block) {
    const unknown = new Unknown(reason ?? (isKnown(resources) ? `computeResources of ${id}` : resources.reason));
    return {
      ...base,
      platform: { launchType: unknown, region, accountId },
      subnetIds: unknown,
      subnetsInDoubt: undefined,
      securityGroupIds: unknown,
      hasPublicAddress: unknown,
      launchTemplateId: undefined,
      notModelled: unknown.reason,
      faults: [],
      obstacle: undefined,
    };
  }
  const launchType = launchTypeOf(block);
  const onFargate = isKnown(launchType) && isFargate(launchType);
  const place = subnetsOf(block);
  return {
    ...base,
    platform: { launchType, region, accountId },
    ...place,
    ...interfaceOf(program, inputs, block, onFargate, place.subnetIds),
    notModelled: undefined,
  };
}

function notModelledReason(inputs: Inputs): string | undefined {
  const { urn } = inputs.resource;
  if (inputs.has("eksConfiguration")) return `what jobs need on Amazon EKS, where ${urn} runs them, is not modelled`;
  const type = inputs.text("type");
  if (!isKnown(type)) return type.reason;
  if (type?.toUpperCase() === "UNMANAGED") return `${urn} is UNMANAGED: where its instances run is not said in it`;
  return undefined;
}

function launchTypeOf(block: Block): Known<LaunchType> {
  const type = block.text("type");
  if (!isKnown(type)) return type;
  const found = launchTypes.find((one) => one === type?.toUpperCase());
  return found ?? new Unknown(`what jobs need on ${type ?? "nothing"}, the type of the compute resources`);
}

/** What holds for more subnets than it has holds for its own. */
function subnetsOf(block: Block): Pick<ComputeEnvironment, "subnetIds" | "subnetsInDoubt"> {
  const { ids, inDoubt } = block.possibleReferences("subnets", subnets);
  return { subnetIds: ids, subnetsInDoubt: inDoubt };
}

type Interface = Pick<
  ComputeEnvironment,
  "securityGroupIds" | "hasPublicAddress" | "launchTemplateId" | "faults" | "obstacle"
>;

/**
 * Its own groups, else those of its launch template (API_ComputeResource, securityGroupIds), else the default group of the VPC.
 */
function interfaceOf(
  program: Program,
  inputs: Inputs,
  block: Block,
  onFargate: boolean,
  subnetIds: Known<readonly string[]>,
): Interface {
  const template = onFargate ? undefined : launchTemplateOf(program, block);
  const own = block.references("securityGroupIds", securityGroups);
  const hasOwn = !isKnown(own) || own.length > 0;
  if (!isKnown(template)) {
    // A template beside groups of its own has no interfaces, or AWS Batch refuses both.
    const place = { securityGroupIds: own, hasPublicAddress: "as-subnet" } as const;
    const unknown = { securityGroupIds: template, hasPublicAddress: template };
    return { ...(hasOwn ? place : unknown), launchTemplateId: undefined, faults: [], obstacle: undefined };
  }
  const faults: string[] = [];
  if (template?.hasNetworkInterfaces === true && hasOwn) {
    faults.push(
      `${inputs.resource.urn} has securityGroupIds and its launch template ${template.id} has networkInterfaces: AWS Batch takes one or the other; the compute environment would become INVALID.`,
    );
  }
  const obstacle = template?.hasMetadata === false ? withoutMetadata(template.id) : undefined;
  const publicly = template?.hasPublicAddress;
  const hasPublicAddress = onFargate ? false : (publicly ?? "as-subnet");
  const groups = hasOwn ? own : (template?.securityGroupIds ?? []);
  const said: Omit<Interface, "securityGroupIds"> = {
    hasPublicAddress,
    launchTemplateId: template?.id,
    faults,
    obstacle,
  };
  if (!isKnown(groups) || groups.length > 0) return { securityGroupIds: groups, ...said };
  if (!template) {
    faults.push(
      `${inputs.resource.urn} names no security group, and no launch template that does: AWS Batch asks for one at least.`,
    );
  }
  return { securityGroupIds: defaultGroups(program, subnetIds), ...said };
}

/** The agent has its credentials from there (ECS developer guide, container instance IAM role). */
const withoutMetadata = (id: string): Explanation => ({
  code: "metadata-service-off",
  component: { type: "launch-template", id },
  message: `${id} turns the instance metadata service off: the agent of Amazon ECS gets no credentials, and no instance joins the compute environment's cluster.`,
  fix: `Set metadataOptions.httpEndpoint of ${id} to "enabled".`,
});

/** The default groups of the VPCs of subnets: what an interface gets that names no group. */
export function defaultGroups(program: Program, subnetIds: Known<readonly string[]>): Known<readonly string[]> {
  if (!isKnown(subnetIds)) return subnetIds;
  const groups = new Set<string>();
  for (const id of subnetIds) {
    const resource = program.get(id);
    const vpcId = resource && new Inputs(program, resource).reference("vpcId", vpcs);
    if (vpcId instanceof Unknown) return vpcId;
    if (vpcId === undefined)
      return new Unknown(`the default security group of the VPC of ${id}, which this program does not make`);
    groups.add(defaultGroupOf(vpcId));
  }
  return groups.size === 1
    ? [...groups]
    : new Unknown(`the default security group of ${subnetIds.join(", ") || "no subnet"}`);
}

function isEnabled(inputs: Inputs): Known<boolean> {
  const state = inputs.text("state");
  return isKnown(state) ? state?.toUpperCase() !== "DISABLED" : state;
}
