import type { JobOrigin } from "../data/repositories/contracts.ts";

/**
 * What `node batch submit`, the image's entry and AWS Batch tell a job of itself (AWS Batch user guide, job_env_vars). The
 * bundle is the code that runs, not the one that was asked for.
 */
export function jobOrigin(env: NodeJS.ProcessEnv): JobOrigin {
  const dirty = env.BATCH_PREFLIGHT_DIRTY;
  const attempt = Number(env.AWS_BATCH_JOB_ATTEMPT || Number.NaN);
  return {
    bundle: /^[0-9a-f]{64}$/.exec(env.BATCH_PREFLIGHT_CODE ?? "")?.[0] ?? null,
    commit: env.BATCH_PREFLIGHT_COMMIT || null,
    dirty: dirty === "true" || dirty === "false" ? dirty === "true" : null,
    batchJob: env.AWS_BATCH_JOB_ID || null,
    attempt: Number.isSafeInteger(attempt) ? attempt : null,
  };
}
