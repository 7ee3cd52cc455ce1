import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsJobService } from "../../batch/adapters/aws-job-service.ts";
import { watch } from "../../batch/jobs/watcher.ts";

/** What a watch took. */
export interface WatchRun {
  /** Of the job's time. */
  readonly seconds: number;
  readonly megabytes: number;
  readonly lines: number;
  /** Children whose failure is known at the end. */
  readonly failed: number;
}

/** Watches a job of a service whose time runs `speed` times as fast as ours. */
export async function watchFast(jobId: string, speed: number): Promise<WatchRun> {
  const service = new AwsJobService({ place: async () => ({ jobQueue: "queue", jobDefinition: "definition" }) });
  const begin = Date.now();
  const clock = () => begin + (Date.now() - begin) * speed;
  let lines = 0;
  let failed = 0;
  for await (const sighting of watch(service, { jobIds: [jobId], clock, sleep: (time) => sleep(time / speed) })) {
    if (sighting.kind === "lines") lines += sighting.events.length;
    if (sighting.kind === "jobs") failed = sighting.failed.length;
  }
  const megabytes = process.resourceUsage().maxRSS / 1024;
  return { seconds: (clock() - begin) / 1000, megabytes, lines, failed };
}
