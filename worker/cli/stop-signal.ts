/**
 * The first signal asks to stop, a second one leaves at once with the shell's code for it.
 * @param asked what else happens at the first one. @returns why it stops (default: an AbortError)
 */
export function stopSignal(process: NodeJS.Process, asked: (signal: string, exitCode: number) => unknown): AbortSignal {
  const controller = new AbortController();
  for (const [signal, number] of [
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(128 + number);
      controller.abort(asked(signal, 128 + number));
    });
  }
  return controller.signal;
}
