/** What jobs on AWS Fargate can have; on Amazon EC2 each whole number (API_ResourceRequirement). */
const ofFargate: readonly number[] = [0.25, 0.5, 1, 2, 4, 8, 16, 32];

export type JobPlatform = "EC2" | "FARGATE";

/**
 * What AWS Batch refuses of a number of vCPUs, or takes and never runs.
 * @param platform undefined: not known
 * @returns what it must be; undefined: nothing is wrong
 */
export function vcpuFault(vcpu: number, platform?: JobPlatform): string | undefined {
  const isOfEc2 = Number.isInteger(vcpu) && vcpu >= 1;
  const isOfFargate = ofFargate.includes(vcpu);
  if (platform === "EC2")
    return isOfEc2 ? undefined : "must be a whole number, as its job definition is for Amazon EC2";
  const list = ofFargate.join(", ");
  if (platform === "FARGATE") {
    return isOfFargate ? undefined : `must be one of ${list}, as its job definition is for AWS Fargate`;
  }
  return isOfEc2 || isOfFargate ? undefined : "must be a whole number, or 0.25 or 0.5 on AWS Fargate";
}
