// The local runner as a process of its own: node batch/local/runner.js batch-preflight-runner FOLDER. It goes on when who started it has ended.
import { availableParallelism } from "node:os";
import process from "node:process";
import { importTypeScript } from "../../worker/typescript.js";

const [, root = ""] = process.argv.slice(2);
const [{ runJobs }, { launcher, projectFolder }, { folderAt }] = [
  await importTypeScript(new URL("./runner.ts", import.meta.url)),
  await importTypeScript(new URL("./job-process.ts", import.meta.url)),
  await importTypeScript(new URL("./folder.ts", import.meta.url)),
];
// A terminal that closes is none of its business.
process.on("SIGHUP", () => {});
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop.abort());
await runJobs({
  folder: folderAt(root),
  capacity: availableParallelism(),
  launch: launcher(projectFolder, Date.now),
  clock: Date.now,
  pollMilliseconds: 25,
  idleMilliseconds: 3000,
  log: (/** @type {string} */ fault) => console.error(`${new Date().toISOString()} ${fault}`),
  stop: stop.signal,
});
