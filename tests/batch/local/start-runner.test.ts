import { readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { type Folder, folderAt, makeFolder } from "../../../batch/local/folder.ts";
import { lastRunner } from "../../../batch/local/runner-lease.ts";
import { haveRunner, prepareRunner } from "../../../batch/local/start-runner.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

async function emptyFolder(t: ExecutionContext): Promise<Folder> {
  const folder = folderAt(path.join(await temporaryFolder(t), "batch"));
  await makeFolder(folder);
  return folder;
}

const reason = "TypeError: what has ended the last runner: it was a bug\n";

test.serial("a runner that starts leaves what the one before had to say, and its own comes behind it", async (t) => {
  const folder = await emptyFolder(t);
  await writeFile(folder.runnerLog, reason);
  // Two starters, of which each has its own opinion of who is there.
  await Promise.all([prepareRunner(folder), prepareRunner({ ...folder })]);
  await haveRunner(folder, async () => (await lastRunner(folder))?.state === "running");
  const log = await readFile(folder.runnerLog, "utf8");
  t.true(log.startsWith(reason));
  t.regex(log.slice(reason.length), /^(--- a runner starts, \d{4}-\S+Z\n){2}$/);
  while ((await lastRunner(folder))?.state !== "ended") await sleep(100);
});

test.serial("why none starts is what it said itself; a log that is long is put beside a new one", async (t) => {
  const folder = await emptyFolder(t);
  await writeFile(folder.runnerLog, reason.repeat(6000));
  await rm(folder.jobs, { recursive: true });
  await writeFile(folder.jobs, "no folder");
  await rm(folder.inbox, { recursive: true });
  await t.throwsAsync(
    haveRunner(folder, () => Promise.resolve(false)),
    {
      name: "Failure",
      message: `The local runner does not start (Error: ENOENT: no such file or directory, scandir '${folder.inbox}'); its log: ${folder.runnerLog}`,
    },
  );
  t.true((await stat(folder.runnerLog)).size < 20_000);
  t.is((await stat(`${folder.runnerLog}.old`)).size, reason.length * 6000);
});
