import path from "node:path";
import test from "ava";
import { folderAt, streamFile } from "../../../batch/local/folder.ts";
import { JobLog, readLog, readLogEnd } from "../../../batch/local/job-log.ts";
import { LocalJobService } from "../../../batch/local/local-job-service.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

/** Lines a second apart, each so long. */
async function logOf(folder: string, lines: number, length: number): Promise<string> {
  const file = path.join(folder, "log");
  let second = 0;
  const log = new JobLog(file, () => second * 1000);
  const stream = log.stream();
  for (; second < lines; second += 1) stream.write(Buffer.from(`${second} ${"é".repeat(length)}\n`));
  stream.write(Buffer.from("half a line"));
  return file;
}

const numbers = (events: readonly { readonly message: string }[]) =>
  events.map(({ message }) => Number(message.split(" ")[0]));

test("the end of a log is read backwards, line by line and over pages, each line once", async (t) => {
  for (const [count, length, most] of [
    [10, 3, 4],
    // Five megabytes, a page of one at a time.
    [25, 100_000, 1000],
  ] as const) {
    const file = await logOf(await temporaryFolder(t), count, length);
    const found: number[] = [];
    let before: number | undefined;
    for (;;) {
      const { events, previous } = await readLogEnd(file, before, most);
      t.true(events.length <= most);
      found.unshift(...numbers(events));
      if (events.length === 0 && previous === before) break;
      before = previous;
    }
    t.deepEqual(
      found,
      Array.from({ length: count }, (_, number) => number),
    );
  }
});

test("behind the end of a log the reading goes on", async (t) => {
  const file = await logOf(await temporaryFolder(t), 10, 3);
  const { next } = await readLogEnd(file, undefined, 2);
  t.deepEqual((await readLog(file, next)).events, []);
  const first = await readLog(file, 0, 4);
  t.deepEqual(numbers(first.events), [0, 1, 2, 3]);
  t.deepEqual(numbers((await readLog(file, first.next)).events), [4, 5, 6, 7, 8, 9]);
});

test("lines of this machine's jobs are told since a time, forwards and backwards", async (t) => {
  const folder = folderAt(await temporaryFolder(t));
  const stream = "22222222-2222-2222-2222-222222222222/1";
  let second = 0;
  const log = new JobLog(streamFile(folder, stream)!, () => second * 1000).stream();
  for (; second < 10; second += 1) log.write(Buffer.from(`${second}\n`));
  const definition = { timeout: 60, attempts: 1, evaluateOnExit: [] };
  const service = new LocalJobService({ folder, definition, environment: {}, clock: Date.now });
  t.deepEqual(numbers((await service.logs(stream, { since: 7000 })).events), [7, 8, 9]);
  t.deepEqual(numbers((await service.lastLogs(stream, { limit: 2 })).events), [8, 9]);
  const { events, previous } = await service.lastLogs(stream, { since: 7000 });
  t.deepEqual(numbers(events), [7, 8, 9]);
  t.deepEqual((await service.lastLogs(stream, { since: 7000, before: previous })).events, []);
});
