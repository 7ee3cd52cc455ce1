import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { gitEnvironment } from "../git-environment.ts";

/**
 * What tells every job which code it is: the commit, and whether files differ from it. Nothing where git or its history
 * is missing: a source archive has none.
 */
export async function provenance(project: string): Promise<Record<string, string>> {
  const git = (...args: string[]) =>
    promisify(execFile)("git", ["-C", project, ...args], { env: gitEnvironment(process.env), maxBuffer: 2 ** 26 }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
  const [commit, changes] = await Promise.all([
    git("rev-parse", "HEAD"),
    git("--no-optional-locks", "status", "--porcelain"),
  ]);
  if (commit === undefined || changes === undefined) return {};
  return { BATCH_PREFLIGHT_COMMIT: commit, BATCH_PREFLIGHT_DIRTY: String(changes !== "") };
}
