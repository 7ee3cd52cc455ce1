// A Pulumi program under the SDK's mocks, and nothing else: what running it costs at least.
import process from "node:process";
import { pathToFileURL } from "node:url";
import { record } from "../recorded-program.ts";

const [file = ""] = process.argv.slice(2);
await record(() => import(pathToFileURL(file).href), { config: {}, preview: false });
