import test from "ava";
import { adviseShards } from "../../../batch/cli/shard-advice.ts";

async function advice(...names: string[]): Promise<string> {
  let said = "";
  const write = (text: string) => {
    said += text;
    return true;
  };
  await adviseShards(names, { stderr: { write, isTTY: false, columns: 80 } });
  return said;
}

test("a source of eleven row groups is worth eleven shards; others have nothing to tell", async (t) => {
  t.is(
    await advice("airports", "flights", "route_stats"),
    "note: flights has 11 row groups: --shards 11 gives each job one\n",
  );
  t.is(await advice("airports", "bird_strikes"), "");
});
