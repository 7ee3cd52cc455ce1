import test from "ava";
import { textView } from "../../../batch/cli/text-view.ts";
import { failureReason } from "../../../batch/jobs/failures.ts";
import type { Job } from "../../../batch/jobs/job.ts";

const job = (number: number, rest: Partial<Job> = {}): Job => ({
  jobId: `${number}`,
  jobName: `job-${number}`,
  status: "RUNNING",
  createdAt: 0,
  dependsOn: [],
  attempts: [],
  environment: {},
  jobQueue: "",
  jobDefinition: "",
  ...rest,
});

/** What a terminal of so many rows is told, a screen an entry. */
function terminal(rows: number | undefined) {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) > 0, isTTY: true, columns: 80, ...(rows && { rows }) };
  const view = textView({ write: () => true }, { stderr, env: { NO_COLOR: "1" } }, () => 0);
  return { view, written };
}

const jobs = Array.from({ length: 30 }, (_, number) => job(number));
const sighting = { kind: "jobs", jobs, failed: [], spans: new Map() } as const;

test("a picture that is drawn anew is no taller than the terminal; at the end all of it is there", (t) => {
  const { view, written } = terminal(10);
  view.show(sighting);
  const lines = written.join("").trimEnd().split("\n");
  t.is(lines.length, 9);
  t.is(lines[0], "job-0   RUNNING");
  t.is(lines.at(-1), "(22 more lines)");
  view.end(0);
  t.true(written.join("").endsWith("job-29  RUNNING\n"));
  t.true(written.join("").includes("\x1b[9F\x1b[J"));
});

test("a terminal that does not tell its rows gets the whole picture", (t) => {
  const { view, written } = terminal(undefined);
  view.show(sighting);
  view.close();
  t.is(written.join("").trimEnd().split("\n").length, 30);
});

test("a reason is one line, whatever AWS or a container has put into it", (t) => {
  t.is(
    failureReason({ reason: "a\n\tb\x1b[2Jc\r\n" }, () => undefined),
    "a b [2Jc",
  );
});
