import {
  addressesOf,
  type CidrBlock,
  contains,
  formatCidrBlock,
  networkOf,
  overlap,
  parseCidrBlock,
  partOf,
  usableAddresses,
} from "./cidr.ts";
import { zonesOf } from "./region.ts";

/**
 * How jobs reach what they need: through endpoints alone and no internet at all, through NAT gateways, or from public
 * subnets with public addresses.
 */
export const egresses = ["endpoints", "nat", "public"] as const;
export type Egress = (typeof egresses)[number];

/** One NAT gateway for all zones (cheaper), or one a zone (a zone that fails takes only its own jobs along). */
export const natGatewayChoices = ["one", "zone"] as const;
export type NatGateways = (typeof natGatewayChoices)[number];

export interface NetworkPlanArgs {
  readonly region: string;
  /** Of the VPC: `10.20.0.0/16`. */
  readonly cidrBlock: string;
  /** How many zones, 1 to 6; or their names. */
  readonly zones: number | readonly string[];
  /** Of the compute subnets, one a zone; absent: laid out. */
  readonly subnetCidrBlocks?: readonly string[];
  readonly egress: Egress;
  readonly natGateways: NatGateways;
  /** Whether a database gets subnets of its own. */
  readonly database: boolean;
  /** How many interfaces jobs may have at once. */
  readonly jobs: number;
  /** Whether jobs run on instances, whose Docker has a network of its own. */
  readonly onInstances: boolean;
  /** Services that the jobs need, as in endpoint names: `ecr.api`. */
  readonly services: readonly string[];
}

export interface SubnetPlan {
  readonly zone: string;
  readonly cidrBlock: string;
}

export interface NetworkPlan {
  readonly cidrBlock: string;
  /** Where jobs run: public ones with `egress` public, else private ones. */
  readonly compute: readonly SubnetPlan[];
  /** Two zones at least, as RDS wants it. */
  readonly database: readonly SubnetPlan[];
  /** For NAT gateways; empty unless `egress` is nat. */
  readonly public: readonly SubnetPlan[];
  /** Places in `public` that get a NAT gateway. */
  readonly natGateways: readonly number[];
  readonly interfaceEndpoints: readonly string[];
  readonly gatewayEndpoints: readonly string[];
}

/** Gateway endpoints cost nothing; every other service has interface endpoints (VPC guide, gateway-endpoints). */
const gatewayServices: readonly string[] = ["dynamodb", "s3"];

/** Subnets from /28 to /16 are all that AWS makes (VPC guide, subnet-sizing). */
const smallestSubnet = 28;

/** Databases and NAT gateways take few addresses; the rest of their quarter stays free for what comes. */
const largestSideSubnet = 24;

/** Docker's own network on each instance: what lies in it, instances and host-mode containers don't reach. */
const dockerBlock = parseCidrBlock("172.17.0.0/16")!;

/**
 * Lays out subnets and chooses endpoints. The block's first half is for jobs, the third quarter for the database, the last
 * for NAT gateways; each is cut into 8 where that is large enough, so that a zone that is added moves no other.
 * @returns the plan, or all faults as sentences
 */
export function planNetwork(args: NetworkPlanArgs): NetworkPlan | { readonly faults: readonly string[] } {
  const zones = chooseZones(args);
  const block = chooseBlock(args);
  const faults = [...zones.faults, ...block.faults];
  if (faults.length > 0) return { faults };

  const { interfaceEndpoints, gatewayEndpoints } = chooseEndpoints(args);
  const layout = layOut(block.block, zones.names.length, zones.database.length);
  if (layout === undefined) {
    const most = zones.names.length;
    return {
      faults: [
        `cidrBlock ${args.cidrBlock} is too small for ${most} zone${most === 1 ? "" : "s"}: it has ${addressesOf(block.block)} addresses, and a subnet has 16 at least; give a larger block.`,
      ],
    };
  }
  const compute = args.subnetCidrBlocks?.length
    ? ownBlocks(args, block.block, layout)
    : { blocks: layout.compute.slice(0, zones.names.length) };
  if ("faults" in compute) return compute;

  const needed = args.jobs + interfaceEndpoints.length * zones.names.length;
  const there = compute.blocks.reduce((sum, next) => sum + usableAddresses(next), 0);
  if (there < needed) {
    const endpoints = interfaceEndpoints.length * zones.names.length;
    return {
      faults: [
        `cidrBlock ${args.cidrBlock} is too small: ${args.jobs} jobs at once and ${endpoints} endpoint interfaces need ${needed} addresses, and the compute subnets (${compute.blocks.map(formatCidrBlock).join(", ")}) have ${there}, as AWS keeps 5 of each; give a larger block, or a smaller maxvCpus.`,
      ],
    };
  }

  const place = (blocks: readonly CidrBlock[], names: readonly string[]): SubnetPlan[] =>
    names.map((zone, index) => ({ zone, cidrBlock: formatCidrBlock(blocks[index]!) }));
  return {
    cidrBlock: args.cidrBlock,
    compute: place(compute.blocks, zones.names),
    database: place(layout.database, zones.database),
    public: args.egress === "nat" ? place(layout.public, zones.names) : [],
    natGateways: args.egress !== "nat" ? [] : args.natGateways === "one" ? [0] : zones.names.map((_, index) => index),
    interfaceEndpoints,
    gatewayEndpoints,
  };
}

/** With a way to the internet an interface endpoint only costs; a gateway endpoint is free and spares the NAT gateway. */
function chooseEndpoints({ services, egress }: NetworkPlanArgs) {
  const asked = [...new Set(services)].sort();
  return {
    gatewayEndpoints: asked.filter((service) => gatewayServices.includes(service)),
    interfaceEndpoints: egress === "endpoints" ? asked.filter((service) => !gatewayServices.includes(service)) : [],
  };
}

function chooseZones({ region, zones, database }: NetworkPlanArgs) {
  const known = zonesOf(region);
  const faults: string[] = [];
  let names: readonly string[] = [];
  if (typeof zones === "number") {
    if (!Number.isInteger(zones) || zones < 1 || zones > 6) {
      faults.push(`zones is ${zones}; it must be a whole number from 1 to 6.`);
    } else if (known === undefined) {
      faults.push(`The zones of the Region "${region}" are not known here; name them with zoneNames.`);
    } else if (zones > known.length) {
      faults.push(`zones is ${zones}, and ${region} has ${known.length} (${known.join(", ")}); lower it.`);
    } else names = known.slice(0, zones);
  } else {
    names = zones;
    if (names.length > 6) faults.push(`zoneNames has ${names.length} zones; 6 are the most.`);
    for (const name of new Set(names)) {
      if (names.filter((other) => other === name).length > 1) {
        faults.push(`zoneNames names ${name} twice; a zone gets one subnet.`);
      }
      const exists = known?.includes(name) ?? (name.startsWith(region) && /^[a-z]$/.test(name.slice(region.length)));
      if (!exists) {
        faults.push(
          `zoneNames has "${name}", which is no zone of ${region}${known === undefined ? "" : ` (${known.join(", ")})`}; correct it.`,
        );
      }
    }
  }
  let databaseNames: readonly string[] = database ? names : [];
  if (database && names.length === 1) {
    const second = known?.find((name) => name !== names[0]);
    if (second === undefined) {
      faults.push(`zoneNames has one zone, and RDS wants subnets in two; name another one.`);
    } else databaseNames = [names[0]!, second];
  }
  return { names, database: databaseNames, faults };
}

function chooseBlock({ cidrBlock, onInstances }: NetworkPlanArgs) {
  const faults: string[] = [];
  const parsed = parseCidrBlock(cidrBlock);
  const block = parsed && networkOf(parsed);
  if (parsed === undefined || block === undefined) {
    faults.push(`cidrBlock is "${cidrBlock}", which is no block of IPv4 addresses; write one as 10.20.0.0/16.`);
    return { block: { first: 0, prefix: 0 }, faults };
  }
  if (parsed.first !== block.first) {
    faults.push(`cidrBlock ${cidrBlock} does not begin where its block begins; write ${formatCidrBlock(block)}.`);
  }
  if (parsed.prefix < 16 || parsed.prefix > 28) {
    faults.push(`cidrBlock ${cidrBlock} has a prefix of ${parsed.prefix}; AWS makes VPCs from /16 to /28.`);
  }
  if (onInstances && overlap(block, dockerBlock)) {
    faults.push(
      `cidrBlock ${cidrBlock} overlaps with 172.17.0.0/16, which Docker uses on each instance: what lies there, jobs can't reach; choose another block.`,
    );
  }
  return { block, faults };
}

interface Layout {
  readonly compute: readonly CidrBlock[];
  readonly database: readonly CidrBlock[];
  readonly public: readonly CidrBlock[];
}

/** undefined where not even the smallest subnets fit. */
function layOut(block: CidrBlock, zones: number, databaseZones: number): Layout | undefined {
  for (const slots of [8, 4, 2, 1]) {
    if (slots < Math.max(zones, databaseZones)) return undefined;
    const computePrefix = block.prefix + 1 + Math.log2(slots);
    const sidePrefix = computePrefix + 1;
    if (sidePrefix > smallestSubnet) continue;
    const [third, fourth] = [partOf(block, block.prefix + 2, 2), partOf(block, block.prefix + 2, 3)];
    const cut = (outer: CidrBlock, prefix: number) =>
      Array.from({ length: slots }, (_, index) => partOf(outer, prefix, index));
    const side = Math.max(sidePrefix, largestSideSubnet);
    return { compute: cut(block, computePrefix), database: cut(third, side), public: cut(fourth, side) };
  }
  return undefined;
}

/** Compute subnets that were given: inside the VPC's block, apart from each other and from the other subnets. */
function ownBlocks(
  { subnetCidrBlocks: texts = [], zones, egress, database }: NetworkPlanArgs,
  vpc: CidrBlock,
  layout: Layout,
): { blocks: readonly CidrBlock[] } | { faults: readonly string[] } {
  const faults: string[] = [];
  const count = typeof zones === "number" ? zones : zones.length;
  if (texts.length !== count) {
    faults.push(`subnetCidrBlocks has ${texts.length} blocks for ${count} zones; give one a zone.`);
  }
  const blocks: CidrBlock[] = [];
  const others = [
    ...(database ? layout.database.map((block) => [block, "the database"] as const) : []),
    ...(egress === "nat" ? layout.public.map((block) => [block, "NAT gateways"] as const) : []),
  ];
  for (const text of texts) {
    const block = parseCidrBlock(text);
    if (block === undefined) {
      faults.push(`subnetCidrBlocks has "${text}", which is no block of IPv4 addresses; write one as 10.20.0.0/20.`);
      continue;
    }
    if (networkOf(block).first !== block.first) {
      faults.push(
        `subnetCidrBlocks: ${text} does not begin where its block begins; write ${formatCidrBlock(networkOf(block))}.`,
      );
    } else if (block.prefix > smallestSubnet) {
      faults.push(`subnetCidrBlocks: ${text} has ${addressesOf(block)} addresses; AWS makes no subnet below 16 (/28).`);
    } else if (!contains(vpc, block)) {
      faults.push(`subnetCidrBlocks: ${text} lies outside of the VPC's ${formatCidrBlock(vpc)}; choose a part of it.`);
    }
    const twin = blocks.find((earlier) => overlap(earlier, block));
    if (twin) faults.push(`subnetCidrBlocks: ${text} overlaps with ${formatCidrBlock(twin)}; separate them.`);
    const [other, what] = others.find(([taken]) => overlap(taken, block)) ?? [];
    if (other) {
      faults.push(
        `subnetCidrBlocks: ${text} overlaps with ${formatCidrBlock(other)}, which is kept for ${what}; choose from ${formatCidrBlock(partOf(vpc, vpc.prefix + 1, 0))}.`,
      );
    }
    blocks.push(block);
  }
  return faults.length > 0 ? { faults } : { blocks };
}
