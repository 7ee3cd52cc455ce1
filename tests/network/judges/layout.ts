import { type Cidr, parseAddress, parseCidr, type Scalar } from "../../../network/reachability/address.ts";
import type {
  InterfaceAddress,
  NatGateway,
  NetworkInterface,
  Subnet,
  VpcEndpoint,
} from "../../../network/reachability/topology.ts";
import type { InterfacePlan, Plan, VpcPlan } from "./plans.ts";
import { everywhere, pick } from "./rules.ts";

/** Where everything is, and which address it has. */
export interface Layout {
  readonly plan: Plan;
  readonly vpcs: readonly { readonly id: string; readonly plan: VpcPlan; readonly blocks: readonly Cidr[] }[];
  readonly subnets: readonly (Subnet & { readonly plan: VpcPlan["subnets"][number] })[];
  readonly natGateways: readonly NatGateway[];
  readonly interfaceEndpoints: readonly VpcEndpoint[];
  readonly networkInterfaces: readonly NetworkInterface[];
}

export const address = (text: string): Scalar => parseAddress(text).value;

export const internetHosts = ["203.0.113.9", "8.8.8.8", "52.216.1.1", "2a00::9", "2a01:7::1"].map(address);
export const endpointPrefixList = "pl-s3";
export const endpointBlock = parseCidr("52.216.0.0/15");

const is4 = ({ family }: Cidr) => family === 4;

function vpcOf(plan: VpcPlan, index: number): Layout["vpcs"][number] {
  const blocks = [
    `10.${plan.sharesBlock ? 0 : index}.0.0/16`,
    ...(plan.hasSecondBlock ? [`10.${100 + index}.0.0/16`] : []),
    ...(plan.ipv6 === "global" ? [`2600:1f00:0:${index}00::/56`] : []),
    ...(plan.ipv6 === "local" ? [`fd00:0:0:${index}00::/56`] : []),
  ];
  return { id: `vpc-${index}`, plan, blocks: blocks.map(parseCidr) };
}

function subnetsOf({ id, plan, blocks }: Layout["vpcs"][number]): Layout["subnets"][number][] {
  const blocks4 = blocks.filter(is4);
  const block6 = blocks.find((block) => !is4(block));
  return plan.subnets.map((own, index) => {
    const block = (own.isInSecondBlock ? blocks4.at(-1) : blocks4[0]) as Cidr;
    const from = Number(block.from) + 256 * index;
    const cidr: Cidr = { family: 4, prefix: 24, from, to: from + 255 };
    const from6 = block6 && BigInt(block6.from) + (BigInt(index) << 64n);
    const cidr6: Cidr[] =
      from6 === undefined || !own.hasIpv6 ? [] : [{ family: 6, prefix: 64, from: from6, to: from6 + (1n << 64n) - 1n }];
    return {
      id: `subnet-${id.slice(4)}${index}`,
      vpcId: id,
      availabilityZone: own.zone,
      cidrBlocks: [cidr, ...cidr6],
      mapPublicIpOnLaunch: false,
      plan: own,
    };
  });
}

/** The address of a host in a subnet, if the subnet has addresses of the family. */
export function hostIn({ cidrBlocks }: Subnet, family: 4 | 6, host: number): Scalar[] {
  return (cidrBlocks as readonly Cidr[])
    .filter((block) => block.family === family)
    .map(({ from }) => (typeof from === "number" ? from + host : from + BigInt(host)));
}

export function layoutOf(plan: Plan): Layout {
  const vpcs = plan.vpcs.map(vpcOf);
  const subnets = vpcs.flatMap(subnetsOf);
  const natGateways = plan.nats.map((own, number): NatGateway => {
    const { subnet: index, isAnywhere, isPrivate, state, hasSecondAddress } = own;
    const inVpc = subnets.filter(({ vpcId }) => vpcId === pick(vpcs, number).id);
    const inMain = inVpc.filter((one) => tableIndexOf(plan, one) === 0);
    const subnet = pick(isAnywhere || inMain.length === 0 ? inVpc : inMain, index);
    const at = (host: number) => ({
      privateAddress: Number(hostIn(subnet, 4, host)[0]),
      publicAddress: isPrivate ? undefined : Number(address(`54.2.0.${host}`)),
    });
    return {
      id: `nat-${number}`,
      vpcId: subnet.vpcId,
      subnetId: subnet.id,
      connectivityType: isPrivate ? "private" : "public",
      state,
      addresses: hasSecondAddress ? [at(200 + number), at(210 + number)] : [at(200 + number)],
    };
  });
  const interfaceEndpoints = plan.interfaceEndpoints.map(({ subnet: index, groups }, number): VpcEndpoint => {
    const subnet = pick(subnets, index);
    return {
      id: `vpce-i${number}`,
      vpcId: subnet.vpcId,
      type: "Interface",
      serviceName: "com.amazonaws.r.ecr.api",
      state: "available",
      policyDocument: undefined,
      privateDnsEnabled: true,
      privateDnsOnlyForInboundResolverEndpoint: false,
      routeTableIds: [],
      subnetIds: [subnet.id],
      networkInterfaceIds: [`eni-e${number}`],
      securityGroupIds: groupIdsOf(plan, subnet.vpcId, [groups]),
    };
  });
  return {
    plan,
    vpcs,
    subnets,
    natGateways,
    interfaceEndpoints,
    networkInterfaces: [
      ...interfacesOf(plan, subnets),
      ...natGateways.map(
        (nat): NetworkInterface => ({
          ...bare(`eni-${nat.id}`, subnets.find(({ id }) => id === nat.subnetId) as Subnet, "nat_gateway"),
          addresses: (nat.addresses as readonly { privateAddress: number; publicAddress: number | undefined }[]).map(
            ({ privateAddress, publicAddress }) => ({ family: 4, value: privateAddress, publicAddress }),
          ),
          sourceDestCheck: false,
        }),
      ),
      ...interfaceEndpoints.map((endpoint, number): NetworkInterface => {
        const subnet = subnets.find(({ vpcId, id }) => `${vpcId} ${id}` === `${endpoint.vpcId} ${endpoint.subnetIds}`);
        return {
          ...bare(`eni-e${number}`, subnet as Subnet, "vpc_endpoint"),
          addresses: ownAddresses(subnet as Subnet, 190 + number, false, true),
          securityGroupIds: endpoint.securityGroupIds,
        };
      }),
    ],
  };
}

/** Which of its VPC's tables is for a subnet; the first is the main one, where the ways to the internet are. */
export function tableIndexOf({ vpcs }: Plan, { vpcId, plan }: Layout["subnets"][number]): number {
  return plan.table % (vpcs[Number(vpcId.slice(4))]?.tables.length ?? 1);
}

export const groupId = (vpcId: string, index: number) => `sg-${vpcId.slice(4)}${index}`;

function groupIdsOf({ vpcs }: Plan, vpcId: string, indices: readonly number[]): string[] {
  const count = vpcs[Number(vpcId.slice(4))]?.groups.length ?? 1;
  return [...new Set(indices.map((index) => groupId(vpcId, index % count)))];
}

const bare = (id: string, { id: subnetId, vpcId }: Subnet, type: NetworkInterface["type"]): NetworkInterface => ({
  id,
  subnetId,
  vpcId,
  type,
  instanceId: undefined,
  deviceIndex: undefined,
  addresses: [],
  securityGroupIds: [],
  delegatedPrefixes: [],
  sourceDestCheck: true,
  isInUse: true,
});

function ownAddresses(subnet: Subnet, host: number, isPublic: boolean, hasIpv6: boolean): InterfaceAddress[] {
  const own4 = hostIn(subnet, 4, host).map((value) => ({
    family: 4 as const,
    value,
    publicAddress: isPublic ? address(`54.1.0.${host}`) : undefined,
  }));
  const own6 = hostIn(subnet, 6, host).map((value) => ({ family: 6 as const, value, publicAddress: undefined }));
  return [...own4, ...(hasIpv6 ? own6 : [])];
}

function interfacesOf(plan: Plan, subnets: Layout["subnets"]): NetworkInterface[] {
  const made: NetworkInterface[] = [];
  plan.interfaces.forEach((own: InterfacePlan, index) => {
    const previous = made.at(-1);
    const choices = own.joinsPrevious && previous ? subnets.filter(({ vpcId }) => vpcId === previous.vpcId) : subnets;
    const subnet = pick(choices, own.subnet);
    const joins = own.joinsPrevious && previous !== undefined && previous.type === "interface";
    made.push({
      ...bare(`eni-${index}`, subnet, own.type),
      instanceId: joins ? previous.instanceId : `i-${index}`,
      deviceIndex: joins ? (previous.deviceIndex ?? 0) + 1 : 0,
      addresses: [
        ...ownAddresses(subnet, 10 + index, own.isPublicAsUsual === (tableIndexOf(plan, subnet) === 0), own.hasIpv6),
        ...(own.second === "none" ? [] : ownAddresses(subnet, 110 + index, own.second === "public", false)),
      ],
      securityGroupIds: groupIdsOf(plan, subnet.vpcId, own.groups),
      sourceDestCheck: !own.isAppliance,
      isInUse: own.isInUse,
    });
  });
  return made;
}

/** What prefix lists hold: little enough that two of them overlap now and then. */
export const prefixListPool = ({ vpcs }: Layout): Cidr[] => [
  ...["203.0.113.9/32", "8.0.0.0/8", "2a00::/16", "54.0.0.0/8"].map(parseCidr),
  ...vpcs.flatMap(({ blocks }) => blocks),
];

/** What rules and routes speak of. */
export function cidrPool({ vpcs, subnets, networkInterfaces }: Layout): Cidr[] {
  const hosts = networkInterfaces.slice(0, 3).flatMap(({ addresses }) => addresses as readonly InterfaceAddress[]);
  return [
    ...everywhere,
    ...vpcs.flatMap(({ blocks }) => blocks),
    ...subnets.flatMap(({ cidrBlocks }) => cidrBlocks as readonly Cidr[]),
    ...hosts.map(({ family, value }): Cidr => ({ family, prefix: family === 4 ? 32 : 128, from: value, to: value })),
    ...["54.0.0.0/8", "54.1.0.0/28", "8.0.0.0/8", "203.0.113.9/32", "2a00::/16", "10.0.0.0/8"].map(parseCidr),
    endpointBlock,
  ];
}
