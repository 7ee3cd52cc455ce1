import type { CopyColumn, ScalarFormat } from "./column.ts";
import { dateWriter, timestamptzWriter, timeWriter } from "./date-and-time.ts";
import { jsonbWriter, jsonWriter } from "./json.ts";
import { numericWriter } from "./numeric.ts";
import { room, type ValueWriter } from "./output.ts";
import { textWriter } from "./text.ts";
import { UnencodableValue } from "./unencodable-value.ts";

/** Room for a short value and for what comes after it. */
const needed = 2 * room;

export function valueWriter(column: CopyColumn): ValueWriter {
  const { format } = column;
  return typeof format === "string" ? scalarWriters[format](column) : arrayWriter(column, format);
}

/** Beyond this a number, however rounded, is not one of float4. */
const float4Bound = 2 ** 128 - 2 ** 103;

const scalarWriters: Record<ScalarFormat, (column: CopyColumn) => ValueWriter> = {
  int2:
    ({ name }) =>
    (output, at, value) => {
      if (typeof value !== "number" || (value << 16) >> 16 !== value) {
        throw new UnencodableValue(name, value, "a whole number from -32768 to 32767");
      }
      output.reserve(at, needed);
      output.view.setInt32(at, 2);
      output.view.setInt16(at + 4, value);
      return at + 6;
    },
  int4:
    ({ name }) =>
    (output, at, value) => {
      if (typeof value !== "number" || (value | 0) !== value) {
        throw new UnencodableValue(name, value, "a whole number from -2147483648 to 2147483647");
      }
      output.reserve(at, needed);
      output.view.setInt32(at, 4);
      output.view.setInt32(at + 4, value);
      return at + 8;
    },
  int8:
    ({ name }) =>
    (output, at, value) => {
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
  float4:
    ({ name }) =>
    (output, at, value) => {
      if (typeof value !== "number") throw new UnencodableValue(name, value, "a number");
      if (Math.abs(value) >= float4Bound && Number.isFinite(value)) {
        throw new UnencodableValue(name, value, "a number from -3.4028235e38 to 3.4028235e38");
      }
      output.reserve(at, needed);
      output.view.setInt32(at, 4);
      output.view.setFloat32(at + 4, value);
      return at + 8;
    },
  float8:
    ({ name }) =>
    (output, at, value) => {
      if (typeof value !== "number") throw new UnencodableValue(name, value, "a number");
      output.reserve(at, needed);
      output.view.setInt32(at, 8);
      output.view.setFloat64(at + 4, value);
      return at + 12;
    },
  bool:
    ({ name }) =>
    (output, at, value) => {
      if (typeof value !== "boolean") throw new UnencodableValue(name, value, "true or false");
      output.reserve(at, needed);
      output.view.setInt32(at, 1);
      output.bytes[at + 4] = value ? 1 : 0;
      return at + 5;
    },
  text: textWriter,
  json: jsonWriter,
  jsonb: jsonbWriter,
  bytea:
    ({ name }) =>
    (output, at, value) => {
      if (!(value instanceof Uint8Array)) throw new UnencodableValue(name, value, "a Buffer");
      output.reserve(at, needed + value.length);
      output.view.setInt32(at, value.length);
      output.bytes.set(value, at + 4);
      return at + 4 + value.length;
    },
  uuid:
    ({ name }) =>
    (output, at, value) => {
      const hex = typeof value === "string" ? value.replaceAll("-", "") : "";
      if (!/^[0-9a-f]{32}$/i.test(hex)) throw new UnencodableValue(name, value, "a UUID");
      output.reserve(at, needed);
      output.view.setInt32(at, 16);
      output.bytes.write(hex, at + 4, 16, "hex");
      return at + 20;
    },
  numeric: numericWriter,
  date: dateWriter,
  time: timeWriter,
  timestamptz: timestamptzWriter,
};

/** One-dimensional arrays: dimensions, has-nulls, element type, length, lower bound 1, then the elements as fields. */
function arrayWriter(column: CopyColumn, { arrayOf, oid }: { arrayOf: ScalarFormat; oid: number }): ValueWriter {
  const { name } = column;
  const element = scalarWriters[arrayOf]({ ...column, name: `${name}[]` });
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
