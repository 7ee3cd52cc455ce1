import test from "ava";
import { UnencodableValue } from "../../../../worker/data/binary-copy/unencodable-value.ts";
import type { Chunk } from "../../../../worker/data/repositories/contracts.ts";
import { BadRecord } from "../../../../worker/data/sources/source.ts";
import { Failure } from "../../../../worker/failure.ts";
import { toAirport } from "../../../../worker/processes/airports.ts";
import { load } from "../../../../worker/processes/execution/definition.ts";
import { type AnyLoad, producer } from "../../../../worker/processes/execution/producer.ts";

/** Chunks of a source of three items, 0 to 2, encoded by an encoder that only counts and refuses `refused`. */
async function produce(transform: (item: number, row: number) => unknown): Promise<Chunk[]> {
  const definition = load({
    source: {
      location: "numbers",
      open: async () => ({
        version: "1",
        rows: 3,
        parts: [0],
        async *read(first: number, to: number) {
          yield { first, items: [0, 1, 2].slice(first, to) };
        },
      }),
    },
    rowNumber: "id",
    transform: transform as (item: number, row: number) => { id: number },
  });
  const encoder = () => {
    let rows = 0;
    return {
      get rows() {
        return rows;
      },
      add(row: object) {
        if ("refused" in row) throw new UnencodableValue("refused", row.refused, "something else");
        rows++;
      },
      take() {
        rows = 0;
        return new Uint8Array();
      },
    };
  };
  const columns = ["id", "refused"].map((name) => ({ property: name, name, format: "int8", nullable: true }) as const);
  const chunks: Chunk[] = [];
  const made = producer(() => definition as AnyLoad, encoder);
  for await (const chunk of made.produce({ name: "items", from: 0, to: 3, columns })) chunks.push(chunk);
  return chunks;
}

test("a transform that throws ends in a sentence with sub-process, source, row and its line", async (t) => {
  const failure = await t.throwsAsync(
    produce((item) => (item === 1 ? toAirport(undefined as never, item) : { id: item })),
    { instanceOf: Failure },
  );
  t.is(failure.kind, "failed");
  t.true(failure.cause instanceof TypeError);
  t.regex(
    failure.message,
    /^transform of items failed for row 1 of numbers: TypeError: Cannot read properties of undefined \(reading 'latitude'\) \(worker\/processes\/airports\.ts:\d+\)\. Mend it, or return a BadRecord for such a row\.$/,
  );
});

test("what is thrown need not be an error, nor come from worker/processes", async (t) => {
  const throwing = (what: unknown) => () => {
    throw what;
  };
  await t.throwsAsync(produce(throwing("no")), {
    message: "transform of items failed for row 0 of numbers: no. Mend it, or return a BadRecord for such a row.",
  });
  await t.throwsAsync(produce(throwing(new RangeError("too far"))), {
    message:
      "transform of items failed for row 0 of numbers: RangeError: too far. Mend it, or return a BadRecord for such a row.",
  });
});

const results: readonly (readonly [what: string, result: () => unknown, message: string])[] = [
  ["a promise", async () => ({ id: 0 }), "returns a Promise for row 0; it must not be async."],
  ["a rejection", () => Promise.reject(new Error("late")), "returns a Promise for row 0; it must not be async."],
  ["undefined", () => undefined, "returns undefined for row 0; it must return a row or a BadRecord."],
  ["null", () => null, "returns null for row 0; it must return a row or a BadRecord."],
  ["a number", () => 5, "returns number for row 0; it must return a row or a BadRecord."],
];

for (const [what, result, message] of results) {
  test(`a transform that returns ${what} ends in a sentence`, async (t) => {
    const failure = await t.throwsAsync(produce(result), { instanceOf: Failure });
    t.is(failure.message, `transform of items ${message}`);
    t.is(failure.kind, "failed");
  });
}

test("a property that the model does not have is a mistake", async (t) => {
  await t.throwsAsync(
    produce((id) => ({ id, other: 1 })),
    { instanceOf: TypeError, message: "transform returns other, which the model does not have" },
  );
});

test("bad records leave as JSON that PostgreSQL takes; one value that can't be encoded is one of them", async (t) => {
  const [chunk] = await produce((item) =>
    item === 0
      ? new BadRecord("is\u0000odd", { big: 1n, text: "\u0000\ud800" })
      : { id: item, ...(item === 1 && { refused: 1n }) },
  );
  t.is(chunk?.rows, 1);
  t.deepEqual(chunk?.bad, [
    { row: 0, reason: "is\u2400odd", record: { big: "1", text: "\u2400\ufffd" } },
    { row: 1, reason: "refused is 1; it must be something else", record: 1 },
  ]);
});
