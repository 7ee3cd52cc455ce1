import { availableParallelism } from "node:os";
import process from "node:process";
import test from "ava";
import { testServer } from "../../../database.ts";
import { changes } from "./changes/index.ts";
import { type Lanes, openLanes } from "./lanes.ts";
import { prove } from "./proof.ts";
import { sampled } from "./sampled.ts";

let lanes: Lanes;

test.before(async () => {
  const { username, ...settings } = await testServer.settings();
  lanes = openLanes({ ...settings, user: username }, `test_changes_${process.pid}`, availableParallelism() + 1);
});

test.after.always(() => lanes?.close());

for (const [kind, list] of Object.entries(sampled(changes))) {
  for (const change of list) {
    test(`${kind}: ${change.title}, there and back`, async (t) => {
      const { faults, up, down } = await lanes.use((lane) => prove(change, lane));
      if (faults.length > 0) for (const { sql } of [...up, { sql: "-- and back" }, ...down]) t.log(sql);
      t.is(faults.join("\n"), "");
    });
  }
}
