import type { Job } from "../jobs/job.ts";
import type { CliContext } from "./context.ts";
import { jobJson } from "./job-json.ts";
import type { View } from "./view.ts";

/**
 * JSON Lines: `job` each time one has changed, and once for each child that has failed (see {@link jobJson}), `log` for each line, `trouble`, `recovered`,
 * `stuck`, `unlisted`, `unread`, and `end` with the exit code.
 */
export function jsonView({ stdout }: Pick<CliContext, "stdout">): View {
  /** Of the jobs that are watched; children that have failed stay as they are. */
  const known = new Map<string, string>();
  let failed = 0;
  const say = (event: string, fields: object) => void stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
  const sayJobs = (jobs: readonly Job[]) => {
    for (const job of jobs) {
      const told = jobJson(job);
      const text = JSON.stringify(told);
      if (known.get(job.jobId) === text) continue;
      known.set(job.jobId, text);
      say("job", told);
    }
  };
  return {
    show(sighting) {
      if (sighting.kind === "jobs") {
        sayJobs(sighting.jobs);
        for (const job of sighting.failed.slice(failed)) say("job", jobJson(job));
        failed = sighting.failed.length;
      } else if (sighting.kind === "lines") {
        const { jobId, jobName, index } = sighting.job;
        for (const event of sighting.events) say("log", { jobId, jobName, index, ...event });
      } else if (sighting.kind === "stuck") {
        const { job, seconds, why } = sighting;
        say("stuck", { jobId: job.jobId, seconds, why });
      } else {
        const { kind, ...fields } = sighting;
        say(kind, fields);
      }
    },
    close() {},
    end: (exitCode) => say("end", { exitCode }),
  };
}
