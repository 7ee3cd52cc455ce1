import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ProgramError } from "./program-error.ts";
import type { Project } from "./project.ts";

/** What is run, and where. */
export interface EntryPoint {
  readonly file: string;
  /** The program's working folder: that of `main` in Pulumi.yaml (pulumi/sdk/go/common/workspace/project.go). */
  readonly directory: string;
  /** Loaded by `import`; else by `require`. */
  readonly isModule: boolean;
  readonly warnings: readonly string[];
}

const indexFiles = ["index.js", "index.mjs", "index.ts", "index.mts", "index.cjs", "index.cts"];

/**
 * `main` of Pulumi.yaml, else `exports` or `main` of package.json, else the index file: as
 * @pulumi/pulumi's cmd/run/run.ts finds it.
 * @throws ProgramError where there is none
 */
export function findEntryPoint(project: Project): EntryPoint {
  const named = project.main === undefined ? project.directory : path.resolve(project.directory, project.main);
  if (!existsSync(named)) throw new ProgramError([`${project.file}: main is ${project.main}, which does not exist.`]);
  const isFolder = statSync(named).isDirectory();
  const directory = isFolder ? named : path.dirname(named);
  const manifest = nearestManifest(directory);
  const warnings: string[] = [];
  const file = isFolder ? programIn(named, manifest, warnings) : named;
  const isModule = /\.m[jt]s$/.test(file) || (manifest.content.type === "module" && !/\.c[jt]s$/.test(file));
  return { file, directory, isModule, warnings };
}

interface Manifest {
  readonly directory: string;
  readonly content: { readonly type?: unknown; readonly main?: unknown; readonly exports?: unknown };
}

function nearestManifest(directory: string): Manifest {
  for (let folder = directory; ; folder = path.dirname(folder)) {
    const file = path.join(folder, "package.json");
    if (existsSync(file)) return { directory: folder, content: parsed(file) };
    if (folder === path.dirname(folder)) return { directory, content: {} };
  }
}

function parsed(file: string): Manifest["content"] {
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof content === "object" && content !== null ? content : {};
  } catch (error) {
    throw new ProgramError([`${file} is not JSON: ${(error as Error).message}.`]);
  }
}

function programIn(folder: string, manifest: Manifest, warnings: string[]): string {
  const entry = manifestEntry(manifest, warnings);
  if (entry === undefined) return indexFile(folder, warnings);
  const isAbove = manifest.directory !== folder;
  if (!isAbove || !indexFiles.some((name) => existsSync(path.join(folder, name)))) return entry;
  const own = indexFile(folder, warnings);
  warnings.push(`Pulumi would run ${entry}, which package.json above ${folder} names; ${own} is run here.`);
  return own;
}

function manifestEntry({ directory, content }: Manifest, warnings: string[]): string | undefined {
  const entry = exportedEntry(content.exports) ?? content.main;
  if (typeof entry !== "string" || entry === "") return undefined;
  const file = path.resolve(directory, entry);
  if (existsSync(file)) return statSync(file).isDirectory() ? indexFile(file, warnings) : file;
  const withExtension = [".js", ".ts", ".mjs", ".mts", ".cjs"]
    .map((end) => file + end)
    .find((each) => existsSync(each));
  if (withExtension !== undefined) return withExtension;
  // Pulumi too goes on with the index file: "main" often names what `tsc` would write.
  warnings.push(`package.json names ${entry}, which does not exist; the index file is run instead.`);
  return undefined;
}

function exportedEntry(exports: unknown): unknown {
  if (typeof exports !== "object" || exports === null) return exports;
  const root = (exports as Record<string, unknown>)["."];
  if (typeof root !== "object" || root === null) return root;
  const { default: fallback, require, import: imported } = root as Record<string, unknown>;
  return fallback ?? require ?? imported;
}

function indexFile(folder: string, warnings: string[]): string {
  const found = indexFiles.filter((name) => existsSync(path.join(folder, name)));
  const [first] = found;
  if (first === undefined) {
    throw new ProgramError([`${folder} has no program: none of ${indexFiles.join(", ")}, and no "main" that exists.`]);
  }
  if (found.includes("index.js") && found.includes("index.ts")) {
    warnings.push(`${folder} has both index.js and index.ts; Pulumi runs index.js.`);
  }
  return path.join(folder, first);
}
