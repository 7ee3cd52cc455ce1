// Entry of `node batch`.
import process from "node:process";
import { loadFault } from "../worker/load-fault.js";
import { importTypeScript } from "../worker/typescript.js";

try {
  const { main } = await importTypeScript(new URL("./cli/main.ts", import.meta.url));
  await main(process);
} catch (error) {
  const fault = loadFault(error);
  if (fault === undefined) throw error;
  process.stderr.write(`${fault}\n`);
  process.exitCode = 2;
}
