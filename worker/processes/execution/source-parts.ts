import { loadDefinitions } from "./definitions.ts";

/**
 * How many parts the source of each sub-process has that are read whole (row groups of parquet), without reading it all: as
 * many shards read each of them once. Sub-processes whose source has none, or that have no source, are left out.
 * @param folder URL of another folder with sub-processes, ending in a slash
 * @throws Failure of a source that can't be read
 */
export async function sourceParts(names: readonly string[], folder?: string): Promise<ReadonlyMap<string, number>> {
  const definitions = await loadDefinitions(names, folder);
  const told = await Promise.all(
    [...definitions].map(async ([name, definition]) => {
      const parts = definition.kind === "load" ? await definition.source.parts?.() : undefined;
      return parts === undefined ? [] : [[name, parts] as const];
    }),
  );
  return new Map(told.flat());
}
