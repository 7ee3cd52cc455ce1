// Plain JavaScript: worker/index.js starts the thread before it has loaded TypeScript, which the thread does for itself.
import process from "node:process";
import { Worker } from "node:worker_threads";

/** The thread that reads, transforms and encodes. It keeps no process alive by itself. */
export function startThread() {
  const thread = new Worker(new URL("./producer-thread.js", import.meta.url));
  thread.unref();
  // It may fail before anybody listens: that would end the process with a stack in place of a sentence, and whoever
  // listens later would wait for ever. (A thread that ends forgets its listeners, after "exit".)
  thread.once("error", (error) => {
    const tellLater = () =>
      thread.on("newListener", (event, listener) => {
        if (event === "error") queueMicrotask(() => listener(error));
      });
    thread.once("exit", () => process.nextTick(tellLater));
  });
  return thread;
}
