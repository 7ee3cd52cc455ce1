import { type Cidr, parseCidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import { Block, numberOf } from "./block.ts";
import type { Program } from "./program.ts";
import { isUnknownValue, type ProgramResource } from "./resource.ts";

/** How values of one kind are recognised: which resource a value stands for, of those that it may come from. */
export interface Wanted {
  /** What it is called in a sentence: `subnet`. */
  readonly name: string;
  /** Of the resources that are one themselves, or stand for one that they manage. */
  readonly types: readonly string[];
  /**
   * The one that another resource stands for: the VPC of a subnet (`subnet.vpcId`), the default security group of a VPC
   * (`vpc.defaultSecurityGroupId`). `attribute`: which of its outputs it is, if that is known.
   */
  readonly by?: (
    program: Program,
    from: ProgramResource,
    attribute: string | undefined,
  ) => Known<string | undefined> | undefined;
}

/** `inDoubt`: why it may be some of `ids` alone. */
export interface Possible {
  readonly ids: Known<readonly string[]>;
  readonly inDoubt?: string;
}

/** Values of the inputs of one resource, read under the rules of a preview. */
export class Inputs {
  readonly #program: Program;
  readonly resource: ProgramResource;

  constructor(program: Program, resource: ProgramResource) {
    this.#program = program;
    this.resource = resource;
  }

  has(key: string): boolean {
    const value = this.resource.inputs[key];
    return value !== undefined && value !== null;
  }

  /** What the program says, or what the provider has made of it; unknown where neither is known; undefined where nobody sets it. */
  value(key: string): Known<unknown> {
    const input = this.resource.inputs[key] ?? undefined;
    if (input !== undefined) return this.known(input, key);
    return this.#untold(key);
  }

  /** Of what the program only looks up, it says nothing but the id. */
  #untold(key: string): Unknown | undefined {
    return this.resource.isRead === true ? this.unknown(key) : undefined;
  }

  /** What the provider says beyond the inputs: unknown until then. */
  output(key: string): Known<unknown> {
    const value = this.resource.outputs[key] ?? undefined;
    return value === undefined || isUnknownValue(value) ? this.unknown(key) : value;
  }

  text(key: string): Known<string | undefined> {
    const value = this.value(key);
    if (!isKnown(value) || value === undefined) return value;
    return String(value);
  }

  number(key: string): Known<number | undefined> {
    const value = this.value(key);
    if (!isKnown(value) || value === undefined) return value;
    return numberOf(value, (why) => this.unknown(key, why));
  }

  flag(key: string, otherwise: boolean): Known<boolean> {
    const value = this.value(key);
    if (!isKnown(value)) return value;
    return value === undefined ? otherwise : value === true || value === "true";
  }

  /** The blocks of an input that has several (`ingress`, `routes`), each to be read like inputs of their own. */
  blocks(key: string): Known<readonly Block[]> {
    const value = this.value(key);
    if (!isKnown(value)) return value;
    if (value === undefined) return [];
    const list = Array.isArray(value) ? value : [value];
    if (list.some((one) => isUnknownValue(one))) return this.unknown(key);
    return list.map((one) => new Block(this, key, one as Record<string, unknown>));
  }

  /**
   * A value as a CIDR block; undefined where it is not set.
   * @returns Unknown where it is not known, or is no block
   */
  cidr(value: Known<unknown>, key: string): Known<Cidr | undefined> {
    if (!isKnown(value) || value === undefined) return value;
    try {
      return parseCidr(String(value));
    } catch {
      return this.unknown(key, `is ${JSON.stringify(value)}, which is no CIDR block`);
    }
  }

  /** Others of the program. */
  of(...types: readonly string[]): Inputs[] {
    return this.#program.ofType(...types).map((resource) => new Inputs(this.#program, resource));
  }

  /** The type of a resource that the program declares. */
  typeOf(id: string): string | undefined {
    return this.#program.get(id)?.type;
  }

  known(value: unknown, key: string): Known<unknown> {
    return isUnknownValue(value) ? this.unknown(key) : value;
  }

  unknown(key: string, why = this.resource.isRead ? foreign : "is known only after `pulumi up`"): Unknown {
    return new Unknown(`${key} of ${this.resource.urn} ${why}`);
  }

  /** What one value refers to; undefined where it is not set. */
  reference(key: string, wanted: Wanted): Known<string | undefined> {
    if (!this.has(key)) return this.#untold(key);
    return this.resolve(this.resource.inputs[key], key, wanted);
  }

  /** What the values of a list refer to. */
  references(key: string, wanted: Wanted): Known<readonly string[]> {
    if (!this.has(key)) return this.#untold(key) ?? [];
    return this.resolveAll(this.resource.inputs[key], key, wanted);
  }

  /**
   * What the values of a list refer to; where a preview does not tell which of them, all that they may, and why that is
   * not sure.
   */
  possibleReferences(key: string, wanted: Wanted): Possible {
    return this.resolvePossible(this.resource.inputs[key], key, wanted);
  }

  resolvePossible(value: unknown, key: string, wanted: Wanted): Possible {
    const ids = this.resolveAll(value, key, wanted);
    if (isKnown(ids)) return { ids };
    const candidates = this.candidates(key, wanted);
    if (!isKnown(candidates)) return { ids };
    const literals = [value].flat().filter((one) => !isUnknownValue(one));
    const named = this.resolveAll(literals, key, wanted);
    if (!isKnown(named)) return { ids };
    return { ids: [...new Set([...named, ...candidates])], inDoubt: ids.reason };
  }

  resolve(value: unknown, key: string, wanted: Wanted): Known<string | undefined> {
    if (value === undefined || value === null || value === "") return undefined;
    if (!isUnknownValue(value)) return this.#named(String(value), key, wanted);
    const candidates = this.candidates(key, wanted);
    if (!isKnown(candidates)) return candidates;
    const [only] = candidates;
    if (candidates.length === 1) return only;
    return this.#unsure(key, wanted, candidates);
  }

  resolveAll(value: unknown, key: string, wanted: Wanted): Known<readonly string[]> {
    if (value === undefined || value === null) return [];
    const list = Array.isArray(value) ? value : [value];
    const named: string[] = [];
    let open = 0;
    for (const one of list) {
      if (isUnknownValue(one)) {
        open++;
        continue;
      }
      const id = this.#named(String(one), key, wanted);
      if (!isKnown(id)) return id;
      named.push(id);
    }
    if (open === 0) return [...new Set(named)];
    // As many as there are values of the only block: whatever else the block comes from is for other fields of it.
    const only = this.resource.inputs[key];
    const isOnly = Array.isArray(value) && (only === value || !Array.isArray(only) || only.length === 1);
    const counted = isOnly ? this.#candidates(key, wanted) : undefined;
    if (isKnown(counted) && counted && counted.filter((one) => !named.includes(one)).length === open)
      return [...new Set([...named, ...counted])];
    const candidates = this.candidates(key, wanted);
    if (!isKnown(candidates)) return candidates;
    const others = candidates.filter((one) => !named.includes(one));
    // As many as there are values: each is one of them. A list that is unknown as a whole may be of any length, unless one
    // resource alone can be on it.
    if (others.length === open || (others.length === 1 && !Array.isArray(value)))
      return [...new Set([...named, ...others])];
    return this.#unsure(key, wanted, others);
  }

  /** The resources of a kind that an input's value may come from, as its dependencies tell. */
  candidates(key: string, wanted: Wanted): Known<readonly string[]> {
    const all = this.#candidates(key, wanted);
    const others = this.#opaque(key, wanted);
    return isKnown(all) && others.length > 0 ? this.#unheard(key, wanted, others) : all;
  }

  #candidates(key: string, wanted: Wanted): Known<readonly string[]> {
    const found = new Set<string>();
    const reached = new Set<string>();
    for (const urn of this.resource.propertyDependencies[key] ?? []) {
      const from = this.#program.get(urn);
      if (!from) continue;
      const isWanted = wanted.types.includes(from.type);
      // Which one is read by an id that a preview hides, and which of the program's own that is, nobody tells.
      if (from.isRead === true && from.id === undefined && (isWanted || isOf(this.#program, from, wanted)))
        return this.unknown(key, `comes from ${urn}, which is read by an id that shows only after \`pulumi up\``);
      if (isWanted) {
        const own = wanted.by?.(this.#program, from, undefined) ?? from.urn;
        if (!isKnown(own)) return own;
        found.add(own);
        continue;
      }
      const by = wanted.by?.(this.#program, from, undefined);
      if (by === undefined) continue;
      if (!isKnown(by)) return by;
      reached.add(by);
    }
    const all = found.size > 0 ? found : reached;
    return all.size > 0 ? [...all] : this.#unheard(key, wanted, this.#typesOf(key));
  }

  #unheard(key: string, wanted: Wanted, from: readonly string[]): Unknown {
    const why = from.length === 0 ? "comes from a look-up or from another stack" : `comes from ${from.join(", ")}`;
    return this.unknown(key, `${why}, and which ${wanted.name} that is shows only after \`pulumi up\``);
  }

  /** What an input's value may come from that gives no look into what it has: another stack, a component of a provider's. */
  #opaque(key: string, wanted: Wanted): string[] {
    return (this.resource.propertyDependencies[key] ?? []).flatMap((urn) => {
      const from = this.#program.get(urn);
      if (!from) return [urn];
      const { type, isCustom } = from;
      const isOpaque = !isCustom || type === "pulumi:pulumi:StackReference";
      return isOpaque && wanted.by?.(this.#program, from, undefined) === undefined ? [type] : [];
    });
  }

  #typesOf(key: string): string[] {
    return (this.resource.propertyDependencies[key] ?? []).map((urn) => this.#program.get(urn)?.type ?? urn);
  }

  #named(text: string, key: string, wanted: Wanted): Known<string> {
    for (const { resource, attribute } of this.#program.ownersOf(text)) {
      if (!resource) continue;
      if (attribute === undefined && wanted.types.includes(resource.type)) {
        return wanted.by?.(this.#program, resource, undefined) ?? resource.urn;
      }
      const by = wanted.by?.(this.#program, resource, attribute ?? "id");
      if (by !== undefined) return by;
    }
    for (const { resource } of this.#program.ownersOf(text)) {
      if (resource && wanted.types.includes(resource.type))
        return wanted.by?.(this.#program, resource, undefined) ?? resource.urn;
    }
    // Known ids of resources whose ids nobody tells: as in a preview, by what they come from.
    // Of several values of an input some may be those of the program and others come from nowhere.
    if (this.resource.inputs[key] === text && (this.resource.propertyDependencies[key] ?? []).length > 0) {
      const candidates = this.candidates(key, wanted);
      if (isKnown(candidates) && candidates.length === 1) return candidates[0] as string;
    }
    return text;
  }

  #unsure(key: string, wanted: Wanted, candidates: readonly string[]): Unknown {
    const names = candidates.join(", ");
    return this.unknown(key, `may come from each of ${names}: a preview does not tell which ${wanted.name} is meant`);
  }
}

const isOf = (program: Program, from: ProgramResource, wanted: Wanted) =>
  wanted.by?.(program, from, undefined) !== undefined;

/** What each of several resources or blocks names in one input, each once; unknown where one of them is. */
export function referencesOf(
  all: Iterable<{ reference(key: string, wanted: Wanted): Known<string | undefined> }>,
  key: string,
  wanted: Wanted,
): Known<readonly string[]> {
  const ids = new Set<string>();
  for (const one of all) {
    const id = one.reference(key, wanted);
    if (!isKnown(id)) return id;
    if (id !== undefined) ids.add(id);
  }
  return [...ids];
}

const foreign = "is the account's, not this program's; a snapshot of the account tells it";
