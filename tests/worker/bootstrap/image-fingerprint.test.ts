import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { imageDifference, imageFingerprint } from "../../../worker/bootstrap/image-fingerprint.ts";
import { smallProject, smallTree, write } from "../../batch/bundle/project.ts";

const packages = (change: Record<string, unknown>) => {
  const lock = JSON.parse(smallProject["package-lock.json"]!);
  return { "package-lock.json": JSON.stringify({ packages: { ...lock.packages, ...change } }) };
};

const otherPackages = "other packages (package-lock.json)";
const otherEntry = "another entry point (worker/bootstrap, worker/s3)";

const changes: readonly (readonly [what: string, files: Record<string, string>, other: string | undefined])[] = [
  [
    "another version of a package",
    packages({ "node_modules/pg": { version: "8.0.1", integrity: "sha512-pg" } }),
    otherPackages,
  ],
  [
    "another archive of a package",
    packages({ "node_modules/pg": { version: "8.0.0", integrity: "sha512-bad" } }),
    otherPackages,
  ],
  [
    "one more package",
    packages({ "node_modules/pg/node_modules/ms": { version: "2.0.0", integrity: "sha512-ms" } }),
    otherPackages,
  ],
  ["another package of development", packages({ "node_modules/ava": { version: "8.0.0", dev: true } }), undefined],
  ["another optional package", packages({ "node_modules/fast": { version: "2.0.0", optional: true } }), undefined],
  ["one that is both", packages({ "node_modules/both": { version: "2.0.0", devOptional: true } }), undefined],
  ["another name of the project", packages({ "": { name: "other", version: "2.0.0" } }), undefined],
  ["another Dockerfile", { Dockerfile: "FROM node:26-slim\n" }, "another Dockerfile"],
  ["a Dockerfile with the line ends of Windows", { Dockerfile: "FROM node:24-slim\r\n" }, undefined],
  [
    "other versions of Node",
    { "package.json": '{"type": "module", "engines": {"node": ">=24"}}' },
    "another version of Node (engines of package.json)",
  ],
  [
    "another script",
    { "package.json": '{"type": "module", "engines": {"node": ">=20.19"}, "scripts": {"a": "b"}}' },
    undefined,
  ],
  ["another bootstrap", { "worker/bootstrap/index.js": "// other\n" }, otherEntry],
  ["another way to Amazon S3", { "worker/s3/client.ts": "// other\n" }, otherEntry],
  ["other code", { "worker/index.js": "// other\n", "migrations/0002-more.ts": "" }, undefined],
];
for (const [what, files, other] of changes) {
  test(`${what} ${other ? "needs another image" : "runs in the same image"}`, async (t) => {
    const folder = await smallTree(t, {}, { git: false });
    const before = await imageFingerprint(folder);
    t.regex(before, /^packages:[0-9a-f]{32},dockerfile:[0-9a-f]{32},node:[0-9a-f]{32},entry-point:[0-9a-f]{32}$/);
    await write(folder, files);
    const after = await imageFingerprint(folder);
    t.is(after === before, other === undefined);
    t.is(imageDifference(before, after), other);
  });
}

test("what differs is named part by part, and what is told in another way as a whole", (t) => {
  const wanted = "packages:1,dockerfile:2,node:3,entry-point:4";
  t.is(
    imageDifference("packages:9,dockerfile:2,node:9,entry-point:9", wanted),
    `${otherPackages}, another version of Node (engines of package.json) and ${otherEntry}`,
  );
  for (const there of ["", "0".repeat(64), "packages:1,dockerfile:2", `${wanted},more:5`]) {
    t.is(imageDifference(there, wanted), "other contents", there);
  }
});

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
