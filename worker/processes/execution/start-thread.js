// Plain JavaScript: worker/index.js starts the thread before it has loaded TypeScript, which the thread does for itself.
import { Worker } from "node:worker_threads";

/** The thread that reads, transforms and encodes. It keeps no process alive by itself. */
export function startThread() {
  const thread = new Worker(new URL("./producer-thread.js", import.meta.url));
  thread.unref();
  return thread;
}
