import test from "ava";
import { jsonSafe } from "../../../../worker/processes/execution/json-safe.ts";

const cyclic: { name: string; self?: object } = { name: "x" };
cyclic.self = cyclic;
const shared = { a: 1 };

const cases: readonly (readonly [title: string, value: unknown, expected: unknown])[] = [
  ["plain data", { a: [1, "x", true, null] }, { a: [1, "x", true, null] }],
  ["a bigint", { a: 2n ** 64n }, { a: "18446744073709551616" }],
  ["U+0000 in a value and in a name", { "a\u0000": "b\u0000c" }, { "a\u2400": "b\u2400c" }],
  ["a lone surrogate", "a\ud800b \u{1F6EC}", "a\ufffdb \u{1F6EC}"],
  ["a Date", [new Date(0)], ["1970-01-01T00:00:00.000Z"]],
  ["a Date that is none", new Date("x"), null],
  ["NaN and an infinity", [Number.NaN, Number.NEGATIVE_INFINITY], ["NaN", "-Infinity"]],
  ["bytes", Buffer.from([0, 255]), "\\x00ff"],
  ["a cycle", cyclic, { name: "x", self: "[circular]" }],
  ["an object that is there twice", [shared, shared], [{ a: 1 }, { a: 1 }]],
  ["undefined", undefined, null],
  ["undefined and functions within", { a: undefined, b: () => 1, c: [undefined] }, { c: [null] }],
  ["a symbol", Symbol("x"), null],
  ["a property by the name of the prototype", JSON.parse('{"__proto__":"x"}'), JSON.parse('{"__proto__":"x"}')],
];

for (const [title, value, expected] of cases) {
  test(`a record is JSON that PostgreSQL takes: ${title}`, (t) => {
    const safe = jsonSafe(value);
    t.deepEqual(safe, expected);
    t.deepEqual(JSON.parse(JSON.stringify(safe)), expected);
  });
}
