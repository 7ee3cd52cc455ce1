import { type Cidr, type Family, parseAddress, parseCidr, type Scalar } from "../../reachability/address.ts";

export type Json = Readonly<Record<string, unknown>>;

/**
 * The fields of a JSON object, read as what they must be. What one can't be read for is a fault that says where it is;
 * reading goes on with a stand-in, so that all faults of a resource are found, and nothing is made of it in the end.
 */
export class Fields {
  readonly value: Json;
  readonly #report: (fault: string) => void;
  readonly #path: string;

  constructor(value: Json, report: (fault: string) => void, path = "") {
    this.value = value;
    this.#report = report;
    this.#path = path;
  }

  /** AWS leaves a field out, or has null, where there is nothing to say. */
  has(key: string): boolean {
    return this.value[key] !== undefined && this.value[key] !== null;
  }

  fault(key: string, what: string): void {
    this.#report(`${this.#path}${key} ${what}`);
  }

  text(key: string): string {
    return this.#text(key) ?? this.#wrong(key, "a string", "");
  }

  /** AWS has an empty text, too, where there is nothing to say. */
  optionalText(key: string): string | undefined {
    return this.#text(key) || undefined;
  }

  #text(key: string): string | undefined {
    const found = this.value[key];
    if (!this.has(key)) return undefined;
    return typeof found === "string" ? found : this.#wrong(key, "a string", "");
  }

  flag(key: string): boolean {
    return this.optionalFlag(key) ?? this.#wrong(key, "true or false", false);
  }

  optionalFlag(key: string): boolean | undefined {
    const found = this.value[key];
    if (!this.has(key)) return undefined;
    return typeof found === "boolean" ? found : this.#wrong(key, "true or false", false);
  }

  /** AWS has a setting as a boolean, or as an object of one. */
  optionalSetting(key: string): boolean | undefined {
    return isObject(this.value[key]) ? this.object(key)?.optionalFlag("Value") : this.optionalFlag(key);
  }

  /** A whole number. */
  number(key: string, from: number, to: number): number {
    return this.optionalNumber(key, from, to) ?? this.#wrong(key, `a number from ${from} to ${to}`, from);
  }

  optionalNumber(key: string, from: number, to: number): number | undefined {
    const found = this.value[key];
    if (!this.has(key)) return undefined;
    if (typeof found !== "number") return this.#wrong(key, `a number from ${from} to ${to}`, from);
    if (Number.isInteger(found) && from <= found && found <= to) return found;
    this.fault(key, `is ${found}; it must be a whole number from ${from} to ${to}`);
    return from;
  }

  /** Two numbers, the second not below the first. */
  range(fromKey: string, toKey: string, least: number, most: number): { from: number; to: number } {
    const [from, to] = [this.number(fromKey, least, most), this.number(toKey, least, most)];
    const areRead = from === this.value[fromKey] && to === this.value[toKey];
    if (areRead && to < from) this.fault(toKey, `is ${to}; it must be at least ${from}, which ${fromKey} is`);
    return { from, to };
  }

  oneOf<const Word extends string>(key: string, words: readonly [Word, ...Word[]]): Word {
    const found = this.text(key);
    if (words.includes(found as Word)) return found as Word;
    if (typeof this.value[key] === "string") this.fault(key, `is ${quote(found)}; it must be ${choice(words)}`);
    return words[0];
  }

  /** None where it is left out, which for some lists says that there is nothing, for others nothing at all. */
  list(key: string): readonly Fields[] {
    return this.#array(key).flatMap((one, index) => {
      const path = `${this.#path}${key}[${index}]`;
      if (isObject(one)) return [new Fields(one, this.#report, `${path}.`)];
      this.#report(`${path} is ${typeName(one)}; it must be an object`);
      return [];
    });
  }

  texts(key: string): readonly string[] {
    return this.#array(key).flatMap((one, index) => {
      if (typeof one === "string") return [one];
      this.fault(`${key}[${index}]`, `is ${typeName(one)}; it must be a string`);
      return [];
    });
  }

  object(key: string): Fields | undefined {
    if (!this.has(key)) return undefined;
    const found = this.value[key];
    if (isObject(found)) return new Fields(found, this.#report, `${this.#path}${key}.`);
    return this.#wrong(key, "an object", undefined);
  }

  /** AWS has a state as a word, or as an object of one word. */
  state(key: string): string | undefined {
    return isObject(this.value[key]) ? this.object(key)?.optionalText("State") : this.optionalText(key);
  }

  address(key: string, family: Family): Scalar {
    return this.#addressOf(key, this.text(key), family);
  }

  optionalAddress(key: string, family: Family): Scalar | undefined {
    const found = this.optionalText(key);
    return found === undefined ? undefined : this.#addressOf(key, found, family);
  }

  cidr(key: string, family: Family): Cidr {
    return this.#cidrOf(key, this.text(key), family);
  }

  /** A block of either family. */
  anyCidr(key: string): Cidr {
    const text = this.text(key);
    return this.#cidrOf(key, text, familyOf(text));
  }

  /** The blocks of a list of strings, of both families. */
  cidrs(key: string): readonly Cidr[] {
    return this.texts(key).map((text, index) => this.#cidrOf(`${key}[${index}]`, text, familyOf(text)));
  }

  /** An IPv4 block by one key or an IPv6 block by another. */
  eitherCidr(key4: string, key6: string): Cidr {
    return this.has(key4) || !this.has(key6) ? this.cidr(key4, 4) : this.cidr(key6, 6);
  }

  #array(key: string): readonly unknown[] {
    const found = this.value[key];
    if (!this.has(key)) return [];
    return Array.isArray(found) ? found : this.#wrong(key, "an array", []);
  }

  #addressOf(key: string, text: string, family: Family): Scalar {
    try {
      const { family: own, value } = parseAddress(text);
      if (own === family) return value;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    if (typeof this.value[key] === "string") this.fault(key, `${quote(text)} is no IPv${family} address`);
    return family === 4 ? 0 : 0n;
  }

  #cidrOf(key: string, text: string, family: Family): Cidr {
    try {
      const cidr = parseCidr(text);
      if (cidr.family === family && /^[^/]+\/\d+$/.test(text)) return cidr;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
    if (text !== "" || typeof this.value[key] === "string")
      this.fault(key, `${quote(text)} is no IPv${family} CIDR block`);
    return family === 4 ? { family, prefix: 32, from: 0, to: 0 } : { family, prefix: 128, from: 0n, to: 0n };
  }

  #wrong<T>(key: string, must: string, standIn: T): T {
    this.fault(key, `is ${typeName(this.value[key])}; it must be ${must}`);
    return standIn;
  }
}

const familyOf = (text: string): Family => (text.includes(":") ? 6 : 4);

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function typeName(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** On one line, and not for ever. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

function choice(words: readonly string[]): string {
  return words.length === 1 ? (words[0] as string) : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
