// A process that watches a job at many times its speed, as `node batch watch` does, and tells what that took.
import process from "node:process";
import { importTypeScript } from "../../worker/typescript.js";

const { watchFast } = await importTypeScript(new URL("./watch-run.ts", import.meta.url));
const [jobId, speed] = process.argv.slice(2);
process.stdout.write(JSON.stringify(await watchFast(jobId, Number(speed))));
process.exit(0);
