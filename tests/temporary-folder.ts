import { chmod, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ExecutionContext } from "ava";

/** A folder that is gone when `t` ends, and that any user may enter: a server that root starts runs as another one. */
export async function temporaryFolder(t: Pick<ExecutionContext, "teardown">): Promise<string> {
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), "batch-preflight-")));
  await chmod(folder, 0o755);
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
