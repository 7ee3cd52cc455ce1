import type { JobRequest } from "./job.ts";

/**
 * "A total of 8192 characters are allowed for overrides. This limit includes the JSON formatting characters of the override
 * structure" (ECS, API_RunTask). AWS Batch takes more, and the job fails when its turn comes: "Container Overrides length
 * must be at most 8192" (Netflix/metaflow#1482).
 */
export const mostOverrides = 8192;

/** What a job says beside its definition, as the containerOverrides of API_SubmitJob. */
export function containerOverrides({
  command,
  environment,
  vcpu,
  memory,
}: Pick<JobRequest, "command" | "environment" | "vcpu" | "memory">) {
  const resourceRequirements = [
    ...(vcpu === undefined ? [] : [{ type: "VCPU" as const, value: String(vcpu) }]),
    ...(memory === undefined ? [] : [{ type: "MEMORY" as const, value: String(memory) }]),
  ];
  return {
    command: [...command],
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    ...(resourceRequirements.length > 0 ? { resourceRequirements } : {}),
  };
}

/** What is too much of it; undefined: nothing. */
export function overridesFault(overrides: ReturnType<typeof containerOverrides>): string | undefined {
  const { length } = JSON.stringify(overrides);
  if (length <= mostOverrides) return undefined;
  return `its command and its environment have ${length} characters, and a job's may have ${mostOverrides}; keep long values in a file or a secret that the job reads, or in the job definition`;
}
