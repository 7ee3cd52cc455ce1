import process from "node:process";
import test from "ava";
import fc from "fast-check";
import pMap from "p-map";
import { testServer } from "../../../database.ts";
import { type Lanes, openLanes } from "./lanes.ts";
import { prove } from "./proof.ts";
import { pairs } from "./random/arbitrary.ts";

const count = Number(process.env.SCHEMA_PAIRS ?? 30);
/** The same pairs each time, so that a commit is judged by what it changed; SCHEMA_SEED=random takes others. */
const { SCHEMA_SEED = "1" } = process.env;
const seed = SCHEMA_SEED === "random" ? Date.now() % 1_000_000 : Number(SCHEMA_SEED);

let lanes: Lanes;

test.before(async () => {
  const { username, ...settings } = await testServer.settings();
  lanes = openLanes({ ...settings, user: username }, `test_random_${process.pid}`, 3);
});

test.after.always(() => lanes?.close());

test("any schema becomes any other, and is itself again on the way back", async (t) => {
  t.timeout(20 * 60_000);
  console.log(`# seed ${seed}: ${count} pairs of schemas; again with SCHEMA_SEED=${seed} SCHEMA_PAIRS=${count}`);
  const failed = await pMap(
    fc.sample(pairs, { seed, numRuns: count }),
    async (pair, index) => {
      const { faults } = await lanes.use((lane) => prove(pair, lane, { asks: false }));
      if (faults.length === 0) return [];
      return [`pair ${index}, ${pair.title}:\n${faults.join("\n")}\nfrom\n${pair.from}\nto\n${pair.to}`];
    },
    { concurrency: 3 },
  );
  t.is(failed.flat().join("\n\n"), "");
});
