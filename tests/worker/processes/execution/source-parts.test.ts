import test from "ava";
import { sourceParts } from "../../../../worker/processes/execution/source-parts.ts";

test("a sub-process that reads parquet tells its row groups; others have no parts to tell", async (t) => {
  const parts = await sourceParts(["airports", "bird_strikes", "flights", "route_stats"]);
  t.deepEqual([...parts], [["flights", 11]]);
});
