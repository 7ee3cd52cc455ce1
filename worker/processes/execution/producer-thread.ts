import { env } from "node:process";
import { parentPort } from "node:worker_threads";
import { CopyEncoder } from "../../data/binary-copy/encoder.ts";
import { Failure } from "../../failure.ts";
import { loadDefinitions } from "./definitions.ts";
import { chunksAhead, type FromThread, type ToThread } from "./messages.ts";
import { type ProduceRequest, type Producer, producer } from "./producer.ts";

const port = parentPort;
if (!port) throw new Error("producer-thread.ts runs in a thread");
let inThread: Promise<Producer>;

async function load(names: readonly string[], folder: string): Promise<Producer> {
  const definitions = await loadDefinitions(names, folder);
  const find = (name: string) => {
    const definition = definitions.get(name);
    if (definition?.kind !== "load") throw new Error(`${name} has no source`);
    return definition;
  };
  const made = producer(find, (columns, spares) => new CopyEncoder(columns, spares));
  // The first rows are near when somebody asks; what is wrong with a source is told then.
  for (const [name, { kind }] of definitions) {
    if (kind === "load") made.open(name).catch(() => {});
  }
  return made;
}

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
  if ("names" in message) {
    // The thread was started before anybody knew which settings it would be.
    Object.assign(env, message.env);
    inThread = load(message.names, message.folder);
    // Told to whoever asks next.
    inThread.catch(() => {});
  } else if ("open" in message) void answer(message.call, () => open(message.call, message.open));
  else if ("produce" in message) void answer(message.call, () => produce(message.call, message.produce));
  else grant(message);
});

function grant(message: { call: number; spare: ArrayBuffer } | { call: number; stop: true }): void {
  const credit = credits.get(message.call);
  if (!credit) return;
  if ("spare" in message) {
    credit.left++;
    credit.spares.push(message.spare);
  } else credit.stopped = true;
  credit.wake();
}

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

async function open(call: number, name: string): Promise<void> {
  say({ call, facts: await (await inThread).open(name) });
}

async function produce(call: number, request: ProduceRequest): Promise<void> {
  const credit: Credit = { left: chunksAhead, wake: () => {}, stopped: false, spares: [] };
  credits.set(call, credit);
  try {
    for await (const chunk of (await inThread).produce(request, credit.spares)) {
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
