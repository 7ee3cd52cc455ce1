import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { command } from "../../../network/cli/check.ts";
import { writeOutput } from "../../../network/cli/output-file.ts";
import { Failure } from "../../../worker/failure.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const lab = path.resolve(import.meta.dirname, "../../fixtures/labs/aws_vpc_endpoints");

/** `node network check` in this process, on one flow that is reachable and one that is not. */
async function check(
  t: ExecutionContext,
  args: readonly string[],
  { isTTY = false, env = {} }: { isTTY?: boolean; env?: NodeJS.ProcessEnv } = {},
) {
  const folder = await temporaryFolder(t);
  const flows = path.join(folder, "flows.jsonl");
  const to = (destination: string) => ({ source: "10.1.1.100", destination, protocol: "tcp", port: 443 });
  await writeFile(flows, [to("8.8.8.8"), to("10.1.1.126")].map((flow) => JSON.stringify(flow)).join("\n"));
  const [stdout, stderr]: [unknown[], unknown[]] = [[], []];
  const code = await command(["--snapshot", `${lab}/aws_configs`, "--flows", flows, ...args], {
    stdout: { isTTY, write: (piece: unknown) => stdout.push(piece) > 0 },
    stderr: { write: (piece: unknown) => stderr.push(piece) > 0 },
    env,
  });
  return { code, stdout: stdout.join(""), stderr: stderr.join("") };
}

for (const [title, args, at, hasColors] of [
  ["a terminal", [], { isTTY: true }, true],
  ["a terminal with NO_COLOR", [], { isTTY: true, env: { NO_COLOR: "1" } }, false],
  ["a file or pipe", [], {}, false],
  ["a terminal with --json", ["--json"], { isTTY: true }, false],
  ["a terminal with --format junit", ["--format", "junit"], { isTTY: true }, false],
  ["a terminal with --format markdown", ["--format", "markdown"], { isTTY: true }, false],
] as const) {
  test(`${hasColors ? "colours" : "no colours"} on ${title}`, async (t) => {
    const { stdout } = await check(t, args, at);
    t.is(stdout.includes("\u001b"), hasColors);
  });
}

for (const [format, start] of [
  ["text", /^reachable {5}10\.1\.1\.100 -> 8\.8\.8\.8 tcp\/443\n/],
  ["json", /^\{"source":"10\.1\.1\.100",/],
  ["junit", /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /],
  ["markdown", /^## Network check\n/],
] as const) {
  test(`--out gets what stdout would: ${format}`, async (t) => {
    const file = path.join(await temporaryFolder(t), "report");
    const direct = await check(t, ["--format", format]);
    const { code, stdout, stderr } = await check(t, ["--format", format, "--out", file], { isTTY: true });
    t.is(code, 1);
    t.is(stdout, "");
    t.is(stderr, `2 flows: 1 as expected, 1 not as expected; written to ${file}\n`);
    t.regex(direct.stdout, start);
    t.is(direct.stderr, "");
    t.is(await readFile(file, "utf8"), direct.stdout);
    t.deepEqual(await readdir(path.dirname(file)), ["report"]);
  });
}

test("--json and another format are one too many", async (t) => {
  const failure = await t.throwsAsync(check(t, ["--json", "--format", "junit"]), { instanceOf: Failure });
  t.is(failure?.message, "--json and --format junit are two formats. See: node network check --help");
  t.is((await check(t, ["--json", "--format", "json"])).code, 1);
});

test("a file that can't be written is one sentence: 2", async (t) => {
  const folder = await temporaryFolder(t);
  for (const [file, reason] of [
    [`${folder}/none/report`, "ENOENT: no such file or directory"],
    [folder, "EISDIR: illegal operation on a directory"],
  ] as const) {
    const failure = await t.throwsAsync(check(t, ["--out", file]), { instanceOf: Failure });
    t.is(failure?.exitCode, 2);
    t.is(failure?.message, `--out ${file} can't be written: ${reason}`);
  }
});

test("what was there stays as it is until all of it is written, and when that fails", async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, "report");
  await writeFile(file, "old");
  await chmod(file, 0o600);
  function* failing() {
    yield "new";
    throw new Error("half-way");
  }
  t.throws(() => writeOutput(file, failing()), { message: "half-way" });
  t.is(await readFile(file, "utf8"), "old");
  t.deepEqual(await readdir(folder), ["report"]);
  writeOutput(file, ["new ", "text"]);
  t.is(await readFile(file, "utf8"), "new text");
  t.is((await stat(file)).mode & 0o777, 0o600);
});

test("a link stays a link, a device a device", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(path.join(folder, "elsewhere"));
  const target = path.join(folder, "elsewhere/report");
  await writeFile(target, "old");
  await symlink(target, path.join(folder, "link"));
  writeOutput(path.join(folder, "link"), ["new"]);
  t.is(await readlink(path.join(folder, "link")), target);
  t.is(await readFile(target, "utf8"), "new");
  writeOutput("/dev/null", ["nothing"]);
  t.true((await stat("/dev/null")).isCharacterDevice());
});
