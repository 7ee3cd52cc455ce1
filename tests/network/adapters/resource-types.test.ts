import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test from "ava";

const project = path.join(import.meta.dirname, "../../..");
const { resolve } = createRequire(import.meta.url);

test("each type of AWS that is read for is one of the provider's: a misspelt one would be overlooked in silence", (t) => {
  const types = new Set<string>();
  for (const folder of ["network/adapters", "batch/adapters"]) {
    for (const file of readdirSync(path.join(project, folder), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const text = readFileSync(path.join(project, folder, file), "utf8");
      for (const [type] of text.matchAll(/aws:[a-z0-9]+\/\w+:\w+/gi)) types.add(type);
    }
  }
  t.true(types.size > 100);
  const strangers = [...types].filter((type) => {
    const [, module = ""] = /^aws:(?:index\/)?([^:]+):/.exec(type) ?? [];
    try {
      const text = readFileSync(resolve(`@pulumi/aws/${module}.js`), "utf8");
      return !text.includes(`'${type}'`) && !text.includes(`"${type}"`);
    } catch {
      return true;
    }
  });
  t.deepEqual(strangers, []);
});
