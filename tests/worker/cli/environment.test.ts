import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import test from "ava";
import { loadEnvironment } from "../../../worker/cli/environment.ts";
import { Failure } from "../../../worker/failure.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

test("the file's settings hold, and the process's own environment wins over them", async (t) => {
  const project = await temporaryFolder(t);
  await writeFile(
    path.join(project, ".env.local"),
    `# a comment\n\nexport WORKER_LIMIT = 10 # rows\r\nA="two\nlines"\nB='x # y'\nEMPTY=\nPATH=/nowhere\nLAST=3`,
  );

  t.deepEqual(
    { ...loadEnvironment("local", { project, env: { PATH: "/bin" } }) },
    { WORKER_LIMIT: "10", A: "two\nlines", B: "x # y", EMPTY: "", PATH: "/bin", LAST: "3" },
  );
});

for (const [what, text, line, fault] of [
  ["a line that was cut off in its name", "A=1\nDATABASE_UR", 2, "it does not have the form NAME=VALUE"],
  ["a line without a name", "=1", 1, "it does not have the form NAME=VALUE"],
  ["a name with a blank", "A B=1", 1, "it does not have the form NAME=VALUE"],
  ["a quote that was cut off", "A='1\nB=2\n", 1, "its ' is never closed"],
  ["a quote that was cut off after lines", '# x\nA=1\nB="\n\nC', 3, 'its " is never closed'],
  ["zeros, as after a power loss", "A=1\n\0\0\0\0", 2, "it does not have the form NAME=VALUE"],
  ["zeros in a value", "A=1\0\0", 1, "it does not have the form NAME=VALUE"],
] as const) {
  test(`${what} is told with file and line`, async (t) => {
    const project = await temporaryFolder(t);
    const file = path.join(project, ".env.local");
    await writeFile(file, text);

    const { message, kind } = t.throws(() => loadEnvironment("local", { project, env: {} }), { instanceOf: Failure })!;

    t.is(kind, "usage");
    t.is(message, `The environment file ${file} is broken at line ${line}: ${fault}; complete or delete that line.`);
  });
}

test("a missing file is told", async (t) => {
  const project = await temporaryFolder(t);
  const { message, kind } = t.throws(() => loadEnvironment("aws", { project, env: {} }), { instanceOf: Failure })!;
  t.is(kind, "usage");
  t.is(message, `The environment file ${project}/.env.aws does not exist; write it, if only with a comment.`);
});

test("an unreadable file is told, with what the system says", async (t) => {
  const project = await temporaryFolder(t);
  await mkdir(path.join(project, ".env.aws"));
  await writeFile(path.join(project, ".env.local"), Buffer.from([0x41, 0x3d, 0xff, 0xfe]));
  const read = (name: string) =>
    t.throws(() => loadEnvironment(name, { project, env: {} }), { instanceOf: Failure })!.message;
  t.regex(read("aws"), /^The environment file \S+\.env\.aws can't be read \(EISDIR: .*\); write it/);
  t.regex(
    read("local"),
    /^The environment file \S+\.env\.local can't be read \(.*encoded data was not valid.*\); write/,
  );
});
