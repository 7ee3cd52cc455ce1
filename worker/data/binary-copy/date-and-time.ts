import type { CopyColumn } from "./column.ts";
import { type Output, room, type ValueWriter } from "./output.ts";
import { UnencodableValue } from "./unencodable-value.ts";

const needed = 2 * room;

/** PostgreSQL counts dates and times from 2000-01-01. */
const epochMilliseconds = Date.UTC(2000, 0, 1);
const dayMilliseconds = 86_400_000;

/** PostgreSQL's first day, 4714-11-24 BC, from that epoch; its last one is beyond JavaScript's. */
const firstMilliseconds = -2_451_545 * dayMilliseconds;

export function dateWriter({ name }: CopyColumn): ValueWriter {
  return (output, at, value) => {
    const since1970 = typeof value === "string" ? dateOf(value) : value instanceof Date ? value.getTime() : Number.NaN;
    const milliseconds = since1970 - epochMilliseconds;
    // NaN too is not at or after it.
    if (!(milliseconds >= firstMilliseconds)) {
      throw new UnencodableValue(name, value, "a date that exists, as YYYY-MM-DD or a Date");
    }
    output.reserve(at, needed);
    output.view.setInt32(at, 4);
    output.view.setInt32(at + 4, Math.floor(milliseconds / dayMilliseconds));
    return at + 8;
  };
}

export function timeWriter({ name }: CopyColumn): ValueWriter {
  return (output, at, value) => {
    const microseconds = typeof value === "string" ? timeOf(value) : Number.NaN;
    if (Number.isNaN(microseconds)) throw new UnencodableValue(name, value, "a time as HH:MM or HH:MM:SS[.ffffff]");
    output.reserve(at, needed);
    writeMicroseconds(output, at, 0, microseconds);
    return at + 12;
  };
}

export function timestamptzWriter({ name }: CopyColumn): ValueWriter {
  return (output, at, value) => {
    let milliseconds = Number.NaN;
    let microseconds = 0;
    if (value instanceof Date) milliseconds = value.getTime();
    else if (typeof value === "string") [milliseconds, microseconds] = instantOf(value);
    milliseconds -= epochMilliseconds;
    if (!(milliseconds >= firstMilliseconds)) {
      throw new UnencodableValue(
        name,
        value,
        "a time that exists, as a Date or YYYY-MM-DD[THH:MM[:SS[.ffffff]][Z|+HH:MM]] (UTC without a zone)",
      );
    }
    output.reserve(at, needed);
    writeMicroseconds(output, at, milliseconds, microseconds);
    return at + 12;
  };
}

/** Numbers are exact up to here. */
const mostExact = Number.MAX_SAFE_INTEGER;

function writeMicroseconds(output: Output, at: number, milliseconds: number, microseconds: number): void {
  output.view.setInt32(at, 8);
  const total = milliseconds * 1000 + microseconds;
  if (Math.abs(total) <= mostExact) {
    output.view.setInt32(at + 4, Math.floor(total / 4_294_967_296));
    output.view.setUint32(at + 8, modulo(total, 4_294_967_296));
  } else {
    // Before 1714 or after 2285.
    output.view.setBigInt64(at + 4, BigInt(milliseconds) * 1000n + BigInt(microseconds));
  }
}

const modulo = (value: number, divisor: number) => ((value % divisor) + divisor) % divisor;

/** A calendar date's milliseconds since 1970 in UTC; NaN for a date that does not exist. */
function dateOf(text: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!match) return Number.NaN;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for those of the 20th century.
  date.setUTCFullYear(year, month - 1, day);
  const exists = year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() : Number.NaN;
}

/** Microseconds since midnight; NaN for a time that does not exist. */
function timeOf(text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?$/.exec(text);
  if (!match) return Number.NaN;
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
  return seconds * 1_000_000 + Number((match[4] ?? "").padEnd(6, "0"));
}

/** ISO 8601's milliseconds since 1970 in UTC, and the microseconds beyond them; NaN for what does not exist. */
function instantOf(text: string): [milliseconds: number, microseconds: number] {
  const match = /^([\d-]{10})(?:[T ]([\d:.]+)(Z|[+-]\d\d(?::?\d\d)?)?)?$/.exec(text);
  if (!match) return [Number.NaN, 0];
  const time = timeOf(match[2] ?? "00:00");
  const milliseconds = dateOf(match[1] as string) + Math.floor(time / 1000) - offsetOf(match[3] ?? "Z");
  return [milliseconds, time % 1000];
}

/** A zone's milliseconds east of UTC; NaN beyond those that PostgreSQL knows. */
function offsetOf(zone: string): number {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = zone.length === 3 ? 0 : Number(zone.slice(-2));
  if (hours > 15 || minutes > 59) return Number.NaN;
  return (zone.startsWith("-") ? -60_000 : 60_000) * (hours * 60 + minutes);
}
