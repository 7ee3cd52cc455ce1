import type { InternetGateway } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import { type Inputs, referencesOf } from "./inputs.ts";
import { internetGateways as gateways, types, vpcs } from "./wanted.ts";

/** Attached to the VPC that they name, or by an attachment of its own. */
export function internetGateways(declarations: Declarations): Map<string, InternetGateway> {
  const attachments = groupBy(
    declarations.of("aws:ec2/internetGatewayAttachment:InternetGatewayAttachment"),
    (inputs) => inputs.reference("internetGatewayId", gateways),
  );
  return new Map(
    declarations.of(...types.internetGateway).map((inputs) => {
      const { urn } = inputs.resource;
      const attached = [inputs, ...(attachments.byKey.get(urn) ?? [])];
      return [urn, { id: urn, vpcIds: attachments.stray ?? vpcsOf(attached) }];
    }),
  );
}

export function egressOnlyInternetGateways(declarations: Declarations): Map<string, InternetGateway> {
  return new Map(
    declarations
      .of(...types.egressOnlyInternetGateway)
      .map((inputs) => [inputs.resource.urn, { id: inputs.resource.urn, vpcIds: vpcsOf([inputs]) }]),
  );
}

const vpcsOf = (all: readonly Inputs[]) => referencesOf(all, "vpcId", vpcs);
