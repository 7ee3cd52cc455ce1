// Plain JavaScript, without packages: it speaks where those are missing and TypeScript can't be loaded.
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));

/**
 * What a person can do about a module that did not load, in a sentence: usage, not a bug.
 * @param {unknown} error
 * @returns {string | undefined} undefined: a bug, and its stack is what helps
 */
export function loadFault(error) {
  if (!(error instanceof Error)) return undefined;
  if (isMissingPackage(error.message)) return "The packages are not installed; run: npm ci";
  const [, file = "", line] = error.message.match(/^(.*):(\d+):\d+: ERROR: Top-level await /m) ?? [];
  if (line === undefined) return undefined;
  const name = path.relative(project, file);
  return `${name} has an await outside of a function, at line ${line}, which Node ${process.versions.node} can't load here; put it into a function, or use Node 22.18 or newer.`;
}

/**
 * Whether it is one that `npm ci` installs. A path that leads nowhere, or a package that package.json does not name, is
 * a bug. By the message: on its way out of a thread an error loses its code.
 * @param {string} message
 */
function isMissingPackage(message) {
  const [, wanted] = message.match(/^Cannot find (?:module|package) '([^']+)'/) ?? [];
  if (wanted === undefined) return false;
  const [, importer = ""] = message.match(/(?:imported from |Require stack:\n- )(.*)/) ?? [];
  // An installation that was cut off lacks files, and packages of packages.
  if (`${wanted}\n${importer}`.includes(`${path.sep}node_modules${path.sep}`)) return true;
  const { dependencies } = JSON.parse(readFileSync(path.join(project, "package.json"), "utf8"));
  return Object.keys(dependencies).some((name) => wanted === name || wanted.startsWith(`${name}/`));
}
