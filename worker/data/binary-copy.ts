/**
 * Rows as PostgreSQL's binary COPY data (manual, COPY, "Binary Format"): a 19-byte header, for each row a 16-bit count of
 * fields and for each field a 32-bit length (-1: NULL) and its bytes, and a 16-bit -1 at the end.
 */

type ScalarFormat =
  | "int2"
  | "int4"
  | "int8"
  | "float4"
  | "float8"
  | "bool"
  | "text"
  | "json"
  | "jsonb"
  | "bytea"
  | "uuid"
  | "numeric"
  | "date"
  | "time"
  | "timestamptz";

/** `arrayOf` carries the element's type oid, which the format repeats in each array. */
export type CopyFormat = ScalarFormat | { arrayOf: ScalarFormat; oid: number };

export interface CopyColumn {
  /** Property of the row. */
  property: string;
  /** Column of the table. */
  name: string;
  format: CopyFormat;
  /** False refuses null here, with the row at hand, before the server does for the whole chunk. */
  nullable: boolean;
}

/** A value that its column can't hold. The message names column, value and what would do. */
export class UnencodableValue extends Error {
  readonly column: string;

  constructor(column: string, value: unknown, expected: string) {
    super(`${column} is ${show(value)}; it must be ${expected}`);
    this.column = column;
  }
}

/** Collects rows. One encoder serves chunk after chunk: `take` hands one over and starts the next. */
export class CopyEncoder<Row extends object> {
  readonly columns: readonly CopyColumn[];
  /** Rows added since the last `take`. */
  rows = 0;
  readonly #write: (output: Output, row: Row) => void;
  readonly #spares: ArrayBuffer[];
  #output: Output;

  /** @param spares memory that may be written over; taken from its end whenever a chunk begins */
  constructor(columns: readonly CopyColumn[], spares: ArrayBuffer[] = []) {
    this.columns = columns;
    this.#write = rowWriter(columns);
    this.#spares = spares;
    this.#output = new Output(new ArrayBuffer(1 << 16));
  }

  /** Bytes collected since the last `take`. */
  get bytes(): number {
    return this.#output.at;
  }

  /** @throws UnencodableValue; that row is left out and the encoder stays usable */
  add(row: Row): void {
    this.#write(this.#output, row);
    this.rows++;
  }

  /** The whole COPY stream of the rows added since the last `take`. */
  take(): Buffer {
    const data = this.#output.finish();
    this.#output = new Output(this.#spares.pop() ?? new ArrayBuffer(data.length + (data.length >> 3)));
    this.rows = 0;
    return data;
  }
}

const header = Buffer.from("5047434f50590aff0d0a000000000000000000", "hex");

/** Bytes being written; grows by doubling. */
class Output {
  bytes: Buffer;
  view: DataView;
  at = header.length;

  constructor(memory: ArrayBuffer) {
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
    header.copy(this.bytes);
  }

  reserve(at: number, size: number): void {
    if (at + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, at + size));
    this.bytes.copy(larger, 0, 0, at);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  finish(): Buffer {
    this.reserve(this.at, 2);
    this.view.setInt16(this.at, -1);
    return this.bytes.subarray(0, this.at + 2);
  }
}

/** Writes length and bytes of a value that is not null at `at`, where 64 bytes are free; returns the position after it. */
type ValueWriter = (output: Output, at: number, value: unknown) => number;

/** What a writer may use without asking, and what it leaves free for the next. */
const room = 64;

/**
 * One function a table, generated: each property read and each writer's call is then its own place in the code, which
 * V8 inlines; a loop over the columns was seen at less than half the speed (2.4 against 5.5 million rows of 10 columns/s).
 */
function rowWriter<Row>(columns: readonly CopyColumn[]): (output: Output, row: Row) => void {
  const body = columns.map(
    ({ property }, index) => `
    value = row[${JSON.stringify(property)}];
    at = value === null || value === undefined ? nulls[${index}](output, at) : writer${index}(output, at, value);`,
  );
  const generate = new Function(
    "writers",
    "nulls",
    "room",
    `${columns.map((_, index) => `const writer${index} = writers[${index}];`).join("\n")}
    return (output, row) => {
      let at = output.at, value;
      output.reserve(at, room);
      output.view.setInt16(at, ${columns.length});
      at += 2;${body.join("")}
      output.at = at;
    };`,
  );
  return generate(columns.map(valueWriter), columns.map(nullWriter), room + 2);
}

function nullWriter(column: CopyColumn): (output: Output, at: number) => number {
  if (!column.nullable) {
    return () => {
      throw new UnencodableValue(column.name, null, "a value (the column is NOT NULL)");
    };
  }
  return (output, at) => {
    output.reserve(at, 2 * room);
    output.view.setInt32(at, -1);
    return at + 4;
  };
}

function valueWriter({ name, format }: CopyColumn): ValueWriter {
  return typeof format === "string" ? scalarWriters[format](name) : arrayWriter(name, format);
}

/** PostgreSQL counts dates and times from 2000-01-01. */
const epochMilliseconds = Date.UTC(2000, 0, 1);
const dayMilliseconds = 86_400_000;

/** Strings up to this length are copied by a loop, which is cheaper than a call into C++. */
const shortString = 24;

const scalarWriters: Record<ScalarFormat, (name: string) => ValueWriter> = {
  int2: (name) => (output, at, value) => {
    if (typeof value !== "number" || (value << 16) >> 16 !== value) {
      throw new UnencodableValue(name, value, "a whole number from -32768 to 32767");
    }
    output.reserve(at, 2 * room);
    output.view.setInt32(at, 2);
    output.view.setInt16(at + 4, value);
    return at + 6;
  },
  int4: (name) => (output, at, value) => {
    if (typeof value !== "number" || (value | 0) !== value) {
      throw new UnencodableValue(name, value, "a whole number from -2147483648 to 2147483647");
    }
    output.reserve(at, 2 * room);
    output.view.setInt32(at, 4);
    output.view.setInt32(at + 4, value);
    return at + 8;
  },
  int8: (name) => (output, at, value) => {
    output.reserve(at, 2 * room);
    output.view.setInt32(at, 8);
    if (Number.isSafeInteger(value)) {
      output.view.setInt32(at + 4, Math.floor((value as number) / 4_294_967_296));
      output.view.setInt32(at + 8, (value as number) | 0);
      return at + 12;
    }
    const big = typeof value === "string" && /^[+-]?\d+$/.test(value) ? BigInt(value) : value;
    if (typeof big !== "bigint" || BigInt.asIntN(64, big) !== big) {
      throw new UnencodableValue(name, value, "a whole number of 64 bits (beyond 2^53 as bigint or string)");
    }
    output.view.setBigInt64(at + 4, big);
    return at + 12;
  },
  float4: (name) => (output, at, value) => {
    if (typeof value !== "number") throw new UnencodableValue(name, value, "a number");
    output.reserve(at, 2 * room);
    output.view.setInt32(at, 4);
    output.view.setFloat32(at + 4, value);
    return at + 8;
  },
  float8: (name) => (output, at, value) => {
    if (typeof value !== "number") throw new UnencodableValue(name, value, "a number");
    output.reserve(at, 2 * room);
    output.view.setInt32(at, 8);
    output.view.setFloat64(at + 4, value);
    return at + 12;
  },
  bool: (name) => (output, at, value) => {
    if (typeof value !== "boolean") throw new UnencodableValue(name, value, "true or false");
    output.reserve(at, 2 * room);
    output.view.setInt32(at, 1);
    output.bytes[at + 4] = value ? 1 : 0;
    return at + 5;
  },
  text: (name) => (output, at, value) => {
    if (typeof value !== "string") throw new UnencodableValue(name, value, "a string");
    return writeText(output, at, value, name, 0);
  },
  json: (name) => (output, at, value) => writeText(output, at, JSON.stringify(value), name, 0),
  jsonb: (name) => (output, at, value) => {
    const end = writeText(output, at, JSON.stringify(value), name, 1);
    output.bytes[at + 4] = 1; // the format's version
    return end;
  },
  bytea: (name) => (output, at, value) => {
    if (!(value instanceof Uint8Array)) throw new UnencodableValue(name, value, "a Buffer");
    output.reserve(at, 2 * room + value.length);
    output.view.setInt32(at, value.length);
    output.bytes.set(value, at + 4);
    return at + 4 + value.length;
  },
  uuid: (name) => (output, at, value) => {
    const hex = typeof value === "string" ? value.replaceAll("-", "") : "";
    if (!/^[0-9a-f]{32}$/i.test(hex)) throw new UnencodableValue(name, value, "a UUID");
    output.reserve(at, 2 * room);
    output.view.setInt32(at, 16);
    output.bytes.write(hex, at + 4, 16, "hex");
    return at + 20;
  },
  numeric: (name) => (output, at, value) => writeNumeric(output, at, value, name),
  date: (name) => (output, at, value) => {
    const milliseconds =
      typeof value === "string" ? dateOf(value) : value instanceof Date ? value.getTime() : Number.NaN;
    if (Number.isNaN(milliseconds)) throw new UnencodableValue(name, value, "a date as YYYY-MM-DD or a Date");
    output.reserve(at, 2 * room);
    output.view.setInt32(at, 4);
    output.view.setInt32(at + 4, Math.floor((milliseconds - epochMilliseconds) / dayMilliseconds));
    return at + 8;
  },
  time: (name) => (output, at, value) => {
    const microseconds = typeof value === "string" ? timeOf(value) : Number.NaN;
    if (Number.isNaN(microseconds)) throw new UnencodableValue(name, value, "a time as HH:MM or HH:MM:SS[.ffffff]");
    output.reserve(at, 2 * room);
    writeMicroseconds(output, at, microseconds);
    return at + 12;
  },
  timestamptz: (name) => (output, at, value) => {
    const milliseconds =
      value instanceof Date ? value.getTime() : typeof value === "string" ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(milliseconds)) throw new UnencodableValue(name, value, "a Date or an ISO 8601 time");
    output.reserve(at, 2 * room);
    writeMicroseconds(output, at, (milliseconds - epochMilliseconds) * 1000);
    return at + 12;
  },
};

/** Text after `prefix` free bytes that belong to the value. */
function writeText(output: Output, at: number, value: string, name: string, prefix: number): number {
  const start = at + 4 + prefix;
  output.reserve(at, 2 * room + prefix + 3 * value.length);
  const { bytes } = output;
  let length = value.length;
  let index = 0;
  if (length <= shortString) {
    for (; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 127 || code === 0) break;
      bytes[start + index] = code;
    }
  }
  if (index < length) {
    // PostgreSQL's text holds every character but this one (manual, 8.3).
    if (value.includes("\u0000")) throw new UnencodableValue(name, value, "without the character U+0000");
    length = bytes.write(value, start, "utf8");
  }
  output.view.setInt32(at, prefix + length);
  return start + length;
}

function writeMicroseconds(output: Output, at: number, microseconds: number): void {
  output.view.setInt32(at, 8);
  output.view.setInt32(at + 4, Math.floor(microseconds / 4_294_967_296));
  output.view.setUint32(at + 8, modulo(microseconds, 4_294_967_296));
}

const modulo = (value: number, divisor: number) => ((value % divisor) + divisor) % divisor;

/** A calendar date's milliseconds since 1970 in UTC; NaN for a date that does not exist. */
function dateOf(text: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return Number.NaN;
  const milliseconds = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return new Date(milliseconds).getUTCDate() === Number(match[3]) ? milliseconds : Number.NaN;
}

/** Microseconds since midnight; NaN for a time that does not exist. */
function timeOf(text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/.exec(text);
  if (!match) return Number.NaN;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
  return seconds * 1_000_000 + Number((match[4] ?? "").padEnd(6, "0"));
}

/**
 * numeric: counts of base-10000 digits, weight of the first, sign, digits after the decimal point, then the digits
 * (PostgreSQL source, numeric_recv).
 */
function writeNumeric(output: Output, at: number, value: unknown, name: string): number {
  const text = String(value);
  const special = { NaN: 0xc000, Infinity: 0xd000, "-Infinity": 0xf000 }[text];
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  if (special === undefined && !(match && (match[2] || match[3]))) {
    throw new UnencodableValue(name, value, "a decimal number as number, bigint or string");
  }
  let whole = "";
  let fraction = "";
  if (match) {
    const exponent = Number(match[4] ?? 0);
    const digits = (match[2] ?? "") + (match[3] ?? "");
    const point = (match[2] ?? "").length + exponent;
    whole = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "";
    fraction = point < digits.length ? digits.slice(Math.max(point, 0)).padStart(digits.length - point, "0") : "";
  }
  const scale = fraction.length;
  whole = whole.padStart(Math.ceil(whole.length / 4) * 4, "0");
  const groups = (whole + fraction.padEnd(Math.ceil(scale / 4) * 4, "0")).match(/.{4}/g)?.map(Number) ?? [];
  let weight = whole.length / 4 - 1;
  while (groups[0] === 0) {
    groups.shift();
    weight--;
  }
  while (groups.at(-1) === 0) groups.pop();
  output.reserve(at, 2 * room + groups.length * 2);
  const { view } = output;
  view.setInt32(at, 8 + groups.length * 2);
  view.setInt16(at + 4, groups.length);
  view.setInt16(at + 6, groups.length === 0 ? 0 : weight);
  view.setUint16(at + 8, special ?? (match?.[1] === "-" && groups.length > 0 ? 0x4000 : 0));
  view.setInt16(at + 10, scale);
  groups.forEach((group, index) => {
    view.setInt16(at + 12 + index * 2, group);
  });
  return at + 12 + groups.length * 2;
}

/** One-dimensional arrays: dimensions, has-nulls, element type, length, lower bound 1, then the elements as fields. */
function arrayWriter(name: string, { arrayOf, oid }: { arrayOf: ScalarFormat; oid: number }): ValueWriter {
  const element = scalarWriters[arrayOf](`${name}[]`);
  return (output, at, value) => {
    if (!Array.isArray(value)) throw new UnencodableValue(name, value, "an array");
    output.reserve(at, 3 * room);
    const hasNulls = value.some((item) => item === null || item === undefined);
    output.view.setInt32(at + 4, value.length === 0 ? 0 : 1);
    output.view.setInt32(at + 8, hasNulls ? 1 : 0);
    output.view.setInt32(at + 12, oid);
    let end = at + 16;
    if (value.length > 0) {
      output.view.setInt32(end, value.length);
      output.view.setInt32(end + 4, 1);
      end += 8;
    }
    for (const item of value) {
      output.reserve(end, 2 * room);
      if (item === null || item === undefined) {
        output.view.setInt32(end, -1);
        end += 4;
      } else end = element(output, end, item);
    }
    output.reserve(end, 2 * room);
    output.view.setInt32(at, end - at - 4);
    return end;
  };
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return value instanceof Date ? `Date ${value.getTime()}` : String(value);
}
