import { readdir } from "node:fs/promises";
import type { ModelStatic, Sequelize } from "sequelize";
import { Failure } from "../failure.ts";
import { loadModule } from "../load-module.ts";

/** Defines a model on a Sequelize: what each file of worker/data/models exports by default. */
export type DefineModel = (sequelize: Sequelize) => ModelStatic<never>;

const folder = new URL("models/", import.meta.url);

/** The model of each name; a model, its table and its sub-process share one. */
export async function loadModels(names: readonly string[]): Promise<Map<string, DefineModel>> {
  const present = await readdir(folder);
  const missing = names.filter((name) => !present.includes(`${name}.ts`));
  if (missing.length > 0) {
    throw new Failure(
      "usage",
      `worker/data/models has no ${missing.map((name) => `${name}.ts`).join(", ")}; see README.md.`,
    );
  }
  const loaded = await Promise.all(
    names.map(async (name): Promise<[string, DefineModel]> => {
      const module = await loadModule<{ default: DefineModel }>(new URL(`${name}.ts`, folder));
      return [name, module.default];
    }),
  );
  return new Map(loaded);
}
