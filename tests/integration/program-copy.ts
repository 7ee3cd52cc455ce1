import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";

const project = path.dirname(path.dirname(import.meta.dirname));

/** A program of this folder as a project of its own elsewhere, so that what Pulumi writes beside it is not in the repository. */
export function programCopy(name: string, folder: string): string {
  const copy = path.join(folder, name);
  mkdirSync(copy);
  cpSync(path.join(import.meta.dirname, "programs", name), copy, { recursive: true });
  symlinkSync(path.join(project, "node_modules"), path.join(copy, "node_modules"));
  return copy;
}
