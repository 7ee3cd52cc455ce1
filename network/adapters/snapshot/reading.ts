import { type Known, Unknown } from "../../reachability/known.ts";
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

  constructor(responses: Responses) {
    this.#responses = responses;
  }

  /** Undefined where no file has the key, which says nothing of what there is. */
  entries(key: ResponseKey): readonly Entry[] | undefined {
    return this.#responses.entries.get(key);
  }

  fault(entry: Entry, id: string, what: string): void {
    this.#responses.faults.push(`${entry.file}: ${id}: ${what}`);
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
      for (const entry of this.entries(key) ?? []) {
        const id = this.idOf(entry, key, idKey);
        if (id === undefined) continue;
        const resource = make(this.fields(entry, id), id, entry);
        const own = keyOf?.(resource) ?? id;
        if (!found.has(own)) found.set(own, { resource, entry });
      }
    }
    return found;
  }

  /** The id of a member; a fault where it has none. */
  idOf(entry: Entry, key: ResponseKey, idKey: string): string | undefined {
    const id = entry.value[idKey];
    if (typeof id === "string" && id !== "") return id;
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

export function missing(key: ResponseKey): Unknown {
  return new Unknown(`the snapshot has no ${key}`);
}

/** Of a field that AWS always tells, and a file does not. */
export function notTold(id: string, key: string): Unknown {
  return new Unknown(`the snapshot does not tell ${key} of ${id}`);
}
