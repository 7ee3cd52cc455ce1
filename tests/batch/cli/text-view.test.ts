import test from "ava";
import { textView } from "../../../batch/cli/text-view.ts";
import { failureReason } from "../../../batch/jobs/failures.ts";
import type { Job } from "../../../batch/jobs/job.ts";
import { describedJob } from "../described-job.ts";

const job = (number: number, own: Partial<Job> = {}): Job =>
  describedJob({ jobId: `${number}`, jobName: `job-${number}`, ...own });

/** What a terminal of so many rows is told, a screen an entry. */
function terminal(rows: number | undefined) {
  const written: string[] = [];
  const stderr = { write: (text: string) => written.push(text) > 0, isTTY: true, columns: 80, ...(rows && { rows }) };
  const view = textView({ write: () => true }, { stderr, env: { NO_COLOR: "1" } }, "local", () => 0);
  return { view, written };
}

const jobs = Array.from({ length: 30 }, (_, number) => job(number));
const sighting = { kind: "jobs", jobs, failed: [], spans: new Map() } as const;

test("a picture that is drawn anew is no taller than the terminal; at the end all of it is there", async (t) => {
  const { view, written } = terminal(10);
  await view.show(sighting);
  const lines = written.join("").trimEnd().split("\n");
  t.is(lines.length, 9);
  t.is(lines[0], "job-0   RUNNING");
  t.is(lines.at(-1), "(22 more lines)");
  view.end(0);
  t.true(written.join("").endsWith("job-29  RUNNING\n"));
  t.true(written.join("").includes("\x1b[9F\x1b[J"));
});

test("a terminal that does not tell its rows gets the whole picture", async (t) => {
  const { view, written } = terminal(undefined);
  await view.show(sighting);
  view.close();
  t.is(written.join("").trimEnd().split("\n").length, 30);
});

test("a reason is one line, whatever AWS or a container has put into it", async (t) => {
  t.is(
    failureReason({ reason: "a\n\tb\x1b[2Jc\r\n" }, () => undefined),
    "a b [2Jc",
  );
});

test("lines that were not shown are told with the command that shows them", async (t) => {
  const { view, written } = terminal(undefined);
  const array = { size: 3, statusSummary: { SUCCEEDED: 3 } };
  await view.show({ ...sighting, jobs: [job(1), job(2, { array })] });
  await view.show({ kind: "unread", children: 2 });
  t.true(written.join("").includes("Lines of 2 children were not shown; to see them: node batch logs 2 --env local\n"));
});

test("failed children are grouped as they become known", async (t) => {
  const { view, written } = terminal(undefined);
  const parent = (FAILED: number) => job(1, { status: "PENDING", array: { size: 9, statusSummary: { FAILED } } });
  const failed: Job[] = [];
  for (const index of [2, 0, 1, 5]) {
    failed.push(job(1, { jobId: `1:${index}`, index, status: "FAILED", exitCode: index === 5 ? 9 : 8 }));
    await view.show({ ...sighting, jobs: [parent(failed.length)], failed });
  }
  view.end(1);
  const last = written.join("").split("\x1b[J").at(-1)!;
  t.true(last.includes("  3 failed, exit code 8: children 0-2\n  1 failed, exit code 9: child 5\n"), last);
});
