import { readdir } from "node:fs/promises";
import { Failure } from "../../failure.ts";
import { loadModule } from "../../load-module.ts";
import type { DeriveDefinition } from "./definition.ts";
import type { AnyLoad } from "./producer.ts";

export type AnyDefinition = AnyLoad | DeriveDefinition;

/** Where the sub-processes are: worker/processes. */
export const processesFolder = new URL("../", import.meta.url).href;

/** The sub-processes that there are: the files of worker/processes. */
export async function definitionNames(): Promise<string[]> {
  const entries = await readdir(new URL(processesFolder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => entry.name.slice(0, -".ts".length))
    .sort();
}

/** @param folder URL of another folder, ending in a slash */
export async function loadDefinitions(
  names: readonly string[],
  folder = processesFolder,
): Promise<Map<string, AnyDefinition>> {
  const loaded = await Promise.all(
    names.map(async (name): Promise<[string, AnyDefinition]> => {
      const module = await loadModule<{ default?: AnyDefinition }>(new URL(`${name}.ts`, folder));
      if (module.default?.kind === undefined) {
        throw new Failure("usage", `worker/processes/${name}.ts exports no definition by default; see README.md.`);
      }
      return [name, module.default];
    }),
  );
  return new Map(loaded);
}

/**
 * The names in groups: each needs only those before it, and those of a group nothing of each other.
 * @throws Failure `usage` for a need that does not exist or goes in a circle
 */
export function inOrder(definitions: ReadonlyMap<string, AnyDefinition>): string[] {
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]) => {
    if (order.includes(name)) return;
    if (path.includes(name)) {
      throw new Failure("usage", `Sub-processes need each other in a circle: ${[...path, name].join(" -> ")}.`);
    }
    for (const need of definitions.get(name)?.needs ?? []) {
      if (!definitions.has(need)) {
        throw new Failure("usage", `${name} needs ${need}, which is not in worker/processes.`);
      }
      visit(need, [...path, name]);
    }
    order.push(name);
  };
  for (const name of definitions.keys()) visit(name, []);
  return order;
}
