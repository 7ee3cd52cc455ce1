import { Failure } from "../../failure.ts";

/** Where a transform was when it went wrong. */
export interface TransformCall {
  name: string;
  /** Of the source. */
  location: string;
  row: number;
}

export function transformThrew({ name, location, row }: TransformCall, error: unknown): Failure {
  const message = error instanceof Error && error.name === "Error" ? error.message : String(error);
  const line = error instanceof Error ? lineInProcesses(error) : undefined;
  return new Failure(
    "failed",
    `transform of ${name} failed for row ${row} of ${location}: ${message}${line ? ` (${line})` : ""}. ` +
      "Mend it, or return a BadRecord for such a row.",
    { cause: error },
  );
}

export function transformReturned({ name, row }: Omit<TransformCall, "location">, result: unknown): Failure {
  const isPromise = result instanceof Promise;
  // Nobody waits for it; a rejection would end the worker before this sentence is said.
  if (isPromise) result.catch(() => {});
  const what = isPromise ? "a Promise" : result === null ? "null" : typeof result;
  const must = isPromise ? "it must not be async" : "it must return a row or a BadRecord";
  return new Failure("failed", `transform of ${name} returns ${what} for row ${row}; ${must}.`);
}

/** `worker/processes/cities.ts:12` of the innermost call in a sub-process, by the stack; this folder holds none. */
function lineInProcesses({ stack = "" }: Error): string | undefined {
  for (const line of stack.split("\n")) {
    const match = /[\\/](worker[\\/]processes[\\/](?!execution[\\/]).+?:\d+):\d+\)?$/.exec(line);
    if (match) return match[1]?.replaceAll("\\", "/");
  }
  return undefined;
}
