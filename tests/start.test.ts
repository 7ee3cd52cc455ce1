import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import test from "ava";

const project = path.resolve(import.meta.dirname, "..");

/** Loaded first by each process that is started: keeps the check from its end. */
const endless = `
import path from "node:path";
import process from "node:process";
if (path.basename(process.argv[1]) === "network") {
  process.stdout.write("checking\\n");
  await new Promise(() => setInterval(() => {}, 1000));
}
`;

for (const [signal, code, reaches] of [
  ["SIGINT", 130, "all processes of the terminal"],
  ["SIGTERM", 143, "npm start alone"],
] as const) {
  test(`${signal} during the check, which ${reaches} get: no batch is run`, async (t) => {
    const preload = `data:text/javascript,${encodeURIComponent(endless)}`;
    const child = spawn(process.execPath, ["start.js"], {
      cwd: project,
      env: { ...process.env, NODE_OPTIONS: `--import ${preload}` },
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    let stdout = "";
    child.stdout.on("data", (bytes) => {
      stdout += bytes;
    });
    await once(child.stdout, "data");
    process.kill(signal === "SIGINT" ? -child.pid! : child.pid!, signal);
    t.deepEqual(await once(child, "close"), [code, null]);
    t.is(stdout, "checking\n");
  });
}
