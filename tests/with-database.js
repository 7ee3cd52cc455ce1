// Runs a command, as `node tests/with-database.js ava`, with the tests' database server up, and stops that server afterwards.
import { spawn } from "node:child_process";
import process from "node:process";

if (!Reflect.get(process.features, "typescript")) (await import("tsx/esm/api")).register();
const { startTestServer, testServer } = await import("./database.ts");

const [command = "", ...args] = process.argv.slice(2);
await startTestServer();
const child = spawn(command, args, { stdio: "inherit" });
// The command decides what a signal means; we only outlive it, to stop the server. A terminal's Ctrl-C it has already got.
/** @type {NodeJS.Signals[]} */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
for (const signal of signals) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
const [code, signal] = await new Promise((resolve) => {
  child.on("error", (error) => {
    console.error(error.message);
    resolve([127, null]);
  });
  child.on("exit", (...end) => resolve(end));
});
await testServer.stop();
if (signal !== null) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
process.exitCode = code;
