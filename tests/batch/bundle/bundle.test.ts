import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, chown, cp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import { type Bundle, createBundle } from "../../../batch/bundle/bundle.ts";
import { bundledParts } from "../../../batch/bundle/file-names.ts";
import { readBundle } from "../../../worker/bootstrap/unpack.ts";
import { Failure } from "../../../worker/failure.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { smallTree, write } from "./project.ts";

const run = promisify(execFile);
const project = path.resolve(import.meta.dirname, "../../..");

const namesIn = async ({ bytes, sha256 }: Bundle) => [...(await readBundle(Buffer.from(bytes), sha256, "it")).keys()];

const usual = [
  "image.fingerprint",
  "migrations/0001-rows.ts",
  "package.json",
  "worker/bootstrap/index.js",
  "worker/index.js",
  "worker/processes/rows.ts",
  "worker/s3/client.ts",
  "worker/start.sh",
];

/** The hash that a process of its own tells. */
async function hashBy(
  folder: string,
  { umask = "022", node = process.execPath, env = {} }: { umask?: string; node?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const module = path.join(project, "batch/bundle/bundle.ts");
  const script = `const { createBundle } = await import(${JSON.stringify(module)}); console.log((await createBundle(${JSON.stringify(folder)})).sha256)`;
  const args = [
    "--import",
    path.join(project, "node_modules/tsx/dist/loader.mjs"),
    "--input-type=module",
    "--eval",
    script,
  ];
  const { stdout } = await run("/bin/sh", ["-c", `umask ${umask}; exec "$@"`, "sh", node, ...args], {
    env: { ...process.env, ...env },
  });
  return stdout.trim();
}

test("a bundle has worker, migrations and package.json, uncommitted changes with them, and nothing that Git ignores", async (t) => {
  const folder = await smallTree(t);
  const before = await createBundle(folder);
  t.deepEqual(await namesIn(before), usual);
  await write(folder, {
    "worker/new.ts": "export {};\n",
    "worker/run.log": "noise",
    "worker/index.js": "console.log(2);\n",
  });
  await rm(path.join(folder, "worker/start.sh"));
  const after = await createBundle(folder);
  t.deepEqual(await namesIn(after), [...usual.filter((name) => name !== "worker/start.sh"), "worker/new.ts"].sort());
  t.not(after.sha256, before.sha256);
  t.is(
    (await readBundle(Buffer.from(after.bytes), after.sha256, "it")).get("worker/index.js")?.bytes.toString(),
    "console.log(2);\n",
  );
});

test("its name is the SHA-256 of its bytes, which tar reads", async (t) => {
  const folder = await smallTree(t);
  const { bytes, sha256, files } = await createBundle(folder);
  t.is(sha256, createHash("sha256").update(bytes).digest("hex"));
  t.is(files, usual.length - 1);
  const unpacked = await temporaryFolder(t);
  await writeFile(path.join(unpacked, "it.tar.gz"), bytes);
  const env = { ...process.env, TZ: "UTC" };
  const { stdout } = await run("tar", ["--numeric-owner", "-tvzf", "it.tar.gz"], { cwd: unpacked, env });
  const lines = stdout.trim().split("\n");
  t.is(lines.length, usual.length);
  for (const line of lines)
    t.regex(
      line,
      /^-rw[xr-]r-[xr-]r-[xr-] 0\/0 +\d+ 1970-01-01 00:00 |^-rwxr-xr-x 0\/0 +\d+ 1970-01-01 00:00 worker\/start\.sh$/,
    );
  await run("tar", ["-xzf", "it.tar.gz"], { cwd: unpacked });
  t.is(await readFile(path.join(unpacked, "worker/index.js"), "utf8"), 'console.log("worked");\n');
});

test("a file of several blocks, and an empty one, come out as they went in", async (t) => {
  const text = Array.from({ length: 20_000 }, (_, index) => `row ${index}`).join("\n");
  const folder = await smallTree(t, { "worker/large.csv": text, "worker/empty.ts": "" });
  const { bytes, sha256 } = await createBundle(folder);
  const files = await readBundle(Buffer.from(bytes), sha256, "it");
  t.is(files.get("worker/large.csv")?.bytes.toString(), text);
  t.is(files.get("worker/empty.ts")?.bytes.length, 0);
});

test("a long path and one in other letters keep their names", async (t) => {
  const names = [`worker/${"deep/".repeat(40)}file.ts`, "worker/größe.ts", `worker/${"n".repeat(150)}.ts`];
  const folder = await smallTree(t, Object.fromEntries(names.map((name) => [name, ""])));
  const found = await namesIn(await createBundle(folder));
  for (const name of names) t.true(found.includes(name), name);
});

const others: readonly (readonly [
  what: string,
  change: (folder: string) => Promise<unknown>,
  how: Parameters<typeof hashBy>[1],
])[] = [
  ["in another time zone", async () => {}, { env: { TZ: "Pacific/Auckland" } }],
  ["in another language", async () => {}, { env: { LC_ALL: "sv_SE.UTF-8", LANG: "sv_SE.UTF-8" } }],
  ["checked out and bundled under another umask", checkOutAgain, { umask: "077" }],
  ["at another time", (folder) => utimes(path.join(folder, "worker/index.js"), 1, 1), {}],
  ["with other permissions", (folder) => chmod(path.join(folder, "worker/index.js"), 0o600), {}],
  ["without Git's folder", (folder) => rm(path.join(folder, ".git"), { recursive: true }), {}],
  ["within a hook of another repository", async () => {}, { env: { GIT_DIR: path.join(project, ".git") } }],
  ["within a hook that has an index of its own", async () => {}, { env: { GIT_INDEX_FILE: "/dev/null" } }],
  ["where there is no Git", async () => {}, { env: { PATH: "/nowhere" } }],
];
for (const [what, change, how] of others) {
  test(`the same tree ${what} has the same hash`, async (t) => {
    const folder = await smallTree(t);
    const { sha256 } = await createBundle(folder);
    const copy = path.join(await temporaryFolder(t), "elsewhere");
    await cp(folder, copy, { recursive: true });
    // What Git ignores, where Git is there.
    if (Object.keys(how?.env ?? {}).some((name) => name.startsWith("GIT_"))) await write(copy, { "worker/x.log": "" });
    await change(copy);
    t.is(await hashBy(copy, how), sha256);
  });
}

const isRoot = process.getuid?.() === 0;
(isRoot ? test : test.skip)("the same tree of another user has the same hash, by Git's list too", async (t) => {
  const folder = await smallTree(t);
  const { sha256 } = await createBundle(folder);
  await write(folder, { "worker/run.log": "ignored" });
  for (const name of [".", ".git", "worker", "worker/index.js"]) await chown(path.join(folder, name), 65_534, 65_534);
  t.is((await createBundle(folder)).sha256, sha256);
});

/** As a clone under that umask has its files: others may not read them. */
async function checkOutAgain(folder: string): Promise<void> {
  const names = (await run("git", ["ls-files"], { cwd: folder })).stdout.trim().split("\n");
  for (const name of names) await rm(path.join(folder, name));
  await run("/bin/sh", ["-c", "umask 077; git checkout --quiet ."], { cwd: folder });
}

test("one changed byte, name or executable bit is another hash", async (t) => {
  const hashes = new Set<string>();
  const folder = await smallTree(t);
  const add = async () => hashes.add((await createBundle(folder)).sha256);
  await add();
  await write(folder, { "worker/processes/rows.ts": "export default [];\n" });
  await add();
  await chmod(path.join(folder, "worker/processes/rows.ts"), 0o755);
  await add();
  await write(folder, { "worker/empty.ts": "" });
  await add();
  await rm(path.join(folder, "worker/empty.ts"));
  await write(folder, { "worker/void.ts": "" });
  await add();
  t.is(hashes.size, 5);
});

test("nothing that looks like a secret is in it, though Git has it; it is told instead", async (t) => {
  const secrets = [
    "worker/.env",
    "worker/.env.local",
    "worker/data/.npmrc",
    "worker/prod.env",
    "worker/server.key",
    "worker/tls/client.PEM",
    "worker/id_ed25519",
    "worker/secrets.json",
    "worker/credentials",
    "worker/aws_credentials.csv",
    "worker/my-secret.txt",
    "worker/service-account.json",
    "worker/secrets.yaml.enc",
    "worker/token",
    "worker/login.p8",
    "worker/kubeconfig",
    "worker/terraform.tfstate",
    "migrations/.pgpass",
    "worker/node_modules/pg/index.js",
    "worker/index.js~",
  ];
  const code = [
    "worker/secret.ts",
    "worker/tokens.ts",
    "worker/tokenizer.json",
    "worker/secretary.csv",
    "worker/credentials.js",
    "worker/key.ts",
    "worker/environment.ts",
  ];
  const all = [...secrets, ...code];
  for (const git of [true, false]) {
    const folder = await smallTree(t, Object.fromEntries(all.map((name) => [name, "x"])), { git });
    const bundle = await createBundle(folder);
    t.deepEqual(await namesIn(bundle), [...usual, ...code].sort());
    // Without Git nobody looks into node_modules.
    const expected = git ? secrets : secrets.filter((name) => !name.includes("node_modules"));
    t.deepEqual([...bundle.leftOut].sort(), [...expected].sort());
  }
});

const links: readonly (readonly [target: string, says: RegExp | undefined])[] = [
  ["processes/rows.ts", undefined],
  ["../index.ts", /worker\/link leads to \.\.\/index\.ts, which is not in the bundle/],
  ["../.env.aws", /worker\/link leads to \.\.\/\.env\.aws, which is not in the bundle/],
  ["/etc/passwd", /worker\/link leads to \/etc\/passwd, which is not in the bundle/],
  ["processes", /worker\/link leads to processes, which is not in the bundle/],
  ["nowhere", /worker\/link leads to nowhere, where nothing is/],
];
for (const [target, says] of links) {
  for (const git of [true, false]) {
    test(`a link to ${target} ${says ? "is refused" : "becomes the file"}${git ? "" : ", without Git too"}`, async (t) => {
      const folder = await smallTree(t, {}, { git });
      await symlink(target, path.join(folder, "worker/link"));
      if (says) return refused(t, folder, says);
      const { bytes, sha256 } = await createBundle(folder);
      const files = await readBundle(Buffer.from(bytes), sha256, "it");
      t.is(files.get("worker/link")?.bytes.toString(), "export default {};\n");
    });
  }
}

async function refused(t: ExecutionContext, folder: string, says: RegExp) {
  const error = await t.throwsAsync(createBundle(folder), { instanceOf: Failure, message: says });
  t.is((error as Failure).kind, "usage");
  t.notRegex(error?.message ?? "", /\n/);
}

test("a folder that became a link out of the tree is refused, file by file", async (t) => {
  const folder = await smallTree(t);
  const outside = await temporaryFolder(t);
  await write(outside, { "rows.ts": "stolen" });
  await rm(path.join(folder, "worker/processes"), { recursive: true });
  await symlink(outside, path.join(folder, "worker/processes"));
  await refused(t, folder, /worker\/processes leads to .*; worker\/processes\/rows\.ts leads to /);
});

test("a repository in the tree, a tree without a worker, and one without a lock file are refused", async (t) => {
  const nested = await smallTree(t);
  await write(nested, { "worker/other/file.ts": "" });
  await run("git", ["init", "--quiet"], { cwd: path.join(nested, "worker/other") });
  await refused(t, nested, /worker\/other\/ is a folder of another Git repository/);
  const empty = await smallTree(t);
  await rm(path.join(empty, "worker/index.js"));
  await refused(t, empty, /worker\/index\.js is missing/);
  const unlocked = await smallTree(t);
  await rm(path.join(unlocked, "package-lock.json"));
  await refused(t, unlocked, /What the code needs of the image can't be told: .*package-lock\.json/);
});

for (const name of ["worker/a:b.ts", "worker/a\\b.ts"]) {
  test(`${name} is refused here, before a job does it`, async (t) => {
    await refused(t, await smallTree(t, { [name]: "" }), /a.b\.ts has a name that not every machine takes/);
  });
}

test("a file whose name is not UTF-8 is refused, not left out in silence", async (t) => {
  const folder = await smallTree(t);
  await writeFile(Buffer.concat([Buffer.from(path.join(folder, "worker/caf")), Buffer.from([0xe9, 0x2e, 0x74])]), "");
  await refused(t, folder, /worker\/caf\uFFFD\.t has a name that is not UTF-8/);
});

test("a tree that is too large is refused with the largest files", async (t) => {
  const folder = await smallTree(t);
  await writeFile(path.join(folder, "worker/rows.csv"), Buffer.alloc(20 * 2 ** 20));
  await writeFile(path.join(folder, "worker/more.csv"), Buffer.alloc(15 * 2 ** 20));
  await refused(
    t,
    folder,
    /have 35\.0 MiB, and a bundle 32\.0 MiB at most; the largest are worker\/rows\.csv \(20\.0 MiB\)/,
  );
  await writeFile(path.join(folder, "worker/rows.csv"), Buffer.alloc(33 * 2 ** 20));
  await refused(t, folder, /worker\/rows\.csv has 33\.0 MiB/);
});

test("this project's bundle is what the Dockerfile copies of it, in less than 2 MB", async (t) => {
  const bundle = await createBundle(project);
  const parts = new Set((await namesIn(bundle)).map((name) => name.split("/")[0]!));
  t.deepEqual([...parts].sort(), ["image.fingerprint", ...bundledParts].sort());
  t.true(bundle.bytes.length < 2e6, `${bundle.bytes.length} bytes`);
  const dockerfile = await readFile(path.join(project, "Dockerfile"), "utf8");
  for (const part of bundledParts) t.regex(dockerfile, new RegExp(`^COPY .*\\b${part}\\b`, "m"));
});
