import { exitCodes } from "../failure.ts";
import type { StepResult } from "../processes/execution/events.ts";
import type { DisplayOptions } from "./display.ts";
import { count, type Progress } from "./progress.ts";

/** How a run ended. */
export interface Ending {
  results: readonly StepResult[];
  exitCode: number;
  progress: Progress;
}

/** What the run came to, and how to go on. */
export function closing(ending: Ending, options: DisplayOptions): string[] {
  if (options.dryRun) return ["Dry run: everything was rolled back."];
  return [...wayOn(ending, options), ...cutSources(ending, options)];
}

/** Only where it helps: after other failures than these the same command fails again, and their message says more. */
function wayOn({ results, exitCode, progress }: Ending, options: DisplayOptions): string[] {
  const { argv } = options;
  const command = (words: readonly string[]) => commandLine(words, options);
  const isRetried = Object.values(exitCodes).some(({ code, retry }) => retry && code === exitCode);
  const isLimited = exitCode === exitCodes.tooManyBadRecords.code;
  if (!isRetried && !isLimited) return [];
  const steps = [...progress.steps.values()];
  const hasBegun = steps.some(({ startedOver, read }) => startedOver || read > 0);
  // Typed again, --fresh would delete what is committed.
  const same = hasBegun ? without(argv, "fresh") : argv;
  const lines = [
    isLimited
      ? `What is committed stays, bad records in worker.quarantine. To go on, raise the limit: ${command([...without(same, "quarantine-limit"), "--quarantine-limit", "N"])}`
      : `What is committed stays. To go on: ${command(same)}`,
  ];
  const left = results.filter(
    ({ name, status }) => (status === "stopped" || status === "failed") && !progress.steps.get(name)?.startedOver,
  );
  if (same.length < argv.length && left.length > 0) {
    const names = left.map(({ name }) => name).join(",");
    lines.push(
      `Not started over yet: ${names}. For that: ${command([...without(same, "only"), "--only", names, "--fresh"])}`,
    );
  }
  return lines;
}

/** A table that looks complete and isn't would surprise: the limit is one that nobody typed. */
function cutSources({ results, exitCode }: Ending, { limit, limitIsDefault, sourceRows }: DisplayOptions): string[] {
  if (limit === null || !limitIsDefault || exitCode !== exitCodes.done.code) return [];
  const cut = results.filter(({ name, status }) => status === "completed" && (sourceRows.get(name) ?? 0) > limit);
  if (cut.length === 0) return [];
  const names = new Intl.ListFormat("en").format(cut.map(({ name }) => name));
  return [`Only the first ${count(limit)} rows of ${names} were read (WORKER_LIMIT). To read all: --limit none`];
}

/** `argv` without a flag, in any of its spellings, and its value. */
function without(argv: readonly string[], flag: "fresh" | "only" | "quarantine-limit"): string[] {
  const takesValue = flag !== "fresh";
  return argv.filter((word, index) => {
    const isFlag = word === `--${flag}` || word === `--no-${flag}` || word.startsWith(`--${flag}=`);
    return !isFlag && !(takesValue && argv[index - 1] === `--${flag}`);
  });
}

/** What to type: from a job, another one for the same rows. */
function commandLine(argv: readonly string[], { job, limit, limitIsDefault }: DisplayOptions): string {
  const quoted = argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`));
  if (job === undefined) return ["node worker", ...quoted].join(" ");
  const { environment, shard } = job;
  const isPart = shard.of > 1 && !argv.some((word) => /^--shard(=|$)/.test(word));
  return [
    `node batch submit --env ${environment} --command`,
    ...quoted,
    ...(isPart ? ["--shard", `${shard.index}/${shard.of}`] : []),
    ...(limitIsDefault && limit !== null ? ["--limit", String(limit)] : []),
  ].join(" ");
}
