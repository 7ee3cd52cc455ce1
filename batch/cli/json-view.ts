import type { Job } from "../jobs/job.ts";
import type { CliContext } from "./context.ts";
import type { View } from "./view.ts";

/**
 * JSON Lines: `job` each time one has changed, as API_DescribeJobs tells it, `log` for each line, `trouble`, `recovered`,
 * `stuck`, `unlisted`, `unread`, and `end` with the exit code.
 */
export function jsonView({ stdout }: Pick<CliContext, "stdout">): View {
  const known = new Map<string, string>();
  const say = (event: string, fields: object) => void stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
  const sayJob = (job: Job) => {
    const text = JSON.stringify(job);
    if (known.get(job.jobId) === text) return;
    known.set(job.jobId, text);
    say("job", job);
  };
  return {
    show(sighting) {
      if (sighting.kind === "jobs") for (const job of [...sighting.jobs, ...sighting.failed]) sayJob(job);
      else if (sighting.kind === "lines") {
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
