/** `interrupted` of worker/failure.ts: worth another attempt. */
const interrupted = 75;

/**
 * Handles SIGTERM and SIGINT until the worker has handlers of its own: the first process of a container ignores signals that
 * it has none for, and a job that nobody could tell to stop begins to write and is killed 30 seconds later.
 * @param {NodeJS.Process} process
 * @returns {{ fetching: AbortSignal, loading: () => void }} `fetching` is aborted by a signal; from `loading` on one ends the process
 */
export function stopUntilWorker(process) {
  const controller = new AbortController();
  let isLoading = false;
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
    process.on(signal, () => {
      // The worker has taken over.
      if (process.listenerCount(signal) > 1) return;
      controller.abort();
      if (!isLoading) return;
      process.stderr.write(`${signal}: ended before the worker had begun to write.\n`);
      process.exit(interrupted);
    });
  }
  return {
    fetching: controller.signal,
    loading: () => {
      isLoading = true;
    },
  };
}
