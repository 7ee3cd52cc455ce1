/** Whether the lines of `sql` may begin further left or right: no string, quoted name or function's body has a line end. */
export function isIndentable(sql: string): boolean {
  const quoted = sql.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g) ?? [];
  return !/\$\w*\$/.test(sql) && quoted.every((text) => !text.includes("\n"));
}

/** `sql` as it is read best by itself: without what a template indents all its lines by. */
export function outdented(sql: string): string {
  const text = sql.replace(/^\s*\n/, "").trimEnd();
  if (!isIndentable(text)) return sql;
  const lines = text.split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length);
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join("\n");
}
