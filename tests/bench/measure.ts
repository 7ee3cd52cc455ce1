/** One line of `npm run bench`. */
export interface Measure {
  name: string;
  value: number;
  unit: string;
  anchor: string;
  anchorValue: number;
  /** value / anchorValue. */
  ratio: number;
  goal: string;
  ok: boolean;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** Three digits that count. */
export const rounded = (value: number): number => Number(value.toPrecision(3));

/** `least` or `most` bound the ratio; without an anchor, and with `of: "value"`, the value itself. */
export function measure(
  name: string,
  value: number,
  unit: string,
  anchor: { name: string; value: number } | null,
  goal: ({ least: number } | { most: number }) & { of?: "value" },
): Measure {
  const ratio = anchor ? value / anchor.value : value;
  const bounded = goal.of === "value" ? value : ratio;
  const ok = "least" in goal ? bounded >= goal.least : bounded <= goal.most;
  const suffix = goal.of === "value" ? ` ${unit}` : "";
  return {
    name,
    value: rounded(value),
    unit,
    anchor: anchor?.name ?? "-",
    anchorValue: rounded(anchor?.value ?? 1),
    ratio: rounded(ratio),
    goal: `${"least" in goal ? `>= ${goal.least}` : `<= ${goal.most}`}${suffix}`,
    ok,
  };
}

/** Runs each of `works` `rounds` times in turn, so that a slow moment of the machine meets all of them. @returns medians */
export async function inTurn<Name extends string>(
  rounds: number,
  works: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(works) as Name[];
  const values = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) values[name].push(await works[name]());
  }
  return Object.fromEntries(names.map((name) => [name, median(values[name])])) as Record<Name, number>;
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
