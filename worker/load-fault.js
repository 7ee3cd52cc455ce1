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
  const missing = missingPackage(error.message);
  if (missing !== undefined) return `${missing} not installed; run: npm ci`;
  const [, file = "", line] = error.message.match(/^(.*):(\d+):\d+: ERROR: Top-level await /m) ?? [];
  if (line === undefined) return syntaxFault(error);
  const name = path.relative(project, file);
  return `${name} has an await outside of a function, at line ${line}, which Node ${process.versions.node} can't load here; put it into a function, or use Node 22.18 or newer.`;
}

/**
 * What is no TypeScript: esbuild names file and line in its message, Node (SyntaxError) above the stack.
 * @param {Error} error
 * @returns {string | undefined} undefined: it is something else, or not in a file of this project
 */
function syntaxFault({ name, message, stack = "" }) {
  const [, ofEsbuild, at, what] = message.match(/^(.*):(\d+:\d+): ERROR: (.*)$/m) ?? [];
  const [, ofNode = "", line] = (name === "SyntaxError" && stack.match(/^(file:\/\/.*|\/.*):(\d+)\n/)) || [];
  const file = ofEsbuild ?? (ofNode.startsWith("file:") ? fileURLToPath(ofNode) : ofNode);
  const isOurs = file.startsWith(project) && !file.includes(`${path.sep}node_modules${path.sep}`);
  if (!isOurs) return undefined;
  return `${path.relative(project, file)}:${at ?? line} can't be read: ${(what ?? message).replace(/\.$/, "")}.`;
}

/**
 * What is missing of what `npm ci` installs. A path that leads nowhere, or a package that package.json does not name, is a bug;
 * so is one of development that the worker asks for: its image has none. By the message: on its way out of a thread an error
 * loses its code.
 * @param {string} message
 * @returns {string | undefined} the beginning of a sentence
 */
function missingPackage(message) {
  const all = "The packages are";
  const [, wanted] = message.match(/^Cannot find (?:module|package) '([^']+)'/) ?? [];
  if (wanted === undefined) return undefined;
  const [, importer = ""] = message.match(/(?:imported from |Require stack:\n- )(.*)/) ?? [];
  // An installation that was cut off lacks files, and packages of packages.
  if (`${wanted}\n${importer}`.includes(`${path.sep}node_modules${path.sep}`)) return all;
  const { dependencies, devDependencies } = JSON.parse(readFileSync(path.join(project, "package.json"), "utf8"));
  /** @param {Record<string, string>} packages */
  const isOneOf = (packages) => Object.keys(packages).some((name) => wanted === name || wanted.startsWith(`${name}/`));
  if (isOneOf(dependencies)) return all;
  if (importer.startsWith(path.join(project, "worker", path.sep)) || !isOneOf(devDependencies)) return undefined;
  return `The package ${wanted} is left out (npm ci --omit=dev) or`;
}
