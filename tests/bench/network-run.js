// A process that does nothing but one measure of tests/bench/network-run.ts, and loads TypeScript as `node network` does.
import process from "node:process";
import { importTypeScript } from "../../worker/typescript.js";

const { measures } = await importTypeScript(new URL("./network-run.ts", import.meta.url));
const [name = "", ...args] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await measures[name](...args)));
