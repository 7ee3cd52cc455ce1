import type { CopyColumn } from "./column.ts";
import type { ValueWriter } from "./output.ts";
import { writeText } from "./text.ts";
import { UnencodableValue } from "./unencodable-value.ts";

/** What JSON.stringify makes of U+0000 and of a lone surrogate; an even number of backslashes before it is text. */
const unstorable = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/;

export function jsonWriter({ name }: CopyColumn): ValueWriter {
  return (output, at, value) => writeText(output, at, jsonOf(value, name), name, 0);
}

export function jsonbWriter({ name }: CopyColumn): ValueWriter {
  return (output, at, value) => {
    const text = jsonOf(value, name);
    // json keeps the text as it is; jsonb reads it, and has no such characters (manual, 8.14).
    if (text.includes("\\u") && unstorable.test(text)) {
      throw new UnencodableValue(
        name,
        value,
        "without the character U+0000 and halves of characters (lone surrogates)",
      );
    }
    const end = writeText(output, at, text, name, 1);
    output.bytes[at + 4] = 1; // the format's version
    return end;
  };
}

function jsonOf(value: unknown, name: string): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new UnencodableValue(name, value, `what JSON can say (${(error as Error).message.split("\n", 1)[0]})`);
  }
  // A function or a symbol.
  if (text === undefined) throw new UnencodableValue(name, value, "what JSON can say");
  return text;
}
