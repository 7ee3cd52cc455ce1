import { Failure } from "../../worker/failure.ts";
import { loadModule } from "../../worker/load-module.ts";
import type { CliContext } from "./context.ts";

/** Says how many shards would read each part of a source once, where there is one job for all of them. */
export async function adviseShards(names: readonly string[], { stderr }: Pick<CliContext, "stderr">): Promise<void> {
  const file = new URL("../../worker/processes/execution/source-parts.ts", import.meta.url);
  const { sourceParts } = await loadModule<typeof import("../../worker/processes/execution/source-parts.ts")>(file);
  // One whose source can't be read from here has no advice: the job says what is wrong, if anything is.
  const told = await Promise.all(
    names.map((name) =>
      sourceParts([name]).catch((error) => {
        if (error instanceof Failure) return new Map<string, number>();
        throw error;
      }),
    ),
  );
  for (const [name, parts] of told.flatMap((one) => [...one])) {
    if (parts > 1) stderr.write(`note: ${name} has ${parts} row groups: --shards ${parts} gives each job one\n`);
  }
}
