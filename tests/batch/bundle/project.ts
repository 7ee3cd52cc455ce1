import { execFile } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "../../temporary-folder.ts";

const run = promisify(execFile);

/** Files of a small project that can be bundled; `#!` makes one executable. */
export const smallProject: Readonly<Record<string, string>> = {
  "package.json": '{"type": "module", "engines": {"node": ">=20.19"}}',
  "package-lock.json": JSON.stringify({
    packages: {
      "": { name: "small" },
      "node_modules/pg": { version: "8.0.0", integrity: "sha512-pg" },
      "node_modules/ava": { version: "7.0.0", integrity: "sha512-ava", dev: true },
      "node_modules/fast": { version: "1.0.0", integrity: "sha512-fast", optional: true },
    },
  }),
  Dockerfile: "FROM node:24-slim\n",
  ".gitignore": "*.log\n",
  ".env.aws": "TOKEN=1\n",
  "index.ts": "",
  "tests/worker.test.ts": "",
  "migrations/0001-rows.ts": "export const up = 1;\n",
  "worker/index.js": 'console.log("worked");\n',
  "worker/start.sh": "#!/bin/sh\n",
  "worker/bootstrap/index.js": "",
  "worker/s3/client.ts": "",
  "worker/processes/rows.ts": "export default {};\n",
};

/** @returns its folder, a Git working tree with all of it committed */
export async function smallTree(
  t: Pick<ExecutionContext, "teardown">,
  files: Readonly<Record<string, string>> = {},
  { git = true }: { git?: boolean } = {},
): Promise<string> {
  const folder = await temporaryFolder(t);
  await write(folder, { ...smallProject, ...files });
  if (!git) return folder;
  await run("git", ["init", "--quiet"], { cwd: folder });
  await run("git", ["add", "--all"], { cwd: folder });
  const author = ["-c", "user.name=me", "-c", "user.email=me@example.com"];
  await run("git", [...author, "commit", "--quiet", "--message", "all"], { cwd: folder });
  return folder;
}

export async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    if (text.startsWith("#!")) await chmod(file, 0o755);
  }
}
