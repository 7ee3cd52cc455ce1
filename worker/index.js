// Entry of `node worker`.
import process from "node:process";
import { startThread } from "./processes/execution/start-thread.js";
import { importTypeScript } from "./typescript.js";

// A run needs the reading thread; it takes as long to load as all the rest, and so begins first.
const words = process.argv.slice(2);
const runs = (words[0] === undefined || words[0].startsWith("-") || words[0] === "run") && !words.includes("--help");
const thread = runs ? startThread() : undefined;

const { main } = await importTypeScript(new URL("./cli/main.ts", import.meta.url));
await main(process, thread);
