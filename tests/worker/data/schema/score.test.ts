import { readFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { changes } from "./changes/index.ts";

test("the README's score names changes that are tested, and says how many there are", async (t) => {
  const readme = await readFile(path.resolve(import.meta.dirname, "../../../../README.md"), "utf8");
  const titles = Object.values(changes).flatMap((list) => list.map(({ title }) => title));
  const [, rows = ""] = /^\| change +\| here +\|.*\n.*\n((?:\|.*\n)+)/m.exec(readme) ?? [];
  const named = [...rows.matchAll(/^\| (.*?) +\| yes /gm)].map(([, title]) => title);
  t.is(named.length, rows.trim().split("\n").length);
  t.true(named.length > 20);
  t.deepEqual(
    named.filter((title) => !titles.includes(title as string)),
    [],
  );
  t.regex(readme, new RegExp(`^${titles.length} changes of a schema`, "m"));
});
