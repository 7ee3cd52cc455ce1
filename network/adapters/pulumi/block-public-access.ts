import { isKnown, type Known, type Unknown } from "../../reachability/known.ts";
import type { BlockPublicAccess } from "../../reachability/topology.ts";
import type { Declarations } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { subnets, vpcs } from "./wanted.ts";

const token = {
  options: "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
  exclusion: "aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion",
} as const;

const modes = ["off", "block-bidirectional", "block-ingress"] as const;

/** Off unless the program turns it on, for all VPCs of its account and Region. */
export function blockPublicAccess(declarations: Declarations): readonly BlockPublicAccess[] {
  const exclusions = exclusionsOf(declarations);
  return declarations.of(token.options).flatMap((inputs) => {
    const text = inputs.text("internetGatewayBlockMode");
    const mode = isKnown(text)
      ? (modes.find((one) => one === text) ?? inputs.unknown("internetGatewayBlockMode"))
      : text;
    if (mode === "off") return [];
    // Which account a provider is for nobody says: each VPC of the Region may be in this one.
    return [{ ownerId: "", region: declarations.regionOf(inputs), mode, exclusions }];
  });
}

function exclusionsOf(declarations: Declarations): BlockPublicAccess["exclusions"] {
  const all: Exclude<BlockPublicAccess["exclusions"], Unknown>[number][] = [];
  for (const inputs of declarations.of(token.exclusion)) {
    const id = resourceOf(inputs);
    const mode = inputs.text("internetGatewayExclusionMode");
    if (!isKnown(id)) return id;
    if (!isKnown(mode)) return mode;
    if (id === undefined) return inputs.unknown("vpcId", "is missing");
    if (mode !== "allow-bidirectional" && mode !== "allow-egress")
      return inputs.unknown("internetGatewayExclusionMode");
    all.push({ resourceId: id, mode });
  }
  return all;
}

function resourceOf(inputs: Inputs): Known<string | undefined> {
  return inputs.has("subnetId") ? inputs.reference("subnetId", subnets) : inputs.reference("vpcId", vpcs);
}
