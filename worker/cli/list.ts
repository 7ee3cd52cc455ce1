import { exitCodes } from "../failure.ts";
import { definitionNames, inOrder, loadDefinitions } from "../processes/execution/definitions.ts";
import type { CliContext } from "./context.ts";
import { asksForHelp, booleanFlag, parseFlags, refuseWords } from "./flags.ts";
import { textTable } from "./table.ts";

const help = `Usage: node worker list [--json]

The sub-processes in the order they run: what each needs, its table and its source.
`;

export async function command(argv: string[], { stdout }: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    stdout.write(help);
    return exitCodes.done.code;
  }
  const { flags, words } = parseFlags("worker list", argv, { json: booleanFlag });
  refuseWords("worker list", words);
  const definitions = await loadDefinitions(await definitionNames());
  const rows = inOrder(definitions).map((name) => {
    const definition = definitions.get(name);
    const source = definition?.kind === "load" ? definition.source.location : `tables ${definition?.inputs.join(", ")}`;
    return { name, needs: [...(definition?.needs ?? [])], table: name, source };
  });
  stdout.write(
    flags.json
      ? rows.map((row) => `${JSON.stringify(row)}\n`).join("")
      : textTable(rows.map((row) => ({ ...row, needs: row.needs.join(", ") || "-" }))),
  );
  return exitCodes.done.code;
}
