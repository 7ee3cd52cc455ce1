// A process that loads the policy pack's parts as its entry does, and judges the resources of two files.
import process from "node:process";
import { importTypeScript } from "../../worker/typescript.js";

const { judge } = await importTypeScript(new URL("./preflight-run.ts", import.meta.url));
process.stdout.write(JSON.stringify(await judge(...process.argv.slice(2))));
