import type { JobDependency, JobRequest } from "./job.ts";

/** A sub-process of the worker, as far as its job goes. */
export interface SubProcess {
  readonly name: string;
  /** `load`: shards of it can be loaded by themselves; `derive`: made whole. */
  readonly kind: "load" | "derive";
  /** Others that come before it when they run together. */
  readonly needs: readonly string[];
}

/** A job to be submitted. Those that it waits for come before it. */
export interface PlannedJob extends Pick<JobRequest, "jobName" | "command" | "arraySize"> {
  readonly after: readonly { readonly jobName: string; readonly type?: NonNullable<JobDependency["type"]> }[];
}

export const jobNameOf = (name: string): string => `batch-preflight-${name}`;

/**
 * One job a sub-process, each after those of the submission that it needs. With shards each load is an array; a load
 * that needs a load waits, shard by shard, for its like, as it does within one worker; what is derived waits for all.
 * @param chosen in the order of their needs
 * @param flags of the worker, for each
 */
export function planJobs(chosen: readonly SubProcess[], flags: readonly string[], shards: number): PlannedJob[] {
  const isArray = ({ kind }: SubProcess) => kind === "load" && shards > 1;
  return chosen.map((one) => {
    const needed = chosen.filter(({ name }) => one.needs.includes(name));
    return {
      jobName: jobNameOf(one.name),
      command: [...flags, "--only", one.name],
      ...(isArray(one) && { arraySize: shards }),
      after: needed.map((other) => ({
        jobName: jobNameOf(other.name),
        ...(isArray(one) && isArray(other) && { type: "N_TO_N" as const }),
      })),
    };
  });
}
