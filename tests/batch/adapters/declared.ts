import { Program } from "../../../network/adapters/pulumi/program.ts";
import { type ProgramResource, type Properties, unknownValue } from "../../../network/adapters/pulumi/resource.ts";

/** As in a preview, where no id is known, or as after `pulumi up`. */
export type Mode = "preview" | "up";
export const modes: readonly Mode[] = ["preview", "up"];

/** An output of a resource that an input is made of. */
class Output {
  readonly urn: string;
  readonly value: unknown;

  constructor(urn: string, value: unknown) {
    this.urn = urn;
    this.value = value;
  }
}

/** A string that is made of values and outputs, hidden as a whole in a preview: `pulumi.jsonStringify`, `pulumi.interpolate`. */
class Made {
  readonly parts: unknown;
  readonly make: (parts: unknown) => string;

  constructor(parts: unknown, make: (parts: unknown) => string) {
    this.parts = parts;
    this.make = make;
  }
}

export const json = (parts: unknown) => new Made(parts, JSON.stringify);
export const joined = (...parts: unknown[]) => new Made(parts, (own) => (own as string[]).join(""));

export interface Declared {
  readonly urn: string;
  /** Its id, or another output by its name. */
  out(name?: string): Output;
}

export const region = "eu-west-1";
export const accountId = "123456789012";

/** A program as it is declared here. */
export class Stack {
  readonly resources: ProgramResource[] = [];
  readonly #mode: Mode;

  constructor(mode: Mode) {
    this.#mode = mode;
  }

  /** `outputs`: what the provider says beyond the inputs; `id` and `arn` unless told. */
  add(
    type: string,
    name: string,
    inputs: Properties = {},
    outputs: Properties = {},
    more: Partial<ProgramResource> = {},
  ): Declared {
    const short = type.split(":").at(-1) as string;
    const urn = `urn:pulumi:dev::lab::${type}::${name}`;
    const [, module = ""] = /:([^/]*)/.exec(type) ?? [];
    const all: Properties = {
      id: `${short.toLowerCase()}-${name}`,
      arn: `arn:aws:${module}:${region}:${accountId}:${short.toLowerCase()}/${name}`,
      name,
      ...outputs,
    };
    const propertyDependencies: Record<string, string[]> = {};
    const own: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(inputs)) {
      const urns = new Set<string>();
      own[key] = this.#resolve(value, urns);
      if (urns.size > 0) propertyDependencies[key] = [...urns];
    }
    const { id, ...rest } = all;
    const isUp = this.#mode === "up";
    this.resources.push({
      urn,
      type,
      name,
      isCustom: true,
      ...(isUp ? { id: String(id) } : {}),
      inputs: own,
      outputs: isUp ? { ...own, ...rest } : { ...own, arn: unknownValue },
      propertyDependencies,
      dependencies: [...new Set(Object.values(propertyDependencies).flat())],
      ...more,
    });
    return { urn, out: (output = "id") => new Output(urn, output === "id" ? id : (rest[output] ?? own[output])) };
  }

  get program(): Program {
    return new Program(this.resources);
  }

  #resolve(value: unknown, urns: Set<string>): unknown {
    if (value instanceof Output) {
      urns.add(value.urn);
      return this.#mode === "up" ? value.value : unknownValue;
    }
    if (value instanceof Made) {
      const own = new Set<string>();
      const parts = this.#resolve(value.parts, own);
      for (const urn of own) urns.add(urn);
      return this.#mode === "preview" && own.size > 0 ? unknownValue : value.make(parts);
    }
    if (Array.isArray(value)) return value.map((one) => this.#resolve(one, urns));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.#resolve(one, urns)]));
    return value;
  }
}
