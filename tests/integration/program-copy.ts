import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";

const project = path.dirname(path.dirname(import.meta.dirname));

/** A program of this folder as a project of its own elsewhere, so that what Pulumi writes beside it is not in the repository. */
export function programCopy(name: string, folder: string): string {
  return copyOf(path.join(import.meta.dirname, "programs", name), ["."], path.join(folder, name));
}

/** This project's own program likewise; where the config says so (`test:broken`), with a fault that no argument could make. */
export function projectProgramCopy(folder: string): string {
  const files = readdirSync(project).filter((name) => /^Pulumi.*\.yaml$|\.ts$|^package\.json$/.test(name));
  const copy = copyOf(project, ["batch", "network", "worker", ...files], path.join(folder, "project"));
  writeFileSync(path.join(copy, "fault.ts"), readFileSync(path.join(import.meta.dirname, "programs", "fault.ts")));
  const index = path.join(copy, "index.ts");
  writeFileSync(index, `import "./fault.ts";\n${readFileSync(index, "utf8")}`);
  return copy;
}

function copyOf(from: string, parts: readonly string[], copy: string): string {
  mkdirSync(copy);
  for (const part of parts) cpSync(path.join(from, part), path.join(copy, part), { recursive: true });
  symlinkSync(path.join(project, "node_modules"), path.join(copy, "node_modules"));
  return copy;
}
