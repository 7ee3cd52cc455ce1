import type { CopyColumn } from "./column.ts";
import { room, type ValueWriter } from "./output.ts";
import { UnencodableValue } from "./unencodable-value.ts";

const needed = 2 * room;

/** The sign's place in the format says these. */
const specials = new Map([
  ["NaN", 0xc000],
  ["Infinity", 0xd000],
  ["-Infinity", 0xf000],
]);

/** A decimal number that is 0.`digits` times ten to the power of `point`; `digits` does not begin with 0. */
interface Decimal {
  negative: boolean;
  digits: string;
  point: number;
}

/** PostgreSQL's limits (manual, 8.1): digits before and after the point. */
const mostBefore = 131_072;
const mostAfter = 16_383;

/**
 * numeric: counts of base-10000 digits, weight of the first, sign, digits after the decimal point, then the digits
 * (PostgreSQL source, numeric_recv).
 */
export function numericWriter({ name, decimal: bounds }: CopyColumn): ValueWriter {
  return (output, at, value) => {
    const special = specials.get(String(typeof value === "object" ? "" : value));
    const decimal = special === undefined ? decimalOf(value, name) : { negative: false, digits: "", point: 0 };
    if (bounds && (special === undefined ? isBeyond(decimal, bounds) : value !== "NaN" && !Number.isNaN(value))) {
      const { precision, scale } = bounds;
      throw new UnencodableValue(
        name,
        value,
        `a number of at most ${precision - scale} digits before the point (DECIMAL(${precision}, ${scale}))`,
      );
    }
    const { groups, weight, scale } = groupsOf(decimal);
    output.reserve(at, needed + groups.length * 2);
    const { view } = output;
    view.setInt32(at, 8 + groups.length * 2);
    view.setUint16(at + 4, groups.length);
    view.setInt16(at + 6, weight);
    view.setUint16(at + 8, special ?? (decimal.negative && groups.length > 0 ? 0x4000 : 0));
    view.setInt16(at + 10, scale);
    groups.forEach((group, index) => {
      view.setInt16(at + 12 + index * 2, group);
    });
    return at + 12 + groups.length * 2;
  };
}

function decimalOf(value: unknown, name: string): Decimal {
  const text = ["number", "bigint", "string"].includes(typeof value) ? String(value) : "";
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text);
  const [, sign, whole = "", fraction = "", exponent = 0] = match ?? [];
  if (whole === "" && fraction === "") {
    throw new UnencodableValue(name, value, "a decimal number as number, bigint or string");
  }
  const written = whole + fraction;
  const digits = written.replace(/^0+/, "");
  const first = whole.length + Number(exponent) - (written.length - digits.length);
  // Zero has no digits before the point, whatever its exponent.
  const point = digits === "" ? Math.min(first, 0) : first;
  if (point > mostBefore || digits.length - point > mostAfter) {
    throw new UnencodableValue(
      name,
      value,
      `of at most ${mostBefore} digits before the point and ${mostAfter} after it`,
    );
  }
  return { negative: sign === "-", digits, point };
}

/** Whether a number, rounded to `scale` places, has more digits before the point than the column. */
function isBeyond({ digits, point }: Decimal, { precision, scale }: { precision: number; scale: number }): boolean {
  const most = precision - scale;
  if (digits === "" || point !== most) return digits !== "" && point > most;
  // As many digits as there may be: one more where 9.99 is rounded up to 10.0.
  return /^9+$/.test(digits.slice(0, precision)) && digits.length > precision && digits.charAt(precision) >= "5";
}

/** Digits in base 10000, of which the first stands for 10000 to the power of `weight`. */
function groupsOf({ digits, point }: Decimal): { groups: number[]; weight: number; scale: number } {
  const scale = Math.max(digits.length - point, 0);
  const before = point > 0 ? digits.slice(0, point).padEnd(point, "0") : "";
  const after = digits.slice(Math.max(point, 0)).padStart(scale, "0");
  const whole = before.padStart(Math.ceil(before.length / 4) * 4, "0");
  const groups = (whole + after.padEnd(Math.ceil(scale / 4) * 4, "0")).match(/.{4}/g)?.map(Number) ?? [];
  let weight = whole.length / 4 - 1;
  const leading = groups.findIndex((group) => group !== 0);
  if (leading === -1) return { groups: [], weight: 0, scale };
  weight -= leading;
  const trailing = groups.findLastIndex((group) => group !== 0);
  return { groups: groups.slice(leading, trailing + 1), weight, scale };
}
