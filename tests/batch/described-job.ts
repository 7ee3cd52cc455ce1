import type { Job } from "../../batch/jobs/job.ts";

/** A job as a service tells it, of which only what `own` says matters. */
export const describedJob = (own: Partial<Job> = {}): Job => ({
  jobId: "a",
  jobName: "a",
  status: "RUNNING",
  createdAt: 0,
  dependsOn: [],
  attempts: [],
  environment: {},
  jobQueue: "",
  jobDefinition: "",
  ...own,
});
