import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { imageFingerprint } from "../../../worker/bootstrap/image-fingerprint.ts";
import { smallProject, smallTree, write } from "../../batch/bundle/project.ts";

const packages = (change: Record<string, unknown>) => {
  const lock = JSON.parse(smallProject["package-lock.json"]!);
  return { "package-lock.json": JSON.stringify({ packages: { ...lock.packages, ...change } }) };
};

const changes: readonly (readonly [what: string, files: Record<string, string>, isOther: boolean])[] = [
  ["another version of a package", packages({ "node_modules/pg": { version: "8.0.1", integrity: "sha512-pg" } }), true],
  [
    "another archive of a package",
    packages({ "node_modules/pg": { version: "8.0.0", integrity: "sha512-bad" } }),
    true,
  ],
  [
    "one more package",
    packages({ "node_modules/pg/node_modules/ms": { version: "2.0.0", integrity: "sha512-ms" } }),
    true,
  ],
  ["another package of development", packages({ "node_modules/ava": { version: "8.0.0", dev: true } }), false],
  ["another optional package", packages({ "node_modules/fast": { version: "2.0.0", optional: true } }), false],
  ["one that is both", packages({ "node_modules/both": { version: "2.0.0", devOptional: true } }), false],
  ["another name of the project", packages({ "": { name: "other", version: "2.0.0" } }), false],
  ["another Dockerfile", { Dockerfile: "FROM node:26-slim\n" }, true],
  ["a Dockerfile with the line ends of Windows", { Dockerfile: "FROM node:24-slim\r\n" }, false],
  ["other versions of Node", { "package.json": '{"type": "module", "engines": {"node": ">=24"}}' }, true],
  [
    "another script",
    { "package.json": '{"type": "module", "engines": {"node": ">=20.19"}, "scripts": {"a": "b"}}' },
    false,
  ],
  ["another bootstrap", { "worker/bootstrap/index.js": "// other\n" }, true],
  ["another way to Amazon S3", { "worker/s3/client.ts": "// other\n" }, true],
  ["other code", { "worker/index.js": "// other\n", "migrations/0002-more.ts": "" }, false],
];
for (const [what, files, isOther] of changes) {
  test(`${what} ${isOther ? "needs another image" : "runs in the same image"}`, async (t) => {
    const folder = await smallTree(t, {}, { git: false });
    const before = await imageFingerprint(folder);
    t.regex(before, /^[0-9a-f]{64}$/);
    await write(folder, files);
    t.is((await imageFingerprint(folder)) !== before, isOther);
  });
}

test("packages in another order are the same", async (t) => {
  const folder = await smallTree(t, {}, { git: false });
  const before = await imageFingerprint(folder);
  const file = path.join(folder, "package-lock.json");
  const lock = JSON.parse(await readFile(file, "utf8"));
  await writeFile(
    file,
    JSON.stringify({ packages: Object.fromEntries(Object.entries(lock.packages).reverse()) }, null, 2),
  );
  t.is(await imageFingerprint(folder), before);
});

test("a lock file that is none is an error", async (t) => {
  const folder = await smallTree(t, { "package-lock.json": "<<<<<<<" }, { git: false });
  await t.throwsAsync(imageFingerprint(folder), { instanceOf: SyntaxError });
});
