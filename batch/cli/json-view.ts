import type { Job } from "../jobs/job.ts";
import type { CliContext } from "./context.ts";
import { jobJson } from "./job-json.ts";
import { type View, written } from "./view.ts";

/**
 * JSON Lines: `job` each time one has changed, and once for each child that has failed (see {@link jobJson}), `log` for each line, `trouble`, `recovered`,
 * `stuck`, `unlisted`, `unread`, and `end` with the exit code.
 */
export function jsonView({ stdout }: Pick<CliContext, "stdout">): View {
  /** Of the jobs that are watched; children that have failed stay as they are. */
  const known = new Map<string, string>();
  let failed = 0;
  const textOf = (event: string, fields: object) => `${JSON.stringify({ event, ...fields })}\n`;
  const say = (event: string, fields: object) => void stdout.write(textOf(event, fields));
  /** Its text where it is not the last that was told of the job. */
  const changed = (job: Job): string => {
    const text = textOf("job", jobJson(job));
    if (known.get(job.jobId) === text) return "";
    known.set(job.jobId, text);
    return text;
  };
  return {
    async show(sighting) {
      if (sighting.kind === "jobs") {
        const more = sighting.failed.slice(failed);
        failed = sighting.failed.length;
        const texts = [...sighting.jobs.map(changed), ...more.map((job) => textOf("job", jobJson(job)))];
        return await written(stdout, texts.join(""));
      }
      if (sighting.kind === "lines") {
        const { jobId, jobName, index } = sighting.job;
        const texts = sighting.events.map((event) => textOf("log", { jobId, jobName, index, ...event }));
        return await written(stdout, texts.join(""));
      }
      if (sighting.kind === "stuck") {
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
