/** Rows as columns of text, each as wide as its widest cell; numbers to the right. */
export function textTable(rows: readonly Record<string, string | number>[]): string {
  const first = rows[0];
  if (!first) return "";
  const heads = Object.keys(first);
  const cell = (value: string | number) => (typeof value === "number" ? value.toLocaleString("en-US") : value);
  const widths = heads.map((head) => Math.max(head.length, ...rows.map((row) => cell(row[head] ?? "").length)));
  const pad = (text: string, index: number, right: boolean) =>
    right ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
  const lines = [
    heads.map((head, index) => pad(head, index, typeof first[head] === "number")),
    ...rows.map((row) => heads.map((head, index) => pad(cell(row[head] ?? ""), index, typeof row[head] === "number"))),
  ];
  return lines.map((line) => `${line.join("  ").trimEnd()}\n`).join("");
}
