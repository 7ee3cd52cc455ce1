import { isIndentable } from "../indentation.ts";
import type { Note, Step } from "./statement.ts";

const noteTitles: Record<Note["kind"], string> = {
  "data-loss": "Data loss",
  "may-fail": "May fail",
  "long-lock": "Long lock",
};

/** One line, as a comment of SQL or of TypeScript has it after its sign. */
export function noteLine({ kind, text }: Note): string {
  return `${noteTitles[kind]}: ${text}`;
}

/** The statements as psql takes them, each note in a line before its statement. */
export function scriptText(steps: readonly Step[]): string {
  return steps
    .map(({ sql, notes }) => [...distinct(notes).map((note) => `-- ${noteLine(note)}`), `${sql};`, ""].join("\n"))
    .join("\n");
}

/** A migration's file: the statements as they have run. */
export function migrationText(
  title: string,
  { up, down, transaction }: { up: readonly Step[]; down: readonly Step[]; transaction: boolean },
): string {
  const sentence = `${title.charAt(0).toUpperCase()}${title.slice(1)}`.replace(/[.\s]*$/, ".").replaceAll("*/", "* /");
  const outside = `// CONCURRENTLY runs outside a transaction; after a crash the whole is run again.
export const transaction = false;

`;
  return `import type { QueryInterface } from "sequelize";

${transaction ? "" : outside}/** ${sentence} */
export async function up({ context: { sequelize } }: { context: QueryInterface }): Promise<void> {
${queries(up)}
}

export async function down({ context: { sequelize } }: { context: QueryInterface }): Promise<void> {
${queries(down)}
}
`;
}

function queries(steps: readonly Step[]): string {
  return steps
    .flatMap(({ sql, notes }) => [...distinct(notes).map((note) => `  // ${noteLine(note)}`), query(sql)])
    .join("\n");
}

/** In one line where it fits, else as it reads best. */
function query(sql: string): string {
  const escaped = sql.replaceAll("\\", "\\\\").replaceAll("`", "\\`").replaceAll("${", "\\${");
  const oneLine = `  await sequelize.query(${sql.includes('"') ? `\`${escaped}\`` : JSON.stringify(sql)});`;
  if (!sql.includes("\n") && oneLine.length <= 120) return oneLine;
  const lines = escaped.split("\n");
  // A string or a function's body may stretch over lines: these stay as they are.
  const isPlain = isIndentable(sql);
  const body = isPlain ? lines.map((line) => `    ${line}`).join("\n") : escaped;
  return isPlain ? `  await sequelize.query(\`\n${body}\n  \`);` : `  await sequelize.query(\`${body}\`);`;
}

function distinct(notes: readonly Note[]): Note[] {
  return notes.filter((note, index) => notes.findIndex((other) => other.text === note.text) === index);
}
