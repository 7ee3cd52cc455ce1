// Loaded into each job before the worker: a host that is gone takes its jobs along, and so does a runner that is killed.
import process from "node:process";
import { isMainThread } from "node:worker_threads";

if (isMainThread && process.channel) {
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
  // The runner's end is waited for beside the job's own work, not instead of its end.
  process.channel.unref();
}
