import { execFileSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import test from "ava";
import { provenance } from "../../../batch/cli/provenance.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { smallTree, write } from "../bundle/project.ts";

test.serial("the commit is the project's, also within a hook of another repository", async (t) => {
  const folder = await smallTree(t);
  const head = execFileSync("git", ["-C", folder, "rev-parse", "HEAD"], { encoding: "utf8" }).trim();
  process.env.GIT_DIR = path.join(await smallTree(t, { "worker/other.ts": "" }), ".git");
  t.teardown(() => delete process.env.GIT_DIR);
  t.deepEqual(await provenance(folder), { BATCH_PREFLIGHT_COMMIT: head, BATCH_PREFLIGHT_DIRTY: "false" });
  await write(folder, { "worker/index.js": "changed" });
  t.deepEqual(await provenance(folder), { BATCH_PREFLIGHT_COMMIT: head, BATCH_PREFLIGHT_DIRTY: "true" });
});

test.serial("nothing is told where there is no history", async (t) => {
  t.deepEqual(await provenance(await temporaryFolder(t)), {});
});
