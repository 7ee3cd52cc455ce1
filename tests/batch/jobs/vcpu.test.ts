import test from "ava";
import { type JobPlatform, vcpuFault } from "../../../batch/jobs/vcpu.ts";

const cases: readonly (readonly [vcpu: number, ...accepted: (JobPlatform | undefined)[]])[] = [
  [0.25, "FARGATE", undefined],
  [0.5, "FARGATE", undefined],
  [1, "EC2", "FARGATE", undefined],
  [3, "EC2", undefined],
  [16, "EC2", "FARGATE", undefined],
  [32, "EC2", "FARGATE", undefined],
  [448, "EC2", undefined],
  [0.3],
  [1.5],
  [0],
  [-1],
  [Number.NaN],
];
for (const [vcpu, ...accepted] of cases) {
  for (const platform of ["EC2", "FARGATE", undefined] as const) {
    const isAccepted = accepted.includes(platform);
    test(`${vcpu} vCPU ${isAccepted ? "can be had" : "can't be had"} on ${platform ?? "a platform that is not known"}`, (t) => {
      t.is(vcpuFault(vcpu, platform) === undefined, isAccepted);
    });
  }
}
