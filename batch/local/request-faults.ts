import type { JobRequest } from "../jobs/job.ts";
import type { JobRecord } from "../jobs/job-record.ts";
import { containerOverrides, overridesFault } from "../jobs/overrides.ts";
import { vcpuFault } from "../jobs/vcpu.ts";

const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/**
 * What Batch refuses of a request (API_SubmitJob, API_JobTimeout, API_RetryStrategy, user guide array_jobs).
 * @param others the jobs of `dependsOn`, in that order
 */
export function requestFaults(request: JobRequest, others: readonly (JobRecord | undefined)[]): string[] {
  const { jobName, arraySize, attempts, timeout, dependsOn, environment, evaluateOnExit = [], vcpu } = request;
  const faults: string[] = [];
  const whole = (name: string, value: number | undefined, least: number, most: number) => {
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
    faults.push(`${name} is ${value}; it must be a whole number from ${least} to ${most}`);
  };
  if (!namePattern.test(jobName)) {
    faults.push("its name must be 1 to 128 letters, digits, hyphens and underscores, a letter or a digit first");
  }
  whole("the size of the array", arraySize, 2, 10_000);
  whole("attempts", attempts, 1, 10);
  whole("timeout", timeout, 60, 2_147_483_647);
  const ofVcpu = vcpu === undefined ? undefined : vcpuFault(vcpu);
  if (ofVcpu !== undefined) faults.push(`vcpu is ${vcpu}; it ${ofVcpu}`);
  if (evaluateOnExit.length > 5) faults.push(`evaluateOnExit has ${evaluateOnExit.length} rules; 5 are the most`);
  if (dependsOn.length > 20) faults.push(`it depends on ${dependsOn.length} jobs; 20 are the most`);
  const reserved = Object.keys(environment).filter((name) => name.startsWith("AWS_BATCH"));
  if (reserved.length > 0) {
    faults.push(`${reserved.join(", ")}: names that begin with AWS_BATCH are Batch's own`);
  }
  const overrides = overridesFault(containerOverrides(request));
  if (overrides !== undefined) faults.push(overrides);
  for (const [place, { jobId, type }] of dependsOn.entries()) {
    if (jobId === undefined && (type !== "SEQUENTIAL" || arraySize === undefined)) {
      faults.push("a dependency without a job must be SEQUENTIAL, of an array");
    }
    const other = others[place];
    if (type !== "N_TO_N" || other === undefined) continue;
    // "Each index child of this job must wait for the corresponding index child of each dependency" (user guide, array_jobs):
    // what becomes of a child without its like is not told, so that none is made here.
    if (!other.isArray || other.size !== arraySize) {
      faults.push(`N_TO_N needs two arrays of one size; ${jobId} has ${other.isArray ? other.size : "no"} children`);
    }
  }
  return faults;
}
