/** Rows as columns of text, each as wide as its widest cell; columns that hold a number, and those named, to the right. */
export function textTable(
  rows: readonly Record<string, string | number>[],
  { right = [] }: { right?: readonly string[] } = {},
): string {
  const first = rows[0];
  if (!first) return "";
  const heads = Object.keys(first);
  const cell = (value: string | number) => (typeof value === "number" ? value.toLocaleString("en-US") : value);
  const lines = aligned([heads, ...rows.map((row) => heads.map((head) => cell(row[head] ?? "")))], {
    between: "  ",
    isRight: heads.map((head) => right.includes(head) || rows.some((row) => typeof row[head] === "number")),
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** Lines of cells, each padded to its column's width. */
export function aligned(
  cells: readonly (readonly string[])[],
  { between, isRight = [] }: { between: string; isRight?: readonly boolean[] },
): string[] {
  const widths = columnWidths(cells);
  const pad = (text: string, column: number) =>
    isRight[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  return cells.map((row) => row.map(pad).join(between).trimEnd());
}

export function columnWidths(cells: readonly (readonly string[])[]): number[] {
  return (cells[0] ?? []).map((_, column) =>
    cells.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  );
}
