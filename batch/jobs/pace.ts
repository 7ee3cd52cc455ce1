/** Whose calls they are: an account's, which others need too, or nobody's but ours. */
export type Calls = "shared" | "own";

/** How often a watcher asks, in milliseconds. */
export interface Pace {
  /** As many children at most. */
  readonly children: number;
  /** Between calls. */
  readonly spacing: number;
  /** Between looks at the same jobs. */
  readonly every: number;
  /** Until a stream is asked again that says nothing. */
  readonly silence: number;
  /** How long the last lines of a container may take to where they can be read. */
  readonly grace: number;
  /** For what is left to be read when all has ended. */
  readonly rest: number;
}

const paces: Readonly<Record<Calls, readonly [Pace, ...Pace[]]>> = {
  shared: [
    { children: 10, spacing: 500, every: 1000, silence: 2000, grace: 3000, rest: 30_000 },
    { children: 100, spacing: 500, every: 3000, silence: 5000, grace: 3000, rest: 60_000 },
    // A call a second.
    { children: Number.POSITIVE_INFINITY, spacing: 1000, every: 5000, silence: 15_000, grace: 3000, rest: 30_000 },
  ],
  own: [{ children: Number.POSITIVE_INFINITY, spacing: 10, every: 200, silence: 200, grace: 0, rest: 60_000 }],
};

export function paceOf(calls: Calls, children: number): Pace {
  const choice = paces[calls];
  return choice.find((pace) => children <= pace.children) ?? choice[0];
}
