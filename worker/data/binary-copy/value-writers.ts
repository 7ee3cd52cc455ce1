import type { CopyColumn, ScalarFormat } from "./column.ts";
import { type Output, room } from "./output.ts";
import { UnencodableValue } from "./unencodable-value.ts";

/** Writes length and bytes of a value that is not null at `at`, where 64 bytes are free; returns the position after it. */
export type ValueWriter = (output: Output, at: number, value: unknown) => number;

/** Room for a short value and for what comes after it. */
const needed = 2 * room;

export function valueWriter({ name, format }: CopyColumn): ValueWriter {
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
    output.reserve(at, needed);
    output.view.setInt32(at, 2);
    output.view.setInt16(at + 4, value);
    return at + 6;
  },
  int4: (name) => (output, at, value) => {
    if (typeof value !== "number" || (value | 0) !== value) {
      throw new UnencodableValue(name, value, "a whole number from -2147483648 to 2147483647");
    }
    output.reserve(at, needed);
    output.view.setInt32(at, 4);
    output.view.setInt32(at + 4, value);
    return at + 8;
  },
  int8: (name) => (output, at, value) => {
    output.reserve(at, needed);
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
    output.reserve(at, needed);
    output.view.setInt32(at, 4);
    output.view.setFloat32(at + 4, value);
    return at + 8;
  },
  float8: (name) => (output, at, value) => {
    if (typeof value !== "number") throw new UnencodableValue(name, value, "a number");
    output.reserve(at, needed);
    output.view.setInt32(at, 8);
    output.view.setFloat64(at + 4, value);
    return at + 12;
  },
  bool: (name) => (output, at, value) => {
    if (typeof value !== "boolean") throw new UnencodableValue(name, value, "true or false");
    output.reserve(at, needed);
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
    output.reserve(at, needed + value.length);
    output.view.setInt32(at, value.length);
    output.bytes.set(value, at + 4);
    return at + 4 + value.length;
  },
  uuid: (name) => (output, at, value) => {
    const hex = typeof value === "string" ? value.replaceAll("-", "") : "";
    if (!/^[0-9a-f]{32}$/i.test(hex)) throw new UnencodableValue(name, value, "a UUID");
    output.reserve(at, needed);
    output.view.setInt32(at, 16);
    output.bytes.write(hex, at + 4, 16, "hex");
    return at + 20;
  },
  numeric: (name) => (output, at, value) => writeNumeric(output, at, value, name),
  date: (name) => (output, at, value) => {
    const milliseconds =
      typeof value === "string" ? dateOf(value) : value instanceof Date ? value.getTime() : Number.NaN;
    if (Number.isNaN(milliseconds)) throw new UnencodableValue(name, value, "a date as YYYY-MM-DD or a Date");
    output.reserve(at, needed);
    output.view.setInt32(at, 4);
    output.view.setInt32(at + 4, Math.floor((milliseconds - epochMilliseconds) / dayMilliseconds));
    return at + 8;
  },
  time: (name) => (output, at, value) => {
    const microseconds = typeof value === "string" ? timeOf(value) : Number.NaN;
    if (Number.isNaN(microseconds)) throw new UnencodableValue(name, value, "a time as HH:MM or HH:MM:SS[.ffffff]");
    output.reserve(at, needed);
    writeMicroseconds(output, at, microseconds);
    return at + 12;
  },
  timestamptz: (name) => (output, at, value) => {
    const milliseconds =
      value instanceof Date ? value.getTime() : typeof value === "string" ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(milliseconds)) throw new UnencodableValue(name, value, "a Date or an ISO 8601 time");
    output.reserve(at, needed);
    writeMicroseconds(output, at, (milliseconds - epochMilliseconds) * 1000);
    return at + 12;
  },
};

/** Text after `prefix` free bytes that belong to the value. */
function writeText(output: Output, at: number, value: string, name: string, prefix: number): number {
  const start = at + 4 + prefix;
  output.reserve(at, needed + prefix + 3 * value.length);
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
  output.reserve(at, needed + groups.length * 2);
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
    output.reserve(at, needed + room);
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
      output.reserve(end, needed);
      if (item === null || item === undefined) {
        output.view.setInt32(end, -1);
        end += 4;
      } else end = element(output, end, item);
    }
    output.reserve(end, needed);
    output.view.setInt32(at, end - at - 4);
    return end;
  };
}
