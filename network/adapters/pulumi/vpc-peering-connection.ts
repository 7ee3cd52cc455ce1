import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { PeeringSide, Vpc, VpcPeeringConnection } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { types, vpcPeeringConnections as wanted } from "./wanted.ts";

/** Active where the program accepts it: by itself, or in the other account or Region. */
export function vpcPeeringConnections(
  declarations: Declarations,
  vpcs: () => ReadonlyMap<string, Vpc>,
): Map<string, VpcPeeringConnection> {
  const accepters = groupBy(declarations.of(...types.vpcPeeringConnectionAccepter), (inputs) =>
    inputs.reference("vpcPeeringConnectionId", wanted),
  );
  return new Map(
    declarations.of(...types.vpcPeeringConnection).map((inputs) => {
      const { urn } = inputs.resource;
      const sides = [declarations.vpcOf(inputs, "vpcId"), declarations.vpcOf(inputs, "peerVpcId")] as const;
      const state = stateOf([inputs, ...(accepters.byKey.get(urn) ?? [])], urn, accepters.stray);
      const [one, other] = sides.map((vpcId): PeeringSide => {
        const vpc = vpcs().get(vpcId);
        return {
          vpcId,
          region: vpc?.region ?? "",
          cidrBlocks: vpc?.cidrBlocks ?? new Unknown(`the blocks of ${vpcId}`),
        };
      });
      return [urn, { id: urn, state, sides: [one as PeeringSide, other as PeeringSide] }];
    }),
  );
}

function stateOf(all: readonly Inputs[], urn: string, stray: Unknown | undefined): Known<string> {
  for (const inputs of all) {
    const isAccepted = inputs.flag("autoAccept", false);
    if (isAccepted === true) return "active";
    if (!isKnown(isAccepted)) return isAccepted;
  }
  if (stray) return stray;
  const [own] = all;
  // Whoever has the other account may accept it.
  if (own?.has("peerOwnerId")) return new Unknown(`whether the other account accepts ${urn}`);
  return "pending-acceptance";
}
