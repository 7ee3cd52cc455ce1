import type { Cidr } from "../../../network/reachability/address.ts";
import type * as T from "../../../network/reachability/topology.ts";
import {
  cidrPool,
  endpointBlock,
  endpointPrefixList,
  groupId,
  type Layout,
  layoutOf,
  prefixListPool,
} from "./layout.ts";
import { type Plan, plan } from "./plans.ts";
import { aclEntries, everywhere, groupRules, pick } from "./rules.ts";
import { peeringId, routeTables } from "./tables.ts";

/** Small networks of everything that the judge knows, wired at random but mostly so that packets get somewhere. */
export const topologies = plan.map(topologyOf);

export function topologyOf(plan: Plan): T.Topology {
  const layout = layoutOf(plan);
  const { vpcs, subnets, natGateways, interfaceEndpoints, networkInterfaces } = layout;
  return {
    vpcs: byId(
      vpcs.map(({ id, plan: { account, region }, blocks }) => ({
        id,
        ownerId: account,
        region,
        cidrBlocks: blocks,
        enableDnsSupport: true,
        enableDnsHostnames: true,
        dhcpOptionsId: undefined,
      })),
    ),
    subnets: byId(subnets.map(({ plan: _, ...subnet }) => subnet)),
    routeTables: byId(routeTables(layout)),
    networkAcls: byId(networkAcls(layout)),
    securityGroups: byId(securityGroups(layout)),
    networkInterfaces: byId(networkInterfaces),
    internetGateways: byId(gateways(layout, "igw")),
    egressOnlyInternetGateways: byId(gateways(layout, "eigw")),
    natGateways: byId(natGateways),
    vpcEndpoints: byId([...gatewayEndpoints(layout), ...interfaceEndpoints]),
    prefixLists: byId(prefixLists(layout)),
    vpcPeeringConnections: byId(peerings(layout)),
    transitGateways: byId(
      plan.transitGateways.map(({ state, seesGroups }, index) => ({
        id: `tgw-${index}`,
        state,
        securityGroupReferencingSupport: seesGroups,
      })),
    ),
    transitGatewayAttachments: new Map(attachments(layout).map((one) => [`${one.transitGatewayId}/${one.id}`, one])),
    transitGatewayRouteTables: byId(transitGatewayRouteTables(layout)),
    dhcpOptions: new Map(),
    idleAddresses: new Set(),
    blockPublicAccess: blockPublicAccess(layout),
  };
}

const byId = <R extends { readonly id: string }>(list: readonly R[]) => new Map(list.map((one) => [one.id, one]));

function networkAcls(layout: Layout): T.NetworkAcl[] {
  return layout.vpcs.flatMap(({ id: vpcId, plan }, index) =>
    plan.acls.map((acl, number) => ({
      id: `acl-${index}${number}`,
      vpcId,
      isDefault: number === 0,
      entries: aclEntries(acl, cidrPool(layout)),
      subnetIds: layout.subnets
        .filter((subnet) => subnet.vpcId === vpcId && subnet.plan.acl % plan.acls.length === number)
        .map(({ id }) => id),
    })),
  );
}

function securityGroups(layout: Layout): T.SecurityGroup[] {
  const ids = layout.vpcs.flatMap(({ id, plan }) => plan.groups.map((_, index) => groupId(id, index)));
  const peers = {
    cidrs: cidrPool(layout),
    blocks: layout.vpcs.flatMap(({ blocks }) => blocks),
    prefixListIds: [endpointPrefixList, ...layout.plan.prefixLists.map((_, index) => `pl-${index}`)],
    groupIds: ids,
  };
  return layout.vpcs.flatMap(({ id: vpcId, plan }) =>
    plan.groups.map((group, index) => {
      const id = groupId(vpcId, index);
      return { id, vpcId, name: id, rules: groupRules(group, peers) };
    }),
  );
}

function gateways({ vpcs }: Layout, kind: "igw" | "eigw"): T.InternetGateway[] {
  return vpcs.flatMap(({ id, plan }, index) => {
    const presence = kind === "igw" ? plan.gateway : plan.egressOnly;
    return presence === "none" ? [] : [{ id: `${kind}-${index}`, vpcIds: presence === "attached" ? [id] : [] }];
  });
}

function gatewayEndpoints({ vpcs }: Layout): T.VpcEndpoint[] {
  return vpcs.flatMap(({ id: vpcId, plan: { endpoint: state } }, index) =>
    state === "none"
      ? []
      : [
          {
            id: `vpce-${index}`,
            vpcId,
            type: "Gateway" as const,
            serviceName: "com.amazonaws.r.s3",
            state,
            policyDocument: undefined,
            privateDnsEnabled: false,
            privateDnsOnlyForInboundResolverEndpoint: false,
            routeTableIds: [],
            subnetIds: [],
            networkInterfaceIds: [],
            securityGroupIds: [],
          },
        ],
  );
}

function prefixLists(layout: Layout): T.PrefixList[] {
  const pool = prefixListPool(layout);
  return [
    { id: endpointPrefixList, name: "com.amazonaws.r.s3", cidrs: [endpointBlock] },
    ...layout.plan.prefixLists.map((indices, number) => ({
      id: `pl-${number}`,
      name: `customer-${number}`,
      cidrs: indices.map((index) => pick(pool, index)),
    })),
  ];
}

function peerings({ plan, vpcs }: Layout): T.VpcPeeringConnection[] {
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  return pairs.flatMap(([one, other], index): T.VpcPeeringConnection[] => {
    const { state, isPartial } = plan.peerings[index] as Plan["peerings"][number];
    const [near, far] = [vpcs[one], vpcs[other]];
    if (!near || !far || state === "none") return [];
    const sideOf = ({ id, plan: { region }, blocks }: Layout["vpcs"][number]) => ({
      vpcId: id,
      region,
      cidrBlocks: isPartial ? blocks.slice(0, 1) : blocks,
    });
    return [{ id: peeringId(one, other), state, sides: [sideOf(near), sideOf(far)] }];
  });
}

const peeringAttachment = "tgw-attach-peering";

function attachments({ plan, vpcs, subnets }: Layout): T.TransitGatewayAttachment[] {
  const { transitGateways, transitGatewayPeering } = plan;
  const ofVpcs = transitGateways.flatMap((gateway, number) =>
    vpcs.flatMap(({ id: vpcId, plan: { region } }, index): T.TransitGatewayAttachment[] => {
      const own = gateway.attachments[index];
      // The second gateway is that of the second Region, where there is one.
      const isSecond = number === 1 && vpcs.some((vpc) => vpc.plan.region === "r2");
      if (!own?.exists || (region === "r2") !== isSecond) return [];
      const inVpc = subnets.filter((subnet) => subnet.vpcId === vpcId);
      const first = pick(inVpc, own.firstSubnet);
      // One subnet a zone, as AWS has it.
      const second = inVpc.find(({ availabilityZone }) => availabilityZone !== first.availabilityZone);
      return [
        {
          id: `tgw-attach-${number}${index}`,
          transitGatewayId: `tgw-${number}`,
          state: own.state,
          resource: { type: "vpc", vpcId },
          subnetIds: second && !own.isInOneZone ? [first.id, second.id] : [first.id],
          ipv6Support: own.ipv6,
          securityGroupReferencingSupport: own.seesGroups,
          routeTableId: own.isAssociated ? tableId(plan, number, own.table) : undefined,
        },
      ];
    }),
  );
  const sides = transitGatewayPeering.sides.map(
    (side, number): T.TransitGatewayAttachment => ({
      id: peeringAttachment,
      transitGatewayId: `tgw-${number}`,
      state: side.state,
      resource: { type: "peering", transitGatewayId: `tgw-${1 - number}` },
      subnetIds: [],
      ipv6Support: false,
      securityGroupReferencingSupport: false,
      routeTableId: side.isAssociated ? tableId(plan, number, side.table) : undefined,
    }),
  );
  return transitGateways.length === 2 && transitGatewayPeering.exists ? [...ofVpcs, ...sides] : ofVpcs;
}

function tableId({ transitGateways }: Plan, gateway: number, table: number): string {
  return `tgw-rtb-${gateway}${table % (transitGateways[gateway]?.tables.length ?? 1)}`;
}

function transitGatewayRouteTables(layout: Layout): T.TransitGatewayRouteTable[] {
  const { plan, vpcs, subnets } = layout;
  const all = attachments(layout);
  const pool = [
    ...vpcs.flatMap(({ blocks }) => blocks),
    ...subnets.flatMap(({ cidrBlocks }) => cidrBlocks as Cidr[]),
  ].map((cidr) => ({ cidr }));
  const lists = plan.prefixLists.map((_, index) => ({ prefixListId: `pl-${index}` }));
  return plan.transitGateways.flatMap((gateway, number) => {
    const ids = all.filter((one) => one.transitGatewayId === `tgw-${number}`).map(({ id }) => id);
    return gateway.tables.map((table, index): T.TransitGatewayRouteTable => {
      const toVpc = ids.filter((id) => id !== peeringAttachment);
      const defaults = table.defaultTo === "peering" ? ids.filter((id) => id === peeringAttachment) : toVpc.slice(0, 1);
      const statics = table.statics.map(
        (one): T.TransitGatewayRoute => ({
          destination: pick([...pool, ...lists], one.destination),
          state: one.isBlackhole ? "blackhole" : "active",
          attachmentIds:
            one.isBlackhole || ids.length === 0 ? [] : one.isMultiple ? ids.slice(0, 2) : [pick(ids, one.attachment)],
          isPropagated: false,
        }),
      );
      const distinct = statics.filter(
        ({ destination }, place) =>
          statics.findIndex((other) => keyOf(other.destination) === keyOf(destination)) === place,
      );
      return {
        id: `tgw-rtb-${number}${index}`,
        transitGatewayId: `tgw-${number}`,
        staticRoutes: [
          ...distinct,
          ...(table.defaultTo === "none" || defaults.length === 0 ? [] : everywhere).map((cidr) => ({
            destination: { cidr },
            state: "active" as const,
            attachmentIds: defaults,
            isPropagated: false,
          })),
        ],
        propagatingAttachmentIds: toVpc.filter((id) => table.propagates[Number(id.at(-1))]),
      };
    });
  });
}

const keyOf = (destination: T.TransitGatewayRoute["destination"]) =>
  JSON.stringify(destination, (_, value) => (typeof value === "bigint" ? String(value) : value));

function blockPublicAccess({ plan, vpcs, subnets }: Layout): T.BlockPublicAccess[] {
  if (!plan.blockPublicAccess) return [];
  const { account, mode, exclusions } = plan.blockPublicAccess;
  const resources = [...vpcs, ...subnets].map(({ id }) => id);
  const chosen = new Map(
    exclusions.map(({ resource, isBidirectional }) => [pick(resources, resource), isBidirectional]),
  );
  return [
    {
      ownerId: account,
      region: "r1",
      mode,
      exclusions: [...chosen].map(([resourceId, isBidirectional]) => ({
        resourceId,
        mode: isBidirectional ? "allow-bidirectional" : "allow-egress",
      })),
    },
  ];
}
