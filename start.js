// `npm start`: proves the network of the program, then runs the batch on this machine, and says what both found.
import { spawn } from "node:child_process";
import process from "node:process";

/**
 * Runs a command of this project; what it prints is passed on.
 * @param {string[]} argv
 * @returns {Promise<{code: number, isStopped: boolean, last: string}>} its exit code, whether a signal ended it, and the
 * last line that it has printed
 */
function run(argv) {
  const child = spawn(process.execPath, argv, { cwd: import.meta.dirname, stdio: ["inherit", "pipe", "inherit"] });
  // Ctrl-C reaches the child by itself, SIGTERM only this process; the child ends politely, and this process after it.
  const forward = () => child.kill("SIGTERM");
  const wait = () => {};
  process.on("SIGTERM", forward).on("SIGINT", wait);
  let last = "";
  let rest = "";
  child.stdout.on("data", (bytes) => {
    process.stdout.write(bytes);
    const lines = `${rest}${bytes}`.split("\n");
    rest = lines.pop() ?? "";
    last = lines.findLast((line) => line.trim() !== "") ?? last;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGTERM", forward).off("SIGINT", wait);
      resolve({
        code: code ?? (signal === "SIGINT" ? 130 : 143),
        isStopped: signal !== null,
        last: rest.trim() === "" ? last : rest,
      });
    });
  });
}

const check = await run(["network", "check"]);
// Who stops the check does not want the batch.
if (check.isStopped) process.exit(check.code);
process.stdout.write("\n");
const batch = await run(["worker", "--env", "local", ...process.argv.slice(2)]);
const found = { 0: "all proved", 1: "a job would hang", 2: "not checked", 3: "not all proved" };
const network = Reflect.get(found, check.code) ?? `ended with exit code ${check.code}`;
const counts = check.last === "" ? "" : ` (${check.last})`;
const rows = batch.code === 0 ? "complete" : `ended with exit code ${batch.code}`;
process.stdout.write(`\nNetwork: ${network}${counts}. Batch: ${rows}.\n`);
process.exitCode = batch.code || check.code;
