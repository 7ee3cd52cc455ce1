import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { loadModels } from "../worker/data/models.ts";
import { definitionNames, loadDefinitions } from "../worker/processes/execution/definitions.ts";

/** What the linter (biome.json, overrides) can't say. */

const project = path.dirname(import.meta.dirname);

async function sources(folder: string): Promise<{ file: string; text: string }[]> {
  const entries = await readdir(path.join(project, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
  return await Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return { file: path.relative(project, file), text: await readFile(file, "utf8") };
    }),
  );
}

const places: readonly (readonly [folder: string, forbidden: RegExp, what: string])[] = [
  [
    "worker/processes",
    /process\.|Math\.random|Date\.now|new Date\(\)|performance\.now/,
    "the clock, chance or the process",
  ],
  [
    "batch/jobs",
    /\bprocess\.|Math\.random|Date\.now|new Date\(\)|performance\.now|setTimeout/,
    "the clock, chance or the process",
  ],
  ["worker/data", /process\.(exit|on|once)\b|Math\.random/, "chance, or the process's end and signals"],
];

for (const [folder, forbidden, what] of places) {
  test(`${folder} takes ${what} as arguments`, async (t) => {
    const guilty = (await sources(folder)).filter(({ text }) => forbidden.test(text)).map(({ file }) => file);
    t.deepEqual(guilty, []);
  });
}

test("each sub-process has a model by its name, and each model a sub-process", async (t) => {
  const names = await definitionNames();
  const models = (await sources("worker/data/models")).map(({ file }) => path.basename(file, ".ts")).sort();
  t.deepEqual(models, names);
  t.is((await loadModels(names)).size, names.length);
  t.is((await loadDefinitions(names)).size, names.length);
});

test("files are named after what they hold", async (t) => {
  const names = [...(await sources("worker")), ...(await sources("migrations"))].map(({ file }) => file);
  t.deepEqual(
    names.filter((file) => /\b(utils?|helpers?|lib|common|manager|impl|misc)\b/i.test(file)),
    [],
  );
});
