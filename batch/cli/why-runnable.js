// Why a job stays in RUNNABLE, said by a process of its own: Pulumi and the program take twice the memory of a watch, once.
// The question comes on stdin, as JSON.
import process from "node:process";
import { json } from "node:stream/consumers";
import { importTypeScript } from "../../worker/typescript.js";

const { whyRunnable } = await importTypeScript(new URL("./why-runnable.ts", import.meta.url));
const question = await json(process.stdin);
process.stdout.write(await whyRunnable({ .../** @type {object} */ (question), env: process.env }));
