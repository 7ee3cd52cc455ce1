import { type Known, Unknown } from "../../reachability/known.ts";
import { agree } from "./agreement.ts";
import { Fields } from "./fields.ts";
import { type Entry, type ResponseKey, type Responses, vpcKeys } from "./responses.ts";

/** A resource, and the entry that it was made of. */
export interface Found<Resource> {
  readonly resource: Resource;
  readonly entry: Entry;
}

export type Collected<Resource> = Known<ReadonlyMap<string, Found<Resource>>>;

type Make<Resource> = (fields: Fields, id: string, entry: Entry) => Resource;

/** Makes resources of the entries of files. */
export class Reading {
  readonly #responses: Responses;
  readonly #faulty = new Set<Entry>();
  /** Keys with members whose id nobody knows. */
  readonly #nameless = new Set<ResponseKey>();

  constructor(responses: Responses) {
    this.#responses = responses;
  }

  /** Undefined where no file has the key, which says nothing of what there is. */
  entries(key: ResponseKey): readonly Entry[] | undefined {
    return this.#responses.entries.get(key);
  }

  fault(entry: Entry, id: string, what: string): void {
    this.#faulty.add(entry);
    // Ids are quoted as files have them, with line breaks if need be.
    this.#responses.faults.push(`${entry.file}: ${id}: ${what}`.replaceAll(/[\r\n]+/g, " "));
  }

  isFaulty(entry: Entry): boolean {
    return this.#faulty.has(entry);
  }

  fields(entry: Entry, id: string): Fields {
    return new Fields(entry.value, (what) => this.fault(entry, id, what));
  }

  /** The resources that the members of a response are, by their ids. */
  collect<Resource>(
    key: ResponseKey,
    idKey: string,
    make: Make<Resource>,
    keyOf?: (resource: Resource) => string,
  ): Collected<Resource> {
    const gap = sought.includes(key) ? this.#gap(key) : undefined;
    const found = this.collectAll([key], idKey, make, keyOf);
    return gap ?? found;
  }

  /** The same of several responses that tell of the same resources. */
  collectAll<Resource>(
    keys: readonly ResponseKey[],
    idKey: string,
    make: Make<Resource>,
    keyOf?: (resource: Resource) => string,
  ): Collected<Resource> {
    if (keys.every((key) => !this.entries(key))) return missing(keys[0] as ResponseKey);
    const found = new Map<string, Found<Resource>>();
    for (const key of keys) {
      for (const entry of ownersFirst(this.entries(key) ?? [])) {
        const id = this.idOf(entry, key, idKey);
        if (id === undefined) continue;
        const resource = make(this.fields(entry, id), id, entry);
        const own = keyOf?.(resource) ?? id;
        found.set(own, this.#one(id, found.get(own), { resource, entry }));
      }
    }
    return found;
  }

  /** Whether the files of an account and Region tell all ids of what a key lists. */
  isTold(scope: string, key: ResponseKey): boolean {
    return !this.#nameless.has(key) && this.#responses.scopes.get(scope)?.has(key) === true;
  }

  /**
   * What is seen twice is one: a shared subnet by two accounts, a peering by both of its sides. Where accounts are told
   * different things the owner is right.
   */
  #one<Resource>(id: string, known: Found<Resource> | undefined, found: Found<Resource>): Found<Resource> {
    if (!known || this.isFaulty(known.entry)) return found;
    if (this.isFaulty(found.entry)) return known;
    const agreed = agree(known.resource, found.resource, known.entry.scope === found.entry.scope);
    if ("value" in agreed) return { resource: agreed.value as Resource, entry: known.entry };
    if (isOwners(known.entry) && !isOwners(found.entry)) return known;
    this.fault(found.entry, id, `its ${agreed.conflict} differs from what ${known.entry.file} tells`);
    return known;
  }

  /** The id of a member; a fault where it has none. */
  idOf(entry: Entry, key: ResponseKey, idKey: string): string | undefined {
    const id = entry.value[idKey];
    if (typeof id === "string" && id !== "") return id;
    this.#nameless.add(key);
    this.#responses.faults.push(`${entry.file}: a member of ${key} has no ${idKey}`);
    return undefined;
  }

  /** Where an account and Region that has VPCs lacks the key that others have. */
  #gap(key: ResponseKey): Unknown | undefined {
    const { scopes } = this.#responses;
    for (const [scope, keys] of scopes) {
      if (!keys.has(key) && vpcKeys.some((one) => this.entries(one)?.some((entry) => entry.scope === scope)))
        return new Unknown(`the snapshot has no ${key}${scopes.size > 1 ? ` of ${scope}` : ""}`);
    }
    return undefined;
  }
}

/**
 * What is sought by what it is attached to, or by its address: not to find one there must mean that there is none. What is
 * looked up by its id is unknown anyway where it is not found.
 */
const sought: readonly ResponseKey[] = [
  "NetworkInterfaces",
  "InternetGateways",
  "NatGateways",
  "VpcEndpoints",
  "TransitGatewayAttachments",
];

/** Whether a member is told to the account that it belongs to. */
function isOwners({ account, value: { OwnerId, TransitGatewayOwnerId } }: Entry): boolean {
  return account !== undefined && account === (OwnerId ?? TransitGatewayOwnerId);
}

function ownersFirst(entries: readonly Entry[]): readonly Entry[] {
  return [...entries].sort((one, other) => Number(isOwners(other)) - Number(isOwners(one)));
}

export function missing(key: ResponseKey): Unknown {
  return new Unknown(`the snapshot has no ${key}`);
}

/** Of a field that AWS always tells, and a file does not. */
export function notTold(id: string, key: string): Unknown {
  return new Unknown(`the snapshot does not tell ${key} of ${id}`);
}
