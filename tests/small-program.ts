import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "./temporary-folder.ts";

const project = path.dirname(import.meta.dirname);

/** A Pulumi program with a stack `dev`, that declares what `source` says. @returns its folder */
export async function smallProgram(t: ExecutionContext, source: string): Promise<string> {
  const folder = path.join(await temporaryFolder(t), "program");
  await mkdir(folder);
  await symlink(path.join(project, "node_modules"), path.join(folder, "node_modules"));
  await writeFile(path.join(folder, "package.json"), '{"type": "module", "main": "index.js"}');
  await writeFile(path.join(folder, "Pulumi.yaml"), "name: small\nruntime: nodejs\n");
  await writeFile(path.join(folder, "Pulumi.dev.yaml"), "config:\n  aws:region: eu-west-1\n");
  await writeFile(path.join(folder, "index.js"), `import * as aws from "@pulumi/aws";\n${source}`);
  return folder;
}
