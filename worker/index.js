// Entry of `node worker`.
import process from "node:process";
import { loadFault } from "./load-fault.js";
import { startThread } from "./processes/execution/start-thread.js";
import { importTypeScript } from "./typescript.js";

// A run needs the reading thread; it takes as long to load as all the rest, and so begins first.
const words = process.argv.slice(2);
const asks = words.some((word) => ["--help", "-h", "--version"].includes(word));
const runs = !asks && (words[0] === undefined || words[0].startsWith("-") || words[0] === "run");
const thread = runs ? startThread() : undefined;

try {
  const { main } = await importTypeScript(new URL("./cli/main.ts", import.meta.url));
  await main(process, thread);
} catch (error) {
  const fault = loadFault(error);
  if (fault === undefined) throw error;
  process.stderr.write(`${fault}\n`);
  process.exitCode = 2;
}
