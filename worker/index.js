// Entry of `node worker`. Node 22.18 and newer run TypeScript as it stands; older ones need tsx's loader.
import module from "node:module";
import process from "node:process";
import { startThread } from "./processes/execution/start-thread.js";

// A run needs the reading thread; it takes as long to load as all the rest, and so begins first.
const words = process.argv.slice(2);
const runs = (words[0] === undefined || words[0].startsWith("-") || words[0] === "run") && !words.includes("--help");
const thread = runs ? startThread() : undefined;

// @ts-expect-error: newer than the types of the oldest Node that is supported
const { typescript } = process.features;
if (typescript) {
  // @ts-expect-error: as above
  module.enableCompileCache();
} else {
  const { register } = await import("tsx/esm/api");
  register();
}
const { main } = await import("./cli/main.ts");
await main(process, thread);
