// Entry of the process that runs a program: packages first, then TypeScript. With tsx in place each of the thousand
// files of the Pulumi packages would pass through it, which takes twice as long.
import module, { createRequire } from "node:module";
import process from "node:process";

// Node.js 22 keeps compiled code from run to run.
if ("enableCompileCache" in module) /** @type {() => void} */ (module.enableCompileCache)();

const { entryPoint } = JSON.parse(process.argv[2] ?? "{}");
const [theirs, ours] = [createRequire(entryPoint), createRequire(import.meta.url)];
const from = canResolve(theirs, "@pulumi/pulumi") ? theirs : ours;
for (const name of ["@pulumi/pulumi", "@pulumi/aws"]) if (canResolve(from, name)) from(name);

// @ts-expect-error: tsx has no types.
await import("tsx");
await import("./main.ts");

/** @param {NodeJS.Require} require @param {string} name */
function canResolve(require, name) {
  try {
    return require.resolve(name) !== "";
  } catch {
    return false;
  }
}
