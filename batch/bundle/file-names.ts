import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { gitEnvironment } from "../git-environment.ts";

/** What the Dockerfile copies of the code, and a bundle replaces. */
export const bundledParts: readonly string[] = ["migrations", "package.json", "worker"];

/** Where a bundle starts: without it none is one. */
export const entryFile = "worker/index.js";

/**
 * Files of the bundled parts, by their paths with slashes, each once and in an order that depends on no language: those that
 * Git knows and those that it does not know yet, but none that it ignores. Without Git, or outside of its working trees, all
 * that there are.
 */
export async function fileNames(project: string): Promise<string[]> {
  const listed = (await namesByGit(project)) ?? [];
  // A copy of the project that lies in somebody's ignored folder: Git tells of none of its files.
  const names = listed.includes(entryFile) ? listed : await namesByFolder(project);
  return [...new Set(names)].sort((one, other) => (one < other ? -1 : 1));
}

/** @returns undefined: Git can't tell */
async function namesByGit(project: string): Promise<string[] | undefined> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...bundledParts];
  // Files may be another user's (a container's mount), whose programs must not be run for that.
  const trust = ["-c", "safe.directory=*", "-c", "core.fsmonitor=false"];
  try {
    const options = { cwd: project, env: gitEnvironment(process.env), maxBuffer: 2 ** 26 };
    const { stdout } = await promisify(execFile)("git", [...trust, ...args], options);
    return stdout.split("\0").filter((name) => name !== "");
  } catch {
    return undefined;
  }
}

async function namesByFolder(project: string): Promise<string[]> {
  const names: string[] = [];
  const visit = async (folder: string) => {
    for (const entry of await readdir(path.join(project, folder), { withFileTypes: true })) {
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (folder === "" && !bundledParts.includes(name)) continue;
      // As Git, which enters neither.
      if (entry.name === ".git" || entry.name === "node_modules") continue;
      if (entry.isDirectory()) await visit(name);
      else names.push(name);
    }
  };
  await visit("");
  return names;
}
