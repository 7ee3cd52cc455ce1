import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ExecutionContext } from "ava";
import type { ProgramResource } from "../../../../network/adapters/pulumi/resource.ts";
import {
  ProgramError,
  type RecordedProgram,
  type RecordOptions,
  recordProgram,
} from "../../../../network/adapters/pulumi-program.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";

export type Files = Readonly<Record<string, string>>;

const pulumiYaml = "name: lab\nruntime: nodejs\n";

/** Neither the stack nor the Region nor the passphrase that whoever runs the tests works with. */
export const env: NodeJS.ProcessEnv = { PATH: process.env.PATH, HOME: "/nonexistent", AWS_REGION: "eu-west-1" };

/** A folder with these files, and a Pulumi.yaml of project `lab` where they have none. */
export async function folderOf(t: ExecutionContext, files: Files): Promise<string> {
  const folder = await temporaryFolder(t);
  for (const [name, text] of Object.entries({ "Pulumi.yaml": pulumiYaml, ...files })) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

/** Lets the folder's program find the packages of this project as its own. */
export async function linkPackages(folder: string): Promise<void> {
  await symlink(path.resolve(import.meta.dirname, "../../../../node_modules"), path.join(folder, "node_modules"));
}

type Options = Partial<RecordOptions>;

const silence = { write: () => true };

/** Records what the files declare. */
export async function record(t: ExecutionContext, files: Files, options: Options = {}): Promise<RecordedProgram> {
  return await recordProgram({ directory: await folderOf(t, files), env, output: silence, ...options });
}

/** The faults for which the files can't be recorded, their folder written as DIR. */
export async function faultsOf(t: ExecutionContext, files: Files, options: Options = {}): Promise<readonly string[]> {
  const directory = options.directory ?? (await folderOf(t, files));
  const recording = recordProgram({ env, output: silence, ...options, directory });
  const error = await t.throwsAsync(recording, { instanceOf: ProgramError });
  return error?.faults.map((fault) => fault.replaceAll(directory, "DIR")) ?? [];
}

/** The one resource of that logical name. */
export function resource({ resources }: RecordedProgram, name: string): ProgramResource {
  const found = resources.filter((each) => each.name === name);
  if (found.length !== 1) throw new Error(`${found.length} resources are called ${name}`);
  return found[0]!;
}
