import type { CopyColumn } from "./column.ts";
import { type Output, room, type ValueWriter } from "./output.ts";
import { UnencodableValue } from "./unencodable-value.ts";

/** Room for a short value and for what comes after it. */
const needed = 2 * room;

/** Strings up to this length are copied by a loop, which is cheaper than a call into C++. */
const shortString = 24;

/** More than a string can have. */
const unbounded = 2 ** 30;

export function textWriter({ name, length: most = unbounded, values }: CopyColumn): ValueWriter {
  if (values) return enumWriter(name, new Set(values));
  return (output, at, value) => {
    if (typeof value !== "string") throw new UnencodableValue(name, value, "a string");
    if (value.length > most) refuseLonger(value, most, name);
    return writeText(output, at, value, name, 0);
  };
}

function enumWriter(name: string, values: ReadonlySet<unknown>): ValueWriter {
  return (output, at, value) => {
    if (!values.has(value)) throw new UnencodableValue(name, value, `one of ${[...values].join(", ")}`);
    return writeText(output, at, value as string, name, 0);
  };
}

/** Writes a text after `prefix` free bytes that belong to the value. */
export function writeText(output: Output, at: number, value: string, name: string, prefix: number): number {
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
    // Half of a surrogate pair is no character; `write` would make it U+FFFD in silence.
    if (length !== value.length && !isWellFormed(value)) {
      throw new UnencodableValue(name, value, "without halves of characters (lone surrogates)");
    }
  }
  output.view.setInt32(at, prefix + length);
  return start + length;
}

/** PostgreSQL counts code points, and cuts off spaces beyond the length (manual, 8.3). */
function refuseLonger(value: string, most: number, name: string): void {
  let [units, characters] = [0, 0];
  for (const character of value) {
    if (characters === most) break;
    characters++;
    units += character.length;
  }
  if (/[^ ]/.test(value.slice(units))) throw new UnencodableValue(name, value, `at most ${most} characters long`);
}

// ES2024, and in Node 20; the compiler's ES2023 does not know it.
const isWellFormed = (text: string) => (text as string & { isWellFormed(): boolean }).isWellFormed();
