/**
 * What a quarantined record was, as data that every JSON column takes: bigints are texts, bytes are hexadecimal as
 * PostgreSQL shows them, U+0000 is its picture U+2400, lone surrogates are U+FFFD, a cycle ends in a word.
 */
export function jsonSafe(value: unknown, within: readonly object[] = []): unknown {
  if (typeof value === "string") return textSafe(value);
  if (typeof value === "bigint") return String(value);
  // JSON has no NaN and no infinities.
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return typeof value === "boolean" ? value : null;
  if (value === null) return null;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  if (within.includes(value)) return "[circular]";
  const inside = [...within, value];
  if ("toJSON" in value && typeof value.toJSON === "function") return jsonSafe(value.toJSON(), inside);
  if (Array.isArray(value)) return value.map((item) => jsonSafe(item, inside));
  const properties = Object.entries(value).filter(([, item]) => item !== undefined && typeof item !== "function");
  return Object.fromEntries(properties.map(([name, item]) => [textSafe(name), jsonSafe(item, inside)]));
}

export function textSafe(text: string): string {
  // ES2024, and in Node 20; the compiler's ES2023 does not know it.
  const { toWellFormed } = text as string & { toWellFormed(): string };
  return toWellFormed.call(text).replaceAll("\u0000", "\u2400");
}
