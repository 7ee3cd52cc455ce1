import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { given } from "../jobs/job-record.ts";
import type { AttemptEnd } from "../jobs/retry-decision.ts";
import { JobLog } from "./job-log.ts";

/** An attempt of a job, or of a child of an array. */
export interface AttemptSettings {
  readonly jobId: string;
  readonly attempt: number;
  /** Of a child of an array. */
  readonly array?: { readonly index: number; readonly size: number } | undefined;
  readonly command: readonly string[];
  /** The submitter's, below the job's own. */
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
}

export interface JobProcess {
  readonly ended: Promise<Omit<AttemptEnd, "endedBy">>;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

export type Launch = (settings: AttemptSettings) => JobProcess;

/** Of what Batch runs on here. */
export const localName = "local";

/** What Batch tells a job (user guide, job_env_vars); nobody else can (API_SubmitJob: names with AWS_BATCH are reserved). */
export function batchVariables({ jobId, attempt, array }: AttemptSettings): Record<string, string> {
  return {
    AWS_BATCH_CE_NAME: localName,
    AWS_BATCH_JQ_NAME: localName,
    AWS_BATCH_JOB_ID: array === undefined ? jobId : `${jobId}:${array.index}`,
    AWS_BATCH_JOB_ATTEMPT: String(attempt),
    ...(array && {
      AWS_BATCH_JOB_ARRAY_INDEX: String(array.index),
      AWS_BATCH_JOB_ARRAY_SIZE: String(array.size),
    }),
  };
}

/** How long output is waited for that comes after the process's end: what it started may hold its pipes for ever. */
const drainMilliseconds = 1_000;

/** @param project where `node worker` is */
export function launcher(project: string, clock: () => number): Launch {
  const endWithRunner = new URL("./end-with-runner.js", import.meta.url);
  return (settings) => {
    const own = Object.entries(settings.environment).filter(([name]) => !name.startsWith("AWS_BATCH_"));
    let child: ChildProcess;
    try {
      child = spawn(process.execPath, ["--import", endWithRunner.href, "worker", ...settings.command], {
        cwd: project,
        env: { ...Object.fromEntries(own), ...batchVariables(settings) },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
    } catch (error) {
      // More variables than a process can have, of which Node tells at once.
      return { ended: Promise.resolve(notStarted(error as Error)), kill: () => {} };
    }
    const log = new JobLog(settings.logFile, clock);
    const drained = Promise.all([child.stdout, child.stderr].map((stream) => copy(stream!, log)));
    return {
      ended: endOf(child).then(async (end) => {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise((resolve) => {
          timer = setTimeout(resolve, drainMilliseconds);
        });
        await Promise.race([drained, late]);
        clearTimeout(timer);
        child.stdout?.destroy();
        child.stderr?.destroy();
        log.close();
        return end;
      }),
      kill: (signal) => void child.kill(signal),
    };
  };
}

function copy(stream: NodeJS.ReadableStream, log: JobLog): Promise<void> {
  const lines = log.stream();
  stream.on("data", (bytes: Buffer) => lines.write(bytes));
  return new Promise((resolve) => {
    stream.on("close", () => {
      lines.end();
      resolve();
    });
  });
}

/** As a container ends: a signal's number counts from 128 on. */
function endOf(child: ChildProcess): Promise<Omit<AttemptEnd, "endedBy">> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      if (child.pid !== undefined) return;
      resolve(notStarted(error));
    });
    child.on("exit", (code, signal) => {
      const exitCode = code ?? (signal === null ? undefined : 128 + constants.signals[signal]);
      resolve(given({ exitCode }));
    });
  });
}

const notStarted = ({ message }: Error) => ({
  statusReason: "Task failed to start",
  reason: `CannotStartContainerError: ${message}`,
});

/** The project that this file belongs to. */
export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));
