import { JobRepository } from "../../../../worker/data/repositories/job.ts";
import { BadRecord } from "../../../../worker/data/sources/source.ts";
import { Failure } from "../../../../worker/failure.ts";
import { type AnyLoad, producer } from "../../../../worker/processes/execution/producer.ts";
import type { RunOptions } from "../../../../worker/processes/execution/run.ts";
import { all, derived, items, makeEncoder, oddIsBad, stopAfter, test } from "../../../items-bench.ts";

test("a source is loaded chunk by chunk, with the checkpoint of each", async (t) => {
  const { run, items: rows, query } = t.context;
  const { steps, exitCode, events } = await run({ items: items(25) });
  t.deepEqual(steps, ["items completed 25/25/0"]);
  t.is(exitCode, 0);
  t.deepEqual(await rows(), all(25));
  t.deepEqual(
    events.flatMap((event) => (event.event === "progress" ? [event.nextRow] : [])),
    [10, 20, 25],
  );
  t.deepEqual(await query("SELECT status, commits, read, written FROM worker.step_execution"), [
    { status: "completed", commits: "3", read: "25", written: "25" },
  ]);
});

test("a stopped step has finished its chunk, and the next run goes on there", async (t) => {
  const { run, items: rows } = t.context;
  const stopped = await run({ items: items(50) }, stopAfter(20));
  t.deepEqual(stopped.steps, ["items stopped 20/20/0"]);
  t.is(stopped.exitCode, 75);
  t.deepEqual(await rows(), all(20));
  const resumed = await run({ items: items(50) });
  t.deepEqual(resumed.steps, ["items completed 30/30/0"]);
  t.deepEqual(await rows(), all(50));
});

test("a step that failed keeps its chunks and is mended by the next run", async (t) => {
  const { run, items: rows } = t.context;
  const broken = (item: number) => {
    if (item === 33) throw new Error("bug at 33");
    return "v1";
  };
  const failed = await run({ items: items(50, { value: broken }) });
  t.deepEqual(failed.steps, ["items failed 30/30/0"]);
  t.deepEqual(failed.messages, [
    "transform of items failed for row 33 of numbers: bug at 33. Mend it, or return a BadRecord for such a row.",
  ]);
  t.is(failed.exitCode, 1);
  t.deepEqual((await run({ items: items(50) })).steps, ["items completed 20/20/0"]);
  t.deepEqual(await rows(), all(50));
});

test("a complete step is skipped and says so; `fresh` starts it over", async (t) => {
  const { run, items: rows, query } = t.context;
  await run({ items: items(25) });
  const skipped = await run({ items: items(25) });
  t.deepEqual(skipped.steps, ["items skipped 0/0/0"]);
  t.deepEqual(skipped.messages, ["complete since an earlier run (25 rows); --fresh starts it over"]);
  t.is(skipped.exitCode, 0);
  t.deepEqual((await run({ items: items(25) }, { fresh: true })).steps, ["items completed 25/25/0"]);
  t.deepEqual(await rows(), all(25));
  t.deepEqual(await query("SELECT read, written FROM worker.step"), [{ read: "25", written: "25" }]);
});

test("`fresh` leaves rows that are not the step's own", async (t) => {
  const { run, items: rows, sequelize } = t.context;
  await run({ items: items(30) }, { shard: { index: 0, of: 2 } });
  await sequelize.query("INSERT INTO items VALUES (-1, 'by hand'), (20, 'by hand')");
  await run({ items: items(30) }, { shard: { index: 0, of: 2 }, fresh: true });
  t.deepEqual(await rows(), ["-1 by hand", ...all(15), "20 by hand"]);
});

test("a step that is complete by its record, and empty, is not skipped in silence", async (t) => {
  const { run, sequelize } = t.context;
  await run({ items: items(25) });
  await sequelize.query("TRUNCATE items");
  const { steps, messages, exitCode } = await run({ items: items(25) });
  t.deepEqual(steps, ["items failed 0/0/0"]);
  t.deepEqual(messages, [
    "items has written 25 rows by its record, yet its table has none of them. Start it over with --fresh.",
  ]);
  t.is(exitCode, 1);
});

for (const limit of [1, 9, 10, 11, 25, 26]) {
  test(`a limit of ${limit} reads exactly that many of 25 rows`, async (t) => {
    const { run, items: rows } = t.context;
    const read = Math.min(limit, 25);
    t.deepEqual((await run({ items: items(25) }, { limit })).steps, [`items completed ${read}/${read}/0`]);
    t.deepEqual(await rows(), all(read));
  });
}

test("another limit is another step: its rows replace those that are there, none is doubled", async (t) => {
  const { run, items: rows } = t.context;
  await run({ items: items(50) }, { limit: 23 });
  t.deepEqual((await run({ items: items(50) })).steps, ["items completed 50/50/0"]);
  t.deepEqual(await rows(), all(50));
  t.deepEqual((await run({ items: items(50) }, { limit: 30 })).steps, ["items completed 30/30/0"]);
  t.deepEqual(await rows(), all(50));
});

test("starting one step over makes the steps that share its rows start over too", async (t) => {
  const { run, items: rows } = t.context;
  await run({ items: items(50) }, { limit: 23 });
  await run({ items: items(50) });
  await run({ items: items(50) }, { fresh: true, ...stopAfter(10) });
  t.deepEqual(await rows(), all(10));
  t.deepEqual((await run({ items: items(50) }, { limit: 23 })).steps, ["items completed 23/23/0"]);
  t.deepEqual((await run({ items: items(50) })).steps, ["items completed 40/40/0"]);
  t.deepEqual(await rows(), all(50));
});

test("shards side by side make the whole", async (t) => {
  const { run, items: rows } = t.context;
  const ran = await Promise.all([0, 1, 2].map((index) => run({ items: items(100) }, { shard: { index, of: 3 } })));
  t.deepEqual(
    ran.map(({ exitCode }) => exitCode),
    [0, 0, 0],
  );
  t.deepEqual(await rows(), all(100));
});

test("a shard without rows is complete", async (t) => {
  const { steps } = await t.context.run({ items: items(1) }, { shard: { index: 0, of: 2 } });
  t.deepEqual(steps, ["items completed 0/0/0"]);
});

test("rows of an earlier version of the source are replaced, also those that it has no more", async (t) => {
  const { run, items: rows } = t.context;
  await run({ items: items(30) });
  const { events, steps } = await run({ items: items(20, { version: "2" }) });
  t.deepEqual(steps, ["items completed 20/20/0"]);
  t.true(events.some((event) => event.event === "started" && event.cleared === "newVersion"));
  t.deepEqual(await rows(), all(20, "v2"));
});

test("of two workers on one step one works, and the other waits, says for whom, and finds it done", async (t) => {
  const { run, items: rows } = t.context;
  const [one, other] = await Promise.all([run({ items: items(400) }), run({ items: items(400) })]);
  t.deepEqual([one.steps[0], other.steps[0]].sort(), ["items completed 400/400/0", "items skipped 0/0/0"]);
  const waiting = [...one.events, ...other.events].find((event) => event.event === "waiting");
  t.regex(waiting?.event === "waiting" ? waiting.holder : "", /^"tests worker of items".* \(server process \d+\)$/);
  t.deepEqual(await rows(), all(400));
});

test("who lost a step to another worker commits nothing more", async (t) => {
  const { run, items: rows, sequelize } = t.context;
  let taken = false;
  const { events, steps } = await run(
    { items: items(50) },
    {
      retry: { attempts: 1, pauseMs: 1, longestPauseMs: 1, random: Math.random, explain: async (failure) => failure },
      producer: {
        ...producer(() => items(50) as AnyLoad, makeEncoder),
        async *produce(request) {
          for await (const chunk of producer(() => items(50) as AnyLoad, makeEncoder).produce(request)) {
            if (chunk.first === 20 && !taken) {
              taken = true;
              await sequelize.query("UPDATE worker.step SET fence = fence + 1");
            }
            yield chunk;
          }
        },
      },
    },
  );
  t.deepEqual(steps, ["items failed 20/20/0"]);
  t.deepEqual(await rows(), all(20));
  const last = events.at(-1);
  t.is(
    last?.event === "step" ? last.message : "",
    "Another worker has taken over items; nothing was committed. Run the same command again.",
  );
});

test("a connection that is cut again and again costs a retry, not a row", async (t) => {
  const { run, items: rows, sequelize } = t.context;
  let cuts = 0;
  const cut = () =>
    sequelize.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'tests worker of items' AND datname = current_database()`,
    );
  const { steps, events } = await run(
    { items: items(200) },
    {
      emit: (event) => {
        if (event.event === "progress" && event.nextRow % 50 === 0 && cuts < 3) {
          cuts++;
          void cut();
        }
      },
    },
  );
  t.is(cuts, 3);
  t.true(events.some((event) => event.event === "retry"));
  t.deepEqual(steps, ["items completed 200/200/0"]);
  t.deepEqual(await rows(), all(200));
});

test("bad records go to quarantine with reason and position, in the transaction of their chunk", async (t) => {
  const { run, query } = t.context;
  const { steps } = await run({ items: items(15, { value: oddIsBad }) });
  t.deepEqual(steps, ["items completed 15/8/7"]);
  const rows = await query(
    "SELECT name, source, source_row, reason, record FROM worker.quarantine ORDER BY source_row",
  );
  t.is(rows.length, 7);
  t.deepEqual(rows[1], { name: "items", source: "numbers", source_row: "3", reason: "is odd", record: { item: 3 } });
});

test("a bad record goes to quarantine whatever is in it: bigints, and characters that jsonb does not take", async (t) => {
  const { run, query } = t.context;
  const value = (item: number) =>
    item === 2 ? new BadRecord("is odd\u0000", { id: 2n, text: "\u0000 \ud800" }) : item === 3 ? "a\ud800" : "v1";
  const { steps } = await run({ items: items(5, { value }) });
  t.deepEqual(steps, ["items completed 5/3/2"]);
  t.deepEqual(await query("SELECT reason, record FROM worker.quarantine ORDER BY source_row"), [
    { reason: "is odd\u2400", record: { id: "2", text: "\u2400 \ufffd" } },
    { reason: 'value is "a\\ud800"; it must be without halves of characters (lone surrogates)', record: 3 },
  ]);
});

test("a value that its column can't hold is a bad record", async (t) => {
  const { run, query } = t.context;
  const { steps } = await run({ items: items(5, { value: (item) => (item === 2 ? (null as never) : "v1") }) });
  t.deepEqual(steps, ["items completed 5/4/1"]);
  t.deepEqual(await query("SELECT source_row, reason, record FROM worker.quarantine"), [
    { source_row: "2", reason: "value is null; it must be a value (the column is NOT NULL)", record: 2 },
  ]);
});

test("one bad record too many ends the step, and a higher limit lets it go on", async (t) => {
  const { run, items: rows } = t.context;
  const { steps, messages, exitCode } = await run({ items: items(40, { value: oddIsBad, quarantineLimit: 7 }) });
  t.deepEqual(steps, ["items failed 10/5/5"]);
  t.deepEqual(messages, [
    "numbers has more than 7 bad records, 5 of them in worker.quarantine; the last one, row 15: is odd. Mend the source, or raise --quarantine-limit.",
  ]);
  t.is(exitCode, 65);
  t.is((await rows()).length, 5);
  const raised = await run({ items: items(40, { value: oddIsBad }) }, { quarantineLimit: 20 });
  t.deepEqual(raised.steps, ["items completed 30/15/15"]);
  t.is((await rows()).length, 20);
});

test("upsert keeps the last row of each key, within a chunk and between chunks", async (t) => {
  const { run, items: rows } = t.context;
  const definition = items(25, { write: "upsert", key: (item) => item % 4, value: (item) => `from ${item}` });
  await run({ items: definition });
  t.deepEqual(await rows(), ["0 from 24", "1 from 21", "2 from 22", "3 from 23"]);
});

const changes: readonly (readonly [sql: string, fault: string])[] = [
  ["ALTER TABLE items DROP COLUMN value", "column value is missing"],
  [
    "ALTER TABLE items ALTER value TYPE bytea USING value::bytea",
    "column value is of type bytea; the model writes text",
  ],
  ["ALTER TABLE items ADD extra int NOT NULL", "column extra is NOT NULL and the model does not know it"],
  ["DROP TABLE items", "it does not exist"],
];

for (const [sql, fault] of changes) {
  test(`a table that was changed by hand (${sql}) ends in one sentence`, async (t) => {
    const { run, sequelize } = t.context;
    await sequelize.query(sql);
    const { messages, exitCode } = await run({ items: items(5) });
    t.deepEqual(messages, [
      `Table "items" differs from its model: ${fault}. Undo the change, or write a migration for it.`,
    ]);
    t.is(exitCode, 2);
  });
}

test("what needs another waits for it, and does not run when that fails", async (t) => {
  const { run } = t.context;
  const failing = items(5, {
    value: () => {
      throw new Failure("failed", "no");
    },
  });
  t.deepEqual((await run({ later: derived(1), items: failing })).steps, ["items failed 0/0/0", "later notRun 0/0/0"]);
  t.deepEqual((await run({ later: derived(3), items: items(5) })).steps, [
    "items completed 5/5/0",
    "later completed 3/3/0",
  ]);
});

test("a derived table with an empty input says what to run first", async (t) => {
  const { messages, exitCode } = await t.context.run({ later: derived(1, []) });
  t.deepEqual(messages, [
    "later is made from items, and items is empty. First run: node worker --env local --only items",
  ]);
  t.is(exitCode, 2);
});

test("a derived table is made again when its input was, and only then", async (t) => {
  const { run } = t.context;
  const both = { items: items(5), later: derived(5) };
  const second = async (options: Partial<RunOptions> = {}) => (await run(both, options)).steps[1];
  t.is(await second(), "later completed 5/5/0");
  t.is(await second(), "later skipped 0/0/0");
  t.is(await second({ only: ["items"], fresh: true }), undefined);
  t.is(await second(), "later completed 5/5/0");
  t.is(await second({ limit: 3 }), "later completed 5/5/0");
  t.is(await second(), "later completed 5/5/0");
});

test("with shards the worker that ends last makes the derived table", async (t) => {
  const { run } = t.context;
  const both = { items: items(20), later: derived(20) };
  const first = await run(both, { shard: { index: 0, of: 2 } });
  t.deepEqual(first.steps, ["items completed 10/10/0", "later notRun 0/0/0"]);
  t.is(first.messages[1], "left to the worker that ends last: 1 of 2 shards of items are complete");
  t.is(first.exitCode, 0);
  const last = await run(both, { shard: { index: 1, of: 2 } });
  t.deepEqual(last.steps, ["items completed 10/10/0", "later completed 20/20/0"]);
});

test("a killed worker's execution is shown as abandoned, a running one as started", async (t) => {
  const { run, database, sequelize } = t.context;
  const jobs = new JobRepository(sequelize, database.label);
  await run({ items: items(50) }, stopAfter(10));
  await sequelize.query("UPDATE worker.step_execution SET status = 'started', ended_at = NULL");
  t.deepEqual(
    (await jobs.history(5)).map(({ status, read }) => [status, read]),
    [["abandoned", 10]],
  );
  let during: string[] = [];
  await run(
    { items: items(50) },
    {
      producer: {
        ...producer(() => items(50) as AnyLoad, makeEncoder),
        async *produce(request) {
          during = (await jobs.history(5)).map(({ status }) => status);
          yield* producer(() => items(50) as AnyLoad, makeEncoder).produce(request);
        },
      },
    },
  );
  t.deepEqual(during, ["started", "abandoned"]);
  t.deepEqual(
    (await jobs.history(5)).map(({ status }) => status),
    ["completed", "abandoned"],
  );
});
