import test from "ava";
import { Failure } from "../../../../worker/failure.ts";
import { itemsUntilStopped, untilStopped } from "../../../../worker/processes/execution/until-stopped.ts";

const forever = new Promise<never>(() => {});
const aborted = AbortSignal.abort();

/** Stops when it is waited for. */
function stopSoon(): AbortSignal {
  const controller = new AbortController();
  setImmediate(() => controller.abort());
  return controller.signal;
}

test("what comes in time comes as it is, errors too", async (t) => {
  const { signal } = new AbortController();
  t.is(await untilStopped(Promise.resolve(1), signal), 1);
  await t.throwsAsync(untilStopped(Promise.reject(new RangeError("far")), signal), { instanceOf: RangeError });
});

test("what never comes is not waited for after the stop", async (t) => {
  for (const stop of [stopSoon(), aborted]) {
    const failure = await t.throwsAsync(untilStopped(forever, stop), { instanceOf: Failure });
    t.is(failure.kind, "interrupted");
  }
});

test("items come until the stop, and their source is told that no more are wanted", async (t) => {
  let isLeft = false;
  async function* three() {
    try {
      yield* [1, 2, 3];
    } finally {
      isLeft = true;
    }
  }
  const all: number[] = [];
  for await (const item of itemsUntilStopped(three(), new AbortController().signal)) all.push(item);
  t.deepEqual(all, [1, 2, 3]);
  isLeft = false;
  for await (const item of itemsUntilStopped(three(), new AbortController().signal)) if (item === 2) break;
  await new Promise(setImmediate);
  t.true(isLeft);
});

test("a source that hangs between two items holds up nothing", async (t) => {
  async function* one() {
    yield 1;
    await forever;
  }
  const items: number[] = [];
  for await (const item of itemsUntilStopped(one(), stopSoon())) items.push(item);
  t.deepEqual(items, [1]);
});
