import { mkdir, readdir, realpath, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import test, { type ExecutionContext } from "ava";
import { loadFault } from "../../worker/load-fault.js";
import { runBatch } from "../batch-process.ts";
import { testDatabase } from "../database.ts";
import { type ProjectCopy, projectCopy } from "../project-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const notInstalled = "The packages are not installed; run: npm ci\n";

async function copy(t: ExecutionContext): Promise<ProjectCopy> {
  return await projectCopy(t, await temporaryFolder(t), { binaries: "absent" });
}

test("without its packages every command says what installs them", async (t) => {
  const { folder, worker } = await copy(t);
  await rm(path.join(folder, "node_modules"), { recursive: true });
  for (const args of [[], ["--help"], ["-h"], ["--version"], ["list"], ["--only", "airports", "--json"]]) {
    t.deepEqual(await worker(args), { code: 2, stdout: "", stderr: notInstalled }, args.join(" "));
  }
});

for (const name of ["meow", "valibot", "pino"]) {
  test(`${name} missing alone is told in the same way`, async (t) => {
    const { folder, worker } = await copy(t);
    await rm(path.join(folder, "node_modules", name));
    t.deepEqual(await worker([]), { code: 2, stdout: "", stderr: notInstalled });
  });
}

test("so is what only the reading thread needs, by the sub-process that needs it", async (t) => {
  const { folder, worker } = await copy(t);
  const { url } = await testDatabase(t);
  await rm(path.join(folder, "node_modules", "hyparquet"));
  const { code, stderr } = await worker(["--only", "flights", "--limit", "5"], { env: { DATABASE_URL: url } });
  t.deepEqual({ code, stderr }, { code: 2, stderr: `flights       failed: ${notInstalled}` });
});

test("a thread that fails before anybody listens is not waited for", async (t) => {
  const { folder, worker } = await copy(t);
  const { url } = await testDatabase(t);
  await rm(path.join(folder, "worker/processes/execution/producer-thread.js"));
  const { code, stderr } = await worker(["--only", "flights", "--limit", "5"], { env: { DATABASE_URL: url } });
  t.is(code, 1);
  t.regex(stderr, /^flights {7}failed: Cannot find module '.*producer-thread\.js'/);
});

test("a wrong import of our own is a bug, with its stack", async (t) => {
  const { folder, worker } = await copy(t);
  await writeFile(path.join(folder, "worker/processes/cities.ts"), 'import "./town.ts";\nexport default {};\n');
  const { code, stderr } = await worker(["list"]);
  t.is(code, 1);
  t.regex(stderr, /town\.ts[\s\S]*\n {4}at /);
});

test("a sub-process that awaits outside of a function is told where Node can't load it", async (t) => {
  const { folder, worker } = await copy(t);
  const text = "const one: number = await Promise.resolve(1);\nexport default { one };\n";
  await writeFile(path.join(folder, "worker/processes/cities.ts"), text);
  const said = Reflect.get(process.features, "typescript")
    ? "worker/processes/cities.ts exports no definition by default; see README.md.\n"
    : `worker/processes/cities.ts has an await outside of a function, at line 1, which Node ${process.versions.node} can't load here; put it into a function, or use Node 22.18 or newer.\n`;
  t.deepEqual(await worker(["list"]), { code: 2, stdout: "", stderr: said });
});

test("a sub-process with a slip of the pen is told with its line, and nothing is submitted", async (t) => {
  const { folder, worker } = await copy(t);
  const { url } = await testDatabase(t);
  await writeFile(path.join(folder, "worker/processes/cities.ts"), "\nexport default functio () {};\n");
  const said = /^worker\/processes\/cities\.ts:2(:\d+)? can't be read: .*\.\n$/;
  for (const { code, stdout, stderr } of [
    await worker(["list"]),
    await worker(["--env", "local", "--only", "airports"], {
      env: { DATABASE_URL: url },
    }),
    await runBatch(folder, ["submit", "--env", "local"]),
  ]) {
    t.is(code, 2, stderr);
    t.is(stdout, "");
    t.regex(stderr, said);
  }
});

test("node batch asks on AWS for what an installation of the worker alone leaves out", async (t) => {
  const { folder } = await copy(t);
  const scope = path.join(folder, "node_modules", "@aws-sdk");
  const installed = await realpath(scope);
  await rm(scope);
  await mkdir(scope);
  for (const name of await readdir(installed)) {
    if (name !== "client-batch") await symlink(path.join(installed, name), path.join(scope, name));
  }
  const { code, stdout, stderr } = await runBatch(folder, ["submit"]);
  t.deepEqual(
    { code, stdout, stderr },
    {
      code: 2,
      stdout: "",
      stderr: "The package @aws-sdk/client-batch is left out (npm ci --omit=dev) or not installed; run: npm ci\n",
    },
  );
});

const own = fileURLToPath(new URL("../..", import.meta.url));
const here = "/project/worker/cli/flags.ts";
const cases: readonly (readonly [what: string, message: string, isMissing: boolean])[] = [
  ["a package, by import", `Cannot find package 'meow' imported from ${here}`, true],
  ["a package, by require", `Cannot find module 'tsx/cjs/api'\nRequire stack:\n- ${here}`, true],
  [
    "a package of a package",

    "Cannot find module 'inflection'\nRequire stack:\n- /project/node_modules/sequelize/lib/utils.js",
    true,
  ],
  [
    "a package that nobody named",

    `Cannot find package 'left-pad' imported from ${here}`,
    false,
  ],
  [
    "a package of development that the worker asks for",
    `Cannot find package 'ava' imported from ${own}worker/x.ts`,
    false,
  ],
  ["a package of development", `Cannot find package 'ava' imported from ${own}batch/x.ts`, true],
  ["a file of ours", `Cannot find module '/project/worker/x.ts' imported from ${here}`, false],
];
for (const [what, message, isMissing] of cases) {
  test(`npm ci ${isMissing ? "helps" : "does not help"} where ${what} is missing`, (t) => {
    t.is(loadFault(new Error(message)) !== undefined, isMissing);
  });
}
