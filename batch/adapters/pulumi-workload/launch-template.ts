import type { Block } from "../../../network/adapters/pulumi/block.ts";
import { Inputs, type Wanted } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import { isUnknownValue } from "../../../network/adapters/pulumi/resource.ts";
import { securityGroups } from "../../../network/adapters/pulumi/wanted.ts";
import { isKnown, type Known, Unknown } from "../../../network/reachability/known.ts";

const launchTemplates: Wanted = { name: "launch template", types: ["aws:ec2/launchTemplate:LaunchTemplate"] };

/** What a launch template says of the interface that instances start with. */
export interface LaunchTemplate {
  readonly id: string;
  /** Empty where it names none. */
  readonly securityGroupIds: Known<readonly string[]>;
  /** Undefined: as the subnet says. */
  readonly hasPublicAddress: Known<boolean | undefined>;
  readonly hasNetworkInterfaces: Known<boolean>;
  /** The instance metadata service, without which the agent of Amazon ECS does not start. */
  readonly hasMetadata: boolean;
}

/** That of a compute environment; undefined where it has none. */
export function launchTemplateOf(program: Program, computeResources: Block): Known<LaunchTemplate | undefined> {
  const value = computeResources.value("launchTemplate");
  if (!isKnown(value)) return value;
  const given = Array.isArray(value) ? value[0] : value;
  if (given === undefined || given === null) return undefined;
  const { launchTemplateId, launchTemplateName, version } = given as Record<string, unknown>;
  const id = computeResources.inputs.resolve(
    launchTemplateId ?? launchTemplateName,
    "computeResources",
    launchTemplates,
  );
  if (!isKnown(id)) return id;
  const resource = id === undefined ? undefined : program.get(id);
  if (!resource) return new Unknown(`what the launch template ${id ?? ""} says, which this program does not make`);
  const { latestVersion, defaultVersion } = resource.outputs;
  const wanted = version === undefined || version === null || version === "$Default" ? defaultVersion : version;
  const isTold = !isUnknownValue(wanted) && wanted !== undefined && latestVersion !== undefined;
  if (isTold && wanted !== "$Latest" && !isUnknownValue(latestVersion) && String(wanted) !== String(latestVersion))
    return new Unknown(
      `what version ${String(wanted)} of ${id} says; the program has version ${String(latestVersion)}`,
    );
  return read(new Inputs(program, resource));
}

function read(inputs: Inputs): LaunchTemplate {
  const { urn: id } = inputs.resource;
  const metadata = inputs.blocks("metadataOptions");
  const hasMetadata = !isKnown(metadata) || metadata[0]?.fields.httpEndpoint !== "disabled";
  const blocks = inputs.blocks("networkInterfaces");
  if (!isKnown(blocks))
    return { id, securityGroupIds: blocks, hasPublicAddress: blocks, hasNetworkInterfaces: blocks, hasMetadata };
  const first = blocks.find((one) => Number(one.fields.deviceIndex ?? 0) === 0);
  if (!first) {
    const securityGroupIds = inputs.references("vpcSecurityGroupIds", securityGroups);
    return { id, securityGroupIds, hasPublicAddress: undefined, hasNetworkInterfaces: false, hasMetadata };
  }
  const associate = first.text("associatePublicIpAddress");
  return {
    id,
    securityGroupIds: first.references("securityGroups", securityGroups),
    hasPublicAddress:
      isKnown(associate) && associate !== undefined ? associate === "true" : (associate as Known<undefined>),
    hasNetworkInterfaces: true,
    hasMetadata,
  };
}
