import test from "ava";
import { shardRange } from "../../../../worker/processes/execution/shard.ts";

const groups = Array.from({ length: 11 }, (_, group) => group * 272_727);
const flights = { rows: 3_000_000, parts: groups };

test("eleven shards of eleven row groups read one each", (t) => {
  for (const [index, first] of groups.entries()) {
    t.deepEqual(shardRange(flights, null, { index, of: 11 }), { first, end: groups[index + 1] ?? 3_000_000 });
  }
});

test("two shards share evenly, not by row groups", (t) => {
  t.deepEqual(shardRange(flights, null, { index: 0, of: 2 }), { first: 0, end: 1_500_000 });
});

test("the limit counts before the split", (t) => {
  t.deepEqual(shardRange(flights, 1001, { index: 0, of: 2 }), { first: 0, end: 500 });
  t.deepEqual(shardRange(flights, 1001, { index: 1, of: 2 }), { first: 500, end: 1001 });
});

test("the shards' union is exactly the whole, whatever the numbers", (t) => {
  for (let round = 0; round < 2000; round++) {
    const rows = Math.floor(Math.random() * 5000);
    const parts = [...new Set(Array.from({ length: 5 }, () => Math.floor(Math.random() * rows)).concat(0))].sort(
      (a, b) => a - b,
    );
    const limit = Math.random() < 0.5 ? null : 1 + Math.floor(Math.random() * 6000);
    const of = 1 + Math.floor(Math.random() * 40);
    let next = 0;
    for (let index = 0; index < of; index++) {
      const { first, end } = shardRange({ rows, parts }, limit, { index, of });
      if (first !== next || end < first) t.fail(JSON.stringify({ rows, parts, limit, of, index, first, end, next }));
      next = end;
    }
    if (next !== Math.min(rows, limit ?? rows)) t.fail(JSON.stringify({ rows, parts, limit, of, next }));
  }
  t.pass();
});
