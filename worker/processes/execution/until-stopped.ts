import { Failure } from "../../failure.ts";

/**
 * What `work` comes to, unless it is to stop before: a source that is slow, or silent, must not hold up the end. Whatever
 * goes on then ends with the thread that it runs in.
 * @throws Failure `interrupted` where it is to stop
 */
export async function untilStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T> {
  const result = await orStopped(work, stop);
  if (result === stopped) throw new Failure("interrupted", "Stopped while a source was being read.");
  return result;
}

/** Items as they come, and none after it is to stop. */
export async function* itemsUntilStopped<T>(items: AsyncIterable<T>, stop: AbortSignal): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await orStopped(iterator.next(), stop);
      if (next === stopped || next.done) return;
      yield next.value;
    }
  } finally {
    // Not waited for: it may be what hangs.
    iterator.return?.().catch(() => {});
  }
}

const stopped = Symbol("stopped");

/** A promise for each wait: one that lives as long as the run would keep all that was raced against it. */
function orStopped<T>(work: Promise<T>, stop: AbortSignal): Promise<T | typeof stopped> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(stopped);
    if (stop.aborted) onAbort();
    else stop.addEventListener("abort", onAbort, { once: true });
    const end = () => stop.removeEventListener("abort", onAbort);
    work.then(resolve, reject).then(end, end);
  });
}
