import { parentPort, workerData } from "node:worker_threads";
import { Failure } from "../../failure.ts";
import { loadDefinitions } from "./definitions.ts";
import { chunksAhead, type FromThread, type ThreadData, type ToThread } from "./messages.ts";
import { type ProduceRequest, producer } from "./producer.ts";

const port = parentPort;
if (!port) throw new Error("producer-thread.ts runs in a thread");
const { names, folder } = workerData as ThreadData;
const definitions = await loadDefinitions(names, folder);
const inThread = producer((name) => {
  const definition = definitions.get(name);
  if (definition?.kind !== "load") throw new Error(`${name} has no source`);
  return definition;
});

interface Credit {
  /** Chunks that may be sent. */
  left: number;
  /** Called when there are more, or no more are wanted. */
  wake: () => void;
  stopped: boolean;
  spares: ArrayBuffer[];
}

/** By the call that a production answers. */
const credits = new Map<number, Credit>();

port.on("message", (message: ToThread) => {
  const credit = credits.get(message.call);
  if ("open" in message)
    void answer(message.call, async () => say({ call: message.call, facts: await inThread.open(message.open) }));
  else if ("produce" in message) void answer(message.call, () => produce(message.call, message.produce));
  else if (credit) {
    if ("spare" in message) {
      credit.left++;
      credit.spares.push(message.spare);
    } else credit.stopped = true;
    credit.wake();
  }
});

function say(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

async function answer(call: number, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    say({ call, error: { message, stack, ...(error instanceof Failure ? { kind: error.kind } : {}) } });
  }
}

async function produce(call: number, request: ProduceRequest): Promise<void> {
  const credit: Credit = { left: chunksAhead, wake: () => {}, stopped: false, spares: [] };
  credits.set(call, credit);
  try {
    for await (const chunk of inThread.produce(request, credit.spares)) {
      while (credit.left === 0 && !credit.stopped) {
        await new Promise<void>((resolve) => {
          credit.wake = resolve;
        });
      }
      if (credit.stopped) return;
      credit.left--;
      // The encoder gives each chunk a buffer of its own: handed over, not copied.
      say({ call, chunk }, [chunk.data.buffer as ArrayBuffer]);
    }
    say({ call, end: true });
  } finally {
    credits.delete(call);
  }
}
