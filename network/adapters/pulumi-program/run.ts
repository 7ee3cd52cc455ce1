import { type ChildProcess, fork } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { ProgramResource, Properties } from "../pulumi/resource.ts";
import type { Assignment, Ids, ProgramMessage, Report } from "./child/protocol.ts";
import type { EntryPoint } from "./entry-point.ts";
import { programArguments } from "./node-arguments.ts";
import { ProgramError } from "./program-error.ts";
import type { Project } from "./project.ts";
import type { StackConfig } from "./stack-config.ts";
import type { StackFile } from "./stack-file.ts";

export interface Run {
  readonly project: Project;
  readonly stack: StackFile;
  readonly config: StackConfig;
  readonly entryPoint: EntryPoint;
  readonly region: string;
  readonly ids: Ids;
  readonly env: NodeJS.ProcessEnv;
  readonly output: Pick<NodeJS.WritableStream, "write">;
  /** Seconds. */
  readonly timeLimit: number;
  readonly onMessage: (message: ProgramMessage) => void;
}

export interface Recorded {
  readonly resources: readonly ProgramResource[];
  readonly outputs: Properties;
}

/**
 * Runs the program in a process of its own, since a worker thread has no working folder of its own, can't be given
 * the program's Node.js options, and shares what native add-ons and `process` keep.
 * @throws ProgramError
 */
export async function runProgram(run: Run): Promise<Recorded> {
  const { project, stack, entryPoint, ids, region, timeLimit } = run;
  const assignment: Assignment = {
    entryPoint: entryPoint.file,
    isModule: entryPoint.isModule,
    rootDirectory: project.directory,
    stackFile: stack.file,
    project: project.name,
    stack: stack.stack,
    organization: stack.organization,
    ids,
    region,
  };
  const child = fork(fileURLToPath(new URL("./child/start.js", import.meta.url)), [JSON.stringify(assignment)], {
    cwd: entryPoint.directory,
    env: environment(run),
    execArgv: programArguments(project.nodeargs),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const letGo = endWithThis(child);
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => run.output.write(chunk));
  return await new Promise((resolve, reject) => {
    let isSettled = false;
    const settle = (act: () => void) => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      letGo();
      act();
    };
    const fail = (faults: readonly string[]) => settle(() => reject(new ProgramError(faults)));
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail([`Program ${entryPoint.file} has not ended after ${timeLimit} s; it was stopped.`]);
    }, timeLimit * 1000);
    child.on("message", (report: Report) => {
      if (report.kind === "message") {
        const { kind: _, ...message } = report;
        if (!isSettled) run.onMessage(message);
      } else if (report.kind === "failed") {
        fail(report.faults);
        ended(child);
      } else {
        settle(() => resolve({ resources: report.resources, outputs: report.outputs }));
        ended(child);
      }
    });
    child.on("error", (error) => fail([`Program ${entryPoint.file} can't be started: ${error.message}.`]));
    child.on("exit", (code, signal) => fail([untimelyEnd(entryPoint.file, code, signal)]));
  });
}

/**
 * A signal that ends this process ends the child too: one that computes for ever does not see that nobody listens any more.
 * @returns lets signals be what they were
 */
function endWithThis(child: ChildProcess): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const end = (signal: NodeJS.Signals) => {
    child.kill("SIGKILL");
    letGo();
    // As if nobody had listened, unless somebody else does.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const letGo = () => {
    for (const signal of signals) process.off(signal, end);
  };
  for (const signal of signals) process.on(signal, end);
  return letGo;
}

/** What it leaves open must not keep the caller waiting. */
function ended(child: ChildProcess): void {
  child.kill("SIGKILL");
  child.disconnect();
}

function untimelyEnd(file: string, code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `Program ${file} was ended by ${signal} before all its resources were declared.`;
  return `Program ${file} ended its process with exit code ${code} before all its resources were declared.`;
}

/** The caller's, and what the Node.js language host sets (pulumi-language-nodejs, main.go). */
function environment({ config, env, project, entryPoint }: Run): NodeJS.ProcessEnv {
  const tsconfig = project.tsconfig && { TSX_TSCONFIG_PATH: path.resolve(entryPoint.directory, project.tsconfig) };
  // Where this runs beneath a Pulumi program itself, the outer engine is not the inner program's.
  const inherited = Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_NODEJS_"));
  return {
    ...Object.fromEntries(inherited),
    ...tsconfig,
    PULUMI_CONFIG: JSON.stringify(config.values),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(config.secretKeys),
  };
}
