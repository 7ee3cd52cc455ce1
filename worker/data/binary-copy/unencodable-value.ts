/** A value that its column can't hold. The message names column, value and what would do. */
export class UnencodableValue extends Error {
  constructor(column: string, value: unknown, expected: string) {
    super(`${column} is ${show(value)}; it must be ${expected}`);
  }
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shortened(value));
  if (value instanceof Date) return `Date ${Number.isNaN(value.getTime()) ? "NaN" : value.toISOString()}`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return shortened(String(value));
  try {
    return shortened(JSON.stringify(value) ?? "an object");
  } catch {
    // A cycle, or a bigint inside.
    return "an object";
  }
}

const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
