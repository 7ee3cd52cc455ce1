import path from "node:path";
import process from "node:process";
import type { ProgramResource, Properties } from "./pulumi/resource.ts";
import type { Ids, ProgramMessage } from "./pulumi-program/child/protocol.ts";
import { findEntryPoint } from "./pulumi-program/entry-point.ts";
import { readProject } from "./pulumi-program/project.ts";
import { regionOf } from "./pulumi-program/region.ts";
import { runProgram } from "./pulumi-program/run.ts";
import { stackConfig } from "./pulumi-program/stack-config.ts";
import { readStackFile } from "./pulumi-program/stack-file.ts";

export { ProgramError } from "./pulumi-program/program-error.ts";
export type { Ids, ProgramMessage };

export interface RecordOptions {
  /** The folder of Pulumi.yaml. */
  readonly directory: string;
  /** Which `Pulumi.STACK.yaml`; without it the selected one, else the only one, else `dev`. */
  readonly stack?: string | undefined;
  /** Default `known`. */
  readonly ids?: Ids;
  /** What the program sees as `process.env`; default this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** What the program says by `pulumi.log`, as it comes. */
  readonly onMessage?: (message: ProgramMessage) => void;
  /** Where the program's own standard output and error go; default this process's standard error. */
  readonly output?: Pick<NodeJS.WritableStream, "write">;
  /** After how many seconds a program that has not ended is given up. Default 60. */
  readonly timeLimit?: number;
}

/** What a program declares in one of its stacks. */
export interface RecordedProgram {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  /** Of the resources without an explicit provider. */
  readonly region: string;
  /** In order of registration; the stack itself and looked-up resources (`isRead`) among them. */
  readonly resources: readonly ProgramResource[];
  /** The stack's outputs; secrets are `[secret]`. */
  readonly outputs: Properties;
  /** What could make the record differ from what `pulumi up` does, and what the program warned of. */
  readonly warnings: readonly string[];
}

/**
 * Runs a Pulumi program for Node.js with no engine, no credentials and no network, and records its resources. It runs
 * in a process of its own: whatever it does to its working folder, its output or its process stays there.
 * @throws ProgramError with every fault in the files or of the program
 */
export async function recordProgram(options: RecordOptions): Promise<RecordedProgram> {
  const { env = process.env, ids = "known", output = process.stderr, timeLimit = 60, onMessage } = options;
  const project = readProject(path.resolve(options.directory));
  const stack = readStackFile(project, options.stack, env);
  const config = await stackConfig(project, stack, env);
  const entryPoint = findEntryPoint(project);
  const { region, isAssumed } = regionOf(config.values, env);
  const warnings = [
    ...entryPoint.warnings,
    ...config.sealedKeys.map(
      (key) => `${stack.file}: ${key} is sealed by a key that is not here; a placeholder stands for it.`,
    ),
    ...(isAssumed ? [`No Region is set (aws:region in ${stack.file}, or AWS_REGION); ${region} is assumed.`] : []),
  ];
  const { resources, outputs } = await runProgram({
    project,
    stack,
    config,
    entryPoint,
    region,
    ids,
    env,
    output,
    timeLimit,
    onMessage: (message) => {
      if (message.severity === "warning") warnings.push(message.text);
      onMessage?.(message);
    },
  });
  const { name } = project;
  return { project: name, stack: stack.stack, organization: stack.organization, region, resources, outputs, warnings };
}
