/** What `work` gives; undefined as soon as `stop` is aborted: what is under way is not waited for. */
export async function unlessStopped<Result>(
  stop: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  if (stop.aborted) return undefined;
  let left: () => void = () => {};
  const stopped = new Promise<undefined>((resolve) => {
    left = () => resolve(undefined);
    stop.addEventListener("abort", left);
  });
  try {
    return await Promise.race([work(), stopped]);
  } finally {
    stop.removeEventListener("abort", left);
  }
}
