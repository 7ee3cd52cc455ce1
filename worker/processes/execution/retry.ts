import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../failure.ts";

export interface RetryOptions {
  /** Tries without progress between them, the first included. */
  attempts: number;
  /** Milliseconds before the first retry; each later pause is twice as long, up to `longestPauseMs`. */
  pauseMs: number;
  longestPauseMs: number;
  signal: AbortSignal;
  /** From 0 up to, not including, 1. */
  random: () => number;
  /** Finds out why: the cause of a lost connection may be known elsewhere. */
  explain: (failure: Failure) => Promise<Failure>;
  onRetry: (failure: Failure, pauseMs: number) => void;
}

/**
 * Runs `work` until it succeeds, fails for good, or fails `attempts` times in a row. `progress` is called by the work
 * whenever something was committed: the count starts over.
 * @throws Failure of the last try
 */
export async function withRetries<T>(
  { attempts, pauseMs, longestPauseMs, signal, random, explain, onRetry }: RetryOptions,
  work: (progress: () => void) => Promise<T>,
): Promise<T> {
  let failed = 0;
  for (;;) {
    try {
      return await work(() => {
        failed = 0;
      });
    } catch (error) {
      failed++;
      if (!(error instanceof Failure && error.kind === "databaseUnavailable")) throw error;
      const failure = await explain(error);
      if (failed >= attempts || signal.aborted) throw failure;
      // Half of the pause is chance, so that many workers do not come back at the same moment.
      const longest = Math.min(pauseMs * 2 ** (failed - 1), longestPauseMs);
      const pause = Math.round(longest * (0.5 + random() / 2));
      onRetry(failure, pause);
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }
}
