import type { PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { isUnknownValue, type ProgramResource, type Properties } from "../network/adapters/pulumi/resource.ts";
import type { Dependencies } from "./dependencies.ts";

/**
 * The resources of a stack as the engine tells a policy pack of them: first the inputs of each resource that the program
 * registers, at the end all resources with their (planned) outputs and what they depend on.
 */
export class StackResources {
  readonly #dependencies: () => ReadonlyMap<string, Dependencies>;
  #inputs = new Map<string, Properties>();

  /** @param dependencies of the stack's resources, by URN */
  constructor(dependencies: () => ReadonlyMap<string, Dependencies>) {
    this.#dependencies = dependencies;
  }

  /** One resource with its inputs, as the provider has checked them. */
  collect({ urn, props }: Pick<ResourceValidationArgs, "urn" | "props">): void {
    this.#inputs.set(urn, plainProperties(props));
  }

  /**
   * All resources of the stack, by URN; what was collected for them counts for this once.
   * @throws Error where the dependencies of one are not to be had
   */
  take({ resources }: Pick<StackValidationArgs, "resources">): readonly ProgramResource[] {
    const inputs = this.#inputs;
    this.#inputs = new Map();
    const dependencies = this.#dependencies();
    const all = new Map<string, ProgramResource>();
    for (const resource of resources) {
      const own = dependencies.get(resource.urn);
      if (!own)
        throw new Error(`What ${resource.urn} depends on is not told; @pulumi/policy is not the one that was tried.`);
      all.set(resource.urn, programResource(resource, inputs.get(resource.urn), own));
    }
    for (const { dependencies: others, propertyDependencies } of [...all.values()]) {
      for (const urn of [...others, ...Object.values(propertyDependencies).flat()]) {
        if (!all.has(urn)) all.set(urn, lookedUp(urn));
      }
    }
    return [...all.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1));
  }
}

function programResource(
  resource: PolicyResource,
  collected: Properties | undefined,
  dependencies: Dependencies,
): ProgramResource {
  const { urn, type, name, opts, provider } = resource;
  const outputs = plainProperties(resource.props);
  const { id } = outputs;
  const isCustom = provider !== undefined || type.startsWith("pulumi:providers:");
  const parent = resource.parent?.urn ?? opts.parent;
  return {
    urn,
    type,
    name,
    isCustom,
    // The provider says it among the outputs; of a component or the stack that is an output like any other.
    ...(isCustom && typeof id === "string" && id !== "" && !isUnknownValue(id) ? { id } : {}),
    ...(parent ? { parent } : {}),
    ...(provider && !isDefault(provider.name) ? { provider: provider.urn } : {}),
    // Without inputs is what an update with `--target` leaves as it is, though the program no longer has it: it is what
    // the provider says.
    inputs: collected ?? (isCustom ? outputs : {}),
    outputs,
    propertyDependencies: dependencies.byProperty,
    dependencies: dependencies.all,
  };
}

/** Where a stack's resources are that have no provider of their own: as the engine's says, by the config or the environment. */
export function stackLocation(resources: readonly ProgramResource[]): { readonly region?: string } {
  const own = resources.find(({ type, name }) => type === "pulumi:providers:aws" && isDefault(name));
  const region = own?.inputs.region;
  return typeof region === "string" && region !== "" && !isUnknownValue(region) ? { region } : {};
}

/** The engine's own provider, of the stack's config: `default`, `default_7_48_0`. */
const isDefault = (name: string) => /^default(_\d|$)/.test(name);

/** A resource of which nothing is known but that others depend on it: one that the program looks up. */
function lookedUp(urn: string): ProgramResource {
  // urn:pulumi:STACK::PROJECT::PARENT_TYPE$TYPE::NAME
  const [, , types = "", ...name] = urn.split("::");
  return {
    urn,
    type: types.split("$").at(-1) ?? "",
    name: name.join("::"),
    isCustom: true,
    isRead: true,
    inputs: {},
    outputs: {},
    propertyDependencies: {},
    dependencies: [],
  };
}

/**
 * Properties as JSON. The SDK hands them over behind a proxy that throws where a value is not known yet; descriptors go
 * past it.
 */
function plainProperties(props: object): Properties {
  return plain(props) as Properties;
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const descriptors = Object.getOwnPropertyDescriptors(value) as Record<string, PropertyDescriptor>;
  if (Array.isArray(value)) {
    const length = Number(descriptors.length?.value);
    return Array.from({ length }, (_, index) => plain(descriptors[index]?.value) ?? null);
  }
  const copy: Record<string, unknown> = {};
  for (const [key, { value: own, enumerable }] of Object.entries(descriptors)) {
    if (enumerable && own !== undefined) copy[key] = plain(own);
  }
  return copy;
}
