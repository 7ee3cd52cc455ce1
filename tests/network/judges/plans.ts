import fc from "fast-check";

/*
 * Small networks as records of choices, so that fast-check can shrink them. A number that names something is taken modulo
 * how many of it there are; what can't be had (a route to a NAT gateway where there is none) is left out.
 */

const any = fc.noBias(fc.nat(59));
const oneOf = <T>(...weighted: readonly (readonly [weight: number, value: T])[]) =>
  fc.oneof(...weighted.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
const mostly = (percent: number) => oneOf([percent, true], [100 - percent, false]);
const seldom = (percent: number) => oneOf([100 - percent, false], [percent, true]);
const list = <T>(of: fc.Arbitrary<T>, minLength: number, maxLength: number) =>
  fc.noBias(fc.array(of, { minLength, maxLength, size: "max" }));

/** Mostly more than one: packets that stay where they are tell little. */
const several = <T>(of: fc.Arbitrary<T>, maxLength: number) =>
  fc.oneof({ weight: 1, arbitrary: list(of, 1, 1) }, { weight: 5, arbitrary: list(of, 2, maxLength) });

const state = oneOf([93, "available"], [7, "failed"]);
const presence = oneOf([85, "attached" as const], [5, "detached" as const], [10, "none" as const]);

const route = fc.record({
  destination: any,
  target: any,
  isBlackhole: seldom(15),
  isPropagated: seldom(15),
});

const table = fc.record({
  default4: oneOf(
    [5, "igw" as const],
    [9, "nat" as const],
    [2, "tgw" as const],
    [1, "none" as const],
    [1, "eni" as const],
  ),
  default6: oneOf([5, "igw" as const], [3, "eigw" as const], [2, "tgw" as const], [1, "none" as const]),
  /** To each VPC's blocks. */
  toVpcs: fc.tuple(...[0, 1, 2].map(() => oneOf([8, "pcx" as const], [8, "tgw" as const], [1, "none" as const]))),
  hasEndpointRoute: mostly(50),
  more: list(route, 0, 3),
});

const aclRule = fc.record({
  isEgress: fc.boolean(),
  isAllow: mostly(40),
  protocol: any,
  cidr: any,
  ports: any,
  icmp: any,
});

const acl = fc.record({
  base: oneOf([62, "open" as const], [35, "ephemeral" as const], [3, "closed" as const]),
  ephemeral: any,
  rules: fc.oneof({ weight: 1, arbitrary: list(aclRule, 0, 0) }, { weight: 1, arbitrary: list(aclRule, 1, 2) }),
  isReversed: fc.boolean(),
});

const group = fc.record({
  outbound: oneOf([84, "open" as const], [10, "vpcs" as const], [6, "none" as const]),
  inbound: oneOf([6, "open" as const], [3, "vpcs" as const], [1, "none" as const]),
  rules: list(
    fc.record({ isEgress: seldom(30), protocol: any, ports: any, icmp: any, peer: any, peerKind: any }),
    0,
    3,
  ),
});

const vpc = fc.record({
  account: oneOf([70, "111" as const], [30, "222" as const]),
  region: oneOf([92, "r1" as const], [8, "r2" as const]),
  sharesBlock: seldom(6),
  hasSecondBlock: seldom(25),
  ipv6: oneOf([4, "none" as const], [5, "global" as const], [1, "local" as const]),
  gateway: presence,
  egressOnly: presence,
  edge: oneOf([80, "none" as const], [12, "local" as const], [4, "interface" as const], [4, "blackhole" as const]),
  endpoint: oneOf([50, "none" as const], [45, "available" as const], [5, "failed" as const]),
  subnets: several(
    fc.record({
      zone: oneOf([65, "za"], [35, "zb"]),
      isInSecondBlock: seldom(40),
      hasIpv6: mostly(90),
      table: any,
      acl: any,
    }),
    3,
  ),
  tables: several(table, 3),
  acls: list(acl, 1, 2),
  groups: list(group, 1, 2),
});

const networkInterface = fc.record({
  subnet: any,
  groups: oneOf<number[]>([8, [0]], [8, [1]], [8, [0, 1]], [1, []]),
  /** As its subnet is: public in those of the main table. */
  isPublicAsUsual: mostly(80),
  second: oneOf([8, "none" as const], [1, "private" as const], [1, "public" as const]),
  hasIpv6: mostly(90),
  joinsPrevious: seldom(15),
  isInUse: mostly(96),
  isAppliance: seldom(6),
  type: oneOf(
    [93, "interface" as const],
    [3, "gateway_load_balancer_endpoint" as const],
    [2, "transit_gateway" as const],
    [2, "other" as const],
  ),
});

const transitGateway = fc.record({
  state,
  seesGroups: mostly(75),
  tables: list(
    fc.record({
      propagates: fc.tuple(mostly(85), mostly(85), mostly(85)),
      defaultTo: oneOf([3, "peering" as const], [3, "vpc" as const], [3, "none" as const]),
      statics: list(
        fc.record({ destination: any, attachment: any, isBlackhole: seldom(15), isMultiple: seldom(12) }),
        0,
        2,
      ),
    }),
    1,
    2,
  ),
  attachments: fc.tuple(
    ...[0, 1, 2].map(() =>
      fc.record({
        exists: mostly(85),
        firstSubnet: any,
        isInOneZone: seldom(25),
        state,
        ipv6: mostly(85),
        seesGroups: mostly(80),
        table: any,
        isAssociated: mostly(93),
      }),
    ),
  ),
});

const side = fc.record({ state, table: any, isAssociated: mostly(93) });

const nat = fc.record({
  subnet: any,
  isAnywhere: seldom(15),
  isPrivate: seldom(20),
  state,
  hasSecondAddress: seldom(15),
});

export const plan = fc.record({
  vpcs: several(vpc, 3),
  interfaces: list(networkInterface, 2, 6),
  nats: fc.oneof({ weight: 1, arbitrary: list(nat, 0, 0) }, { weight: 5, arbitrary: several(nat, 3) }),
  interfaceEndpoints: list(fc.record({ subnet: any, groups: any }), 0, 1),
  peerings: fc.tuple(
    ...[0, 1, 2].map(() =>
      fc.record({ state: oneOf([75, "active"], [10, "pending-acceptance"], [15, "none"]), isPartial: seldom(15) }),
    ),
  ),
  transitGateways: fc.oneof(
    { weight: 1, arbitrary: list(transitGateway, 0, 0) },
    { weight: 5, arbitrary: list(transitGateway, 1, 2) },
  ),
  transitGatewayPeering: fc.record({ exists: mostly(75), sides: fc.tuple(side, side) }),
  prefixLists: list(list(any, 1, 4), 0, 2),
  blockPublicAccess: fc.oneof(
    { weight: 11, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.record({
        account: oneOf([70, "111" as const], [30, "222" as const]),
        mode: oneOf([1, "off" as const], [3, "block-bidirectional" as const], [3, "block-ingress" as const]),
        exclusions: list(fc.record({ resource: any, isBidirectional: mostly(60) }), 0, 2),
      }),
    },
  ),
});

type ValueOf<A> = A extends fc.Arbitrary<infer Value> ? Value : never;
export type Plan = ValueOf<typeof plan>;
export type VpcPlan = Plan["vpcs"][number];
export type TablePlan = VpcPlan["tables"][number];
export type AclPlan = VpcPlan["acls"][number];
export type GroupPlan = VpcPlan["groups"][number];
export type InterfacePlan = Plan["interfaces"][number];
export type TransitGatewayPlan = Plan["transitGateways"][number];
