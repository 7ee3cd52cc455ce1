import { type Known, Unknown } from "../../reachability/known.ts";
import { Fields } from "./fields.ts";
import type { Entry, ResponseKey, Responses } from "./responses.ts";

/** A resource, and the entry that it was made of. */
export interface Found<Resource> {
  readonly resource: Resource;
  readonly entry: Entry;
}

export type Collected<Resource> = Known<ReadonlyMap<string, Found<Resource>>>;

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
    make: (fields: Fields, id: string, entry: Entry) => Resource,
  ): Collected<Resource> {
    const entries = this.entries(key);
    if (!entries) return missing(key);
    const found = new Map<string, Found<Resource>>();
    for (const entry of entries) {
      const id = this.idOf(entry, key, idKey);
      if (id === undefined) continue;
      const resource = make(this.fields(entry, id), id, entry);
      if (!found.has(id)) found.set(id, { resource, entry });
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
}

export function missing(key: ResponseKey): Unknown {
  return new Unknown(`the snapshot has no ${key}`);
}
