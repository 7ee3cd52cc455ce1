import type { Chunk } from "../../data/repositories/contracts.ts";
import { Failure, type FailureKind } from "../../failure.ts";
import { processesFolder } from "./definitions.ts";
import type { FromThread, ThreadError, ToThread } from "./messages.ts";
import type { Producer, SourceFacts } from "./producer.ts";
import { startThread } from "./start-thread.js";

/**
 * A producer in a thread of its own, so that decoding the next rows never keeps the database waiting for the ones that
 * are ready.
 * @param names sub-processes that it will be asked for
 * @param folder URL of the folder that they are in
 * @param thread one that was started earlier
 * @param env settings that sources read, where they are others than the process's own: Region, credentials
 */
export function threadedProducer(
  names: readonly string[],
  folder = processesFolder,
  thread = startThread(),
  env: NodeJS.ProcessEnv = {},
): Producer {
  thread.postMessage({ names, folder, env: { ...env } } satisfies ToThread);
  const receivers = new Map<number, (message: FromThread) => void>();
  let calls = 0;
  let dead: Error | undefined;

  thread.on("message", (message: FromThread) => receivers.get(message.call)?.(message));
  const die = (error: Error) => {
    dead ??= error;
    for (const [call, receive] of receivers) receive({ call, error: { message: dead.message, stack: dead.stack } });
  };
  thread.on("error", die);
  thread.on("exit", () => die(new Error("the reading thread has ended")));
  const send = (message: ToThread, transfer: readonly ArrayBuffer[] = []) => thread.postMessage(message, transfer);

  /** Messages of one call, in order. */
  async function* ask(question: (call: number) => ToThread): AsyncGenerator<FromThread> {
    const call = calls++;
    const queue: FromThread[] = [];
    let wake = () => {};
    receivers.set(call, (message) => {
      queue.push(message);
      wake();
    });
    thread.ref();
    try {
      if (dead) throw dead;
      send(question(call));
      for (;;) {
        while (queue.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const message = queue.shift() as FromThread;
        if ("error" in message) throw revived(message.error);
        if ("end" in message) return;
        yield message;
      }
    } finally {
      receivers.delete(call);
      if (receivers.size === 0) thread.unref();
      send({ call, stop: true });
    }
  }

  return {
    async open(name): Promise<SourceFacts> {
      for await (const message of ask((call) => ({ call, open: name }))) {
        if ("facts" in message) return message.facts;
      }
      throw new Error(`no answer about ${name}`);
    },
    async *produce(request): AsyncGenerator<Chunk> {
      let current = 0;
      const messages = ask((call) => {
        current = call;
        return { call, produce: request };
      });
      for await (const message of messages) {
        if (!("chunk" in message)) continue;
        yield message.chunk;
        // The chunk is written: its memory goes back, to be filled again.
        const spare = message.chunk.data.buffer as ArrayBuffer;
        send({ call: current, spare }, [spare]);
      }
    },
    async close() {
      await thread.terminate();
    },
  };
}

function revived({ kind, message, stack }: ThreadError): Error {
  if (kind !== undefined) return new Failure(kind as FailureKind, message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
