import test from "ava";
import { closing } from "../../../worker/cli/closing.ts";
import type { DisplayOptions } from "../../../worker/cli/display.ts";
import { Progress } from "../../../worker/cli/progress.ts";
import type { ExecutionEvent, StepOutcome } from "../../../worker/processes/execution/events.ts";

interface Scene {
  argv?: string;
  exitCode: number;
  ends: Record<string, StepOutcome>;
  /** Sub-processes whose rows were deleted, and those that committed a chunk. */
  startedOver?: string[];
  committed?: string[];
  dryRun?: boolean;
  limit?: number | null;
  limitIsDefault?: boolean;
  sourceRows?: Record<string, number>;
  job?: DisplayOptions["job"];
}

function lines({ argv = "", exitCode, ends, startedOver = [], committed = [], sourceRows = {}, ...scene }: Scene) {
  const progress = new Progress();
  const started = (name: string): ExecutionEvent => ({
    event: "started",
    name,
    range: { first: 0, end: 10 },
    nextRow: 0,
    secondsBefore: 0,
    readBefore: 0,
    cleared: startedOver.includes(name) ? "fresh" : null,
  });
  for (const name of [...startedOver, ...committed]) progress.apply(started(name));
  for (const name of committed) {
    progress.apply({ event: "progress", name, nextRow: 5, read: 5, written: 5, skipped: 0 });
  }
  const nothing = { read: 0, written: 0, skipped: 0, seconds: 0, rowsPerSecond: 0 };
  return closing(
    { exitCode, progress, results: Object.entries(ends).map(([name, status]) => ({ name, status, ...nothing })) },
    {
      dryRun: false,
      limit: null,
      limitIsDefault: true,
      ...scene,
      argv: argv.split(" ").filter((word) => word !== ""),
      sourceRows: new Map(Object.entries(sourceRows)),
    },
  );
}

const cases: readonly (readonly [what: string, scene: Scene, lines: string[]])[] = [
  ["all is done", { exitCode: 0, ends: { a: "completed" } }, []],
  [
    "it was stopped",
    { argv: "--only a --limit none", exitCode: 75, ends: { a: "stopped" }, committed: ["a"] },
    ["What is committed stays. To go on: node worker --only a --limit none"],
  ],
  [
    "the database is unavailable",
    { exitCode: 69, ends: { a: "failed" } },
    ["What is committed stays. To go on: node worker"],
  ],
  [
    "--fresh had deleted: it is not typed again",
    { argv: "--fresh --json", exitCode: 75, ends: { a: "stopped" }, startedOver: ["a"] },
    ["What is committed stays. To go on: node worker --json"],
  ],
  [
    "--fresh had deleted nothing yet",
    { argv: "--fresh", exitCode: 69, ends: { a: "failed" } },
    ["What is committed stays. To go on: node worker --fresh"],
  ],
  [
    "--fresh had reached one of two",
    {
      argv: "--fresh --only a,b,c --limit 3",
      exitCode: 75,
      ends: { a: "stopped", b: "stopped", c: "notRun" },
      startedOver: ["a"],
    },
    [
      "What is committed stays. To go on: node worker --only a,b,c --limit 3",
      "Not started over yet: b. For that: node worker --limit 3 --only b --fresh",
    ],
  ],
  ["it failed, and the same command would again", { exitCode: 1, ends: { a: "failed" }, committed: ["a"] }, []],
  ["it was not told right", { exitCode: 2, ends: { a: "failed", b: "stopped" }, committed: ["b"] }, []],
  [
    "there were too many bad records",
    { argv: "--quarantine-limit 3 --only a", exitCode: 65, ends: { a: "failed" } },
    [
      "What is committed stays, bad records in worker.quarantine. To go on, raise the limit: node worker --only a --quarantine-limit N",
    ],
  ],
  [
    "a word needs quotes",
    { argv: "--only=a,it's", exitCode: 75, ends: { a: "stopped" } },
    ["What is committed stays. To go on: node worker '--only=a,it'\\''s'"],
  ],
  [
    "it was a child of an array of jobs, with a limit of its environment",
    {
      argv: "--env aws --only a",
      exitCode: 75,
      ends: { a: "stopped" },
      limit: 10,
      job: { environment: "aws", shard: { index: 1, of: 8 } },
    },
    [
      "What is committed stays. To go on: node batch submit --env aws --command --env aws --only a --shard 1/8 --limit 10",
    ],
  ],
  [
    "it was a dry run",
    { dryRun: true, exitCode: 75, ends: { a: "stopped" } },
    ["Dry run: everything was rolled back."],
  ],
  [
    "the environment's limit has cut sources",
    {
      limit: 1000,
      exitCode: 0,
      ends: { a: "completed", b: "completed", c: "completed", d: "skipped", e: "completed" },
      sourceRows: { a: 1001, b: 1000, c: 5000, d: 5000 },
    },
    ["Only the first 1,000 rows of a and c were read (WORKER_LIMIT). To read all: --limit none"],
  ],
  [
    "the limit was typed",
    { limit: 10, limitIsDefault: false, exitCode: 0, ends: { a: "completed" }, sourceRows: { a: 11 } },
    [],
  ],
  ["the limit has cut nothing", { limit: 10, exitCode: 0, ends: { a: "completed" }, sourceRows: { a: 10 } }, []],
];

for (const [what, scene, expected] of cases) {
  test(`the last word where ${what}`, (t) => {
    t.deepEqual(lines(scene), expected);
  });
}
