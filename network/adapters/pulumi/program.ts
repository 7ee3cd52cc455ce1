import { isUnknownValue, type ProgramResource, type Properties } from "./resource.ts";

/**
 * What an input refers to: a resource of the program by its URN, or what the program only names, by that name. `attribute`:
 * the output that is referred to, where it is known; undefined for the id or where a preview does not tell.
 */
export interface Reference {
  readonly id: string;
  readonly resource: ProgramResource | undefined;
  readonly attribute: string | undefined;
}

/**
 * The resources of a program, and what their inputs refer to: the resource that has the id, the name or the ARN, if that
 * is known; else the resource that the value comes from, as `propertyDependencies` tell in a preview.
 */
export class Program {
  readonly resources: readonly ProgramResource[];
  readonly #byUrn = new Map<string, ProgramResource>();
  readonly #byType = new Map<string, ProgramResource[]>();
  readonly #owners = new Map<string, Reference[]>();

  constructor(resources: readonly ProgramResource[]) {
    this.resources = resources;
    for (const resource of resources) {
      this.#byUrn.set(resource.urn, resource);
      const own = this.#byType.get(resource.type);
      if (own) own.push(resource);
      else this.#byType.set(resource.type, [resource]);
    }
    for (const resource of resources) this.#learn(resource);
  }

  get(urn: string): ProgramResource | undefined {
    return this.#byUrn.get(urn);
  }

  /** All of some types, in the program's order. */
  ofType(...types: readonly string[]): readonly ProgramResource[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }

  /**
   * The resources whose id, or other output, a known string is. Several where an output that is no name is the same (a port,
   * a Region).
   */
  ownersOf(value: string): readonly Reference[] {
    return this.#owners.get(value) ?? [];
  }

  #learn(resource: ProgramResource): void {
    const { id, urn, outputs } = resource;
    if (id !== undefined) this.#own(id, { id: urn, resource, attribute: undefined });
    for (const [attribute, value] of [...Object.entries(outputs), ...endpointsIn(outputs)]) {
      if (typeof value !== "string" || value === "" || value === id || isUnknownValue(value)) continue;
      // What the program itself says belongs to whom it names.
      if (resource.inputs[attribute] === value && !namesItself(attribute)) continue;
      this.#own(value, { id: urn, resource, attribute });
    }
    // An id that no output has is the last part of the ARN (the engine tells policy packs no ids).
    if (id === undefined && typeof outputs.arn === "string" && !isUnknownValue(outputs.arn)) {
      const last = outputs.arn.split(/[:/]/).at(-1);
      if (last) this.#own(last, { id: urn, resource, attribute: undefined });
    }
  }

  #own(value: string, reference: Reference): void {
    const known = this.#owners.get(value);
    if (known) known.push(reference);
    else this.#owners.set(value, [reference]);
  }
}

/** What a resource with several endpoints is asked at: `endpoints[0].address`. */
function endpointsIn(outputs: Properties): [attribute: string, value: unknown][] {
  return Object.entries(outputs).flatMap(([key, list]) => {
    if (!/(endpoints|nodes)$/i.test(key) || !Array.isArray(list)) return [];
    return list.map((one): [string, unknown] => ["address", (one as { address?: unknown } | null)?.address]);
  });
}

const namesItself = (attribute: string) => ["name", "bucket", "identifier", "clusterIdentifier"].includes(attribute);
