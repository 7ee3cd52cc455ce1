import { isKnown, type Known, type Unknown } from "../../reachability/known.ts";
import type { Inputs, Possible, Wanted } from "./inputs.ts";
import { isUnknownValue } from "./resource.ts";

/** One of several blocks of an input. */
export class Block {
  readonly #inputs: Inputs;
  readonly #key: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(inputs: Inputs, key: string, fields: Readonly<Record<string, unknown>>) {
    this.#inputs = inputs;
    this.#key = key;
    this.fields = fields;
  }

  has(field: string): boolean {
    const value = this.fields[field];
    return value !== undefined && value !== null && value !== "";
  }

  value(field: string): Known<unknown> {
    const value = this.fields[field] ?? undefined;
    return isUnknownValue(value) ? this.unknown(field) : value;
  }

  text(field: string): Known<string | undefined> {
    const value = this.value(field);
    return isKnown(value) && value !== undefined ? String(value) : (value as Known<undefined>);
  }

  number(field: string): Known<number | undefined> {
    const value = this.value(field);
    if (!isKnown(value) || value === undefined) return value;
    return numberOf(value, (why) => this.unknown(field, why));
  }

  list(field: string): Known<readonly unknown[]> {
    const value = this.value(field);
    if (!isKnown(value)) return value;
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
  }

  reference(field: string, wanted: Wanted): Known<string | undefined> {
    return this.#inputs.resolve(this.fields[field], this.key(field), wanted);
  }

  references(field: string, wanted: Wanted): Known<readonly string[]> {
    return this.#inputs.resolveAll(this.fields[field], this.key(field), wanted);
  }

  possibleReferences(field: string, wanted: Wanted): Possible {
    return this.#inputs.resolvePossible(this.fields[field], this.key(field), wanted);
  }

  /** The input whose dependencies are those of a field. */
  key(field: string): string {
    return this.#key === "" ? field : this.#key;
  }

  unknown(field: string, why?: string): Unknown {
    return this.#inputs.unknown(this.#key === "" ? field : `${this.#key}.${field}`, why);
  }

  get inputs(): Inputs {
    return this.#inputs;
  }
}

/** @returns Unknown for what is no number */
export function numberOf(value: unknown, otherwise: (why: string) => Unknown): Known<number> {
  const number = Number(value);
  return Number.isFinite(number) ? number : otherwise(`is ${JSON.stringify(value)}, which is no number`);
}
