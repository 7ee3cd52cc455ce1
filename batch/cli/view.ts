import { exitCodes } from "../../worker/failure.ts";
import type { Job } from "../jobs/job.ts";
import type { Sighting } from "../jobs/sighting.ts";

/** How a watch is shown. */
export interface View {
  /** Done when a slow reader has taken it. */
  show(sighting: Sighting): Promise<void>;
  /** The watch is over before the jobs are. */
  close(): void;
  end(exitCode: number): void;
}

/** Writes; what a slow reader has not taken is not to pile up. */
export const written = (stream: Pick<NodeJS.WriteStream, "write">, text: string): Promise<void> =>
  new Promise((resolve) => {
    if (text === "" || stream.write(text, () => resolve())) resolve();
  });

/** What the worker means by an exit code. */
export const meaningOf = (exitCode: number): string | undefined =>
  Object.values(exitCodes).find(({ code }) => code === exitCode)?.meaning;

/** Who says a line: `flights`, or child 3 of it `flights:3`. */
export function speaker({ jobName, index }: Pick<Job, "jobName" | "index">): string {
  const name = jobName.replace(/^batch-preflight-/, "");
  return index === undefined ? name : `${name}:${index}`;
}
