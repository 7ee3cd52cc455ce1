// Entry of the image: the worker of the bundle that the job names, or the image's own.
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { importTypeScript } from "../typescript.js";
import { stopUntilWorker } from "./stop-until-worker.js";

const stop = stopUntilWorker(process);

/** @returns {Promise<string | undefined>} URL of the worker to run; undefined: none, and why was said */
async function worker() {
  if ((process.env.BATCH_PREFLIGHT_BUNDLE ?? "") === "") return new URL("../index.js", import.meta.url).href;
  const { main } = await importTypeScript(new URL("./main.ts", import.meta.url));
  /** @type {string | undefined} */
  const folder = await main(process, stop.fetching);
  return folder && pathToFileURL(path.join(folder, "worker/index.js")).href;
}

const url = await worker();
if (url !== undefined) {
  stop.loading();
  // In this process: signals and exit codes are the worker's own, and no second process waits in memory.
  await import(url);
}
