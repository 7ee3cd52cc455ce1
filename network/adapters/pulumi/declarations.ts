import { type Cidr, parseCidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import { Inputs } from "./inputs.ts";
import type { Program } from "./program.ts";
import { isUnknownValue } from "./resource.ts";
import { vpcs } from "./wanted.ts";

/**
 * What a program declares, read for a topology; and what it only names: a VPC or a subnet that somebody else has made, of
 * which nothing is known.
 */
export class Declarations {
  readonly program: Program;
  /** The Region where a resource and its provider name none. */
  readonly #region: Known<string>;
  #inferred: string | undefined;
  readonly #foreignVpcs = new Map<string, Unknown>();
  readonly #foreignSubnets = new Map<string, { vpcId: string; reason: Unknown }>();
  readonly #blocks6 = new Map<string, { readonly from: bigint; taken: bigint }>();

  constructor(program: Program, region: Known<string>) {
    this.program = program;
    this.#region = region;
  }

  /** The resources of some types, which the program manages or reads. */
  of(...types: readonly string[]): Inputs[] {
    return this.program.ofType(...types).map((resource) => new Inputs(this.program, resource));
  }

  /** "" where it is not known, as in a snapshot. */
  regionOf({ resource }: Inputs): string {
    const own = resource.inputs.region ?? resource.outputs.region;
    if (typeof own === "string" && !isUnknownValue(own)) return own;
    const provider = resource.provider === undefined ? undefined : this.program.get(resource.provider);
    const inherited = provider?.inputs.region;
    if (typeof inherited === "string" && !isUnknownValue(inherited)) return inherited;
    if (isKnown(this.#region)) return this.#region;
    this.#inferred ??= regionInNames(this.program);
    return this.#inferred;
  }

  /** The VPC that an input names: declared, foreign, or one of which not even the id is known. */
  vpcOf(inputs: Inputs, key = "vpcId"): string {
    const vpcId = inputs.reference(key, vpcs);
    if (typeof vpcId === "string") {
      if (!this.isManaged(vpcId)) this.#foreignVpcs.set(vpcId, elsewhere(vpcId, "VPC"));
      return vpcId;
    }
    const { urn } = inputs.resource;
    const id = `${urn}#vpc`;
    this.#foreignVpcs.set(
      id,
      vpcId ?? new Unknown(`what is in the default VPC, which ${urn} is in and this program does not make`),
    );
    return id;
  }

  /** Whether the program makes it, and so tells all of it. */
  isManaged(urn: string): boolean {
    const resource = this.program.get(urn);
    return resource !== undefined && resource.isRead !== true && !/:Default[A-Z]/.test(resource.type);
  }

  /** Says that a subnet is one of somebody else's. */
  foreignSubnet(id: string): void {
    if (this.#foreignSubnets.has(id)) return;
    const vpcId = `${id}#vpc`;
    const reason = elsewhere(id, "subnet");
    this.#foreignSubnets.set(id, { vpcId, reason });
    this.#foreignVpcs.set(vpcId, reason);
  }

  get foreignVpcs(): ReadonlyMap<string, Unknown> {
    return this.#foreignVpcs;
  }

  get foreignSubnets(): ReadonlyMap<string, { readonly vpcId: string; readonly reason: Unknown }> {
    return this.#foreignSubnets;
  }

  /**
   * A block of IPv6 that AWS chooses: one that stands for it until it is known. The /56 of a VPC, or the next /64 of that.
   * Blocks of different VPCs differ, and no rule of a program can name what is not chosen yet.
   */
  chosenBlock6(vpcId: string, prefix: 56 | 64): Cidr {
    let block = this.#blocks6.get(vpcId);
    if (!block) {
      block = { from: (placeholder6.from as bigint) + (BigInt(this.#blocks6.size) << 72n), taken: 0n };
      this.#blocks6.set(vpcId, block);
    }
    return prefix === 56 ? cidr6(block.from, 56) : cidr6(block.from + (block.taken++ << 64n), 64);
  }
}

/** The one Region whose zones and endpoint services a program names; "" where there are none or several. */
function regionInNames({ resources }: Program): string {
  const regions = new Set<string>();
  for (const { inputs } of resources) {
    const zone = /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(String(inputs.availabilityZone ?? ""));
    const service = /^(?:cn\.)?com\.amazonaws\.([a-z]{2}(?:-[a-z]+)+-\d)\./.exec(String(inputs.serviceName ?? ""));
    for (const match of [zone, service]) if (match?.[1] !== undefined) regions.add(match[1]);
  }
  const [only = ""] = regions;
  return regions.size === 1 ? only : "";
}

/** Of AWS's addresses (https://ip-ranges.amazonaws.com), where VPCs get their blocks from. */
const placeholder6 = parseCidr("2600:1f00::/24");

function cidr6(from: bigint, prefix: number): Cidr {
  return { family: 6, prefix, from, to: from + (1n << BigInt(128 - prefix)) - 1n };
}

const elsewhere = (id: string, noun: string) =>
  new Unknown(`what decides for ${id}, a ${noun} that this program does not make; a snapshot of the account tells it`);

/** Whether an id is that of what AWS makes with one of the VPCs. */
export function isOfVpc(
  id: Known<string | undefined>,
  idOf: (vpcId: string) => string,
  vpcs: ReadonlyMap<string, unknown>,
): boolean {
  return typeof id === "string" && [...vpcs.keys()].some((vpcId) => idOf(vpcId) === id);
}

/** Why nothing is known of what AWS makes with a VPC while a resource adopts nobody knows whose. */
export function whichOne({ resource }: Inputs, noun: string): Unknown {
  return new Unknown(`whose default ${noun} ${resource.urn} adopts and changes`);
}

/** What one of several resources names, known or not: those whose target is not known count for all. */
export function groupBy<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Known<string | undefined>,
): { readonly byKey: ReadonlyMap<string, readonly Item[]>; readonly stray: Unknown | undefined } {
  const byKey = new Map<string, Item[]>();
  let stray: Unknown | undefined;
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    if (!isKnown(key)) stray ??= key;
    else {
      const own = byKey.get(key);
      if (own) own.push(item);
      else byKey.set(key, [item]);
    }
  }
  return { byKey, stray };
}
