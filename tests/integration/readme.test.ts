import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import test, { type ExecutionContext } from "ava";
import { projectCopy } from "../project-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const project = path.resolve(import.meta.dirname, "../..");

interface Block {
  language: string;
  text: string;
}

async function blocks(): Promise<Block[]> {
  const readme = await readFile(path.join(project, "README.md"), "utf8");
  return [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = "", text = ""]) => ({ language, text }));
}

/** `$ command` lines and the output that is printed below each. */
function commandsOf({ text }: Block): { command: string; output: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...output] = part.split("\n");
      return { command, output: output.join("\n") };
    });
}

/** Numbers, times and names of machines differ; sub-processes side by side end in any order. */
function comparable(output: string, folder: string): string[] {
  return output
    .replaceAll(folder, "/home/me/batch-preflight")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^> |\d rows\/s {2}.* left/.test(line))
    .map((line) =>
      line
        .replace(/:\/\/(\w+):[^@]+@/, "://$1:secret@")
        .replace(/"hostname":"[^"]*"/, '"hostname":"#"')
        .replace(/\d[\d.,:TZ-]*/g, "#")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .sort();
}

async function shell(command: string, cwd: string): Promise<{ code: number; output: string }> {
  return await new Promise((resolve) => {
    // npm's own notices are none of ours.
    const env = { ...process.env, npm_config_loglevel: "error" };
    execFile("bash", ["-c", `${command} 2>&1`], { cwd, env }, (error, stdout) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout }),
    );
  });
}

async function copyOfProject(t: ExecutionContext): Promise<string> {
  const { folder } = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });
  return folder;
}

test("the README's commands print what the README says", async (t) => {
  const folder = await copyOfProject(t);
  let commands = 0;
  for (const block of (await blocks()).filter(({ language }) => language === "console")) {
    for (const { command, output } of commandsOf(block)) {
      // The copy has the dependencies: installing them again would test npm.
      const { code, output: printed } = await shell(command.replace("npm ci && ", ""), folder);
      t.deepEqual(comparable(printed, folder), comparable(output, folder), `$ ${command}`);
      t.is(code, 0, `$ ${command}`);
      commands++;
    }
  }
  t.true(commands >= 13);
});

test("the README's own sub-process loads its file", async (t) => {
  const folder = await copyOfProject(t);
  const [process = "", model = "", migration = ""] = (await blocks())
    .filter(({ language }) => language === "ts")
    .map(({ text }) => text);
  await writeFile(path.join(folder, "cities.csv"), "name,population\nZürich,436332\nAtlantis,unknown\nBern,136988\n");
  await mkdir(path.join(folder, "worker/data/models"), { recursive: true });
  await writeFile(path.join(folder, "worker/processes/cities.ts"), process);
  await writeFile(path.join(folder, "worker/data/models/cities.ts"), model);
  const revision = await shell('(node worker migrate revision "cities" 2>/dev/null)', folder);
  t.is(revision.output, "migrations/0008-cities.ts\n");
  t.is(await readFile(path.join(folder, "migrations/0008-cities.ts"), "utf8"), migration);
  const { code, output } = await shell("node worker --only cities", folder);
  t.is(code, 0, output);
  t.regex(output, /^cities {8}completed: 2 rows written, 3 read, 1 in quarantine/m);
});

test("the README's table of exit codes is the program's", async (t) => {
  const { exitCodes } = await import("../../worker/failure.ts");
  const readme = await readFile(path.join(project, "README.md"), "utf8");
  const rows = [...readme.matchAll(/^\| (\d+) +\| (.*?) +\| (.*?)\|$/gm)].map(([, code, meaning, retry]) => [
    Number(code),
    meaning,
    retry?.trim() === "yes",
  ]);
  t.deepEqual(
    rows,
    Object.values(exitCodes).map(({ code, meaning, retry }) => [code, meaning, retry]),
  );
});
