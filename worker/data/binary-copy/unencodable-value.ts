/** A value that its column can't hold. The message names column, value and what would do. */
export class UnencodableValue extends Error {
  readonly column: string;

  constructor(column: string, value: unknown, expected: string) {
    super(`${column} is ${show(value)}; it must be ${expected}`);
    this.column = column;
  }
}

function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  return value instanceof Date ? `Date ${value.getTime()}` : String(value);
}
