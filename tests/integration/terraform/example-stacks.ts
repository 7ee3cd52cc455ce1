import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { type RecordedProgram, recordProgram } from "../../../network/adapters/pulumi-program.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const project = path.resolve(import.meta.dirname, "../../..");

/** What a stack's file says, by key; the project's own keys without its name. */
export type StackConfig = Readonly<Record<string, unknown>>;

/** This project's program in stacks of one's own, each recorded with its ids known. */
export async function recordStacks(
  t: Pick<ExecutionContext, "teardown">,
  stacks: Readonly<Record<string, StackConfig>>,
): Promise<Record<string, RecordedProgram>> {
  // The program where it is, with stack files beside it that are not there.
  const folder = await temporaryFolder(t);
  const description = await readFile(path.join(project, "Pulumi.yaml"), "utf8");
  const elsewhere = description.replace(/^main: .*$/m, `main: ${JSON.stringify(path.join(project, "index.ts"))}`);
  await writeFile(path.join(folder, "Pulumi.yaml"), elsewhere);
  const recorded: Record<string, RecordedProgram> = {};
  for (const [stack, config] of Object.entries(stacks)) {
    await writeFile(path.join(folder, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
    recorded[stack] = await recordProgram({ directory: folder, stack });
  }
  return recorded;
}
