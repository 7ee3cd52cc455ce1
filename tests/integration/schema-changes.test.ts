import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chown } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import test from "ava";
import type pg from "pg";
import { temporaryFolder } from "../temporary-folder.ts";
import { changes } from "../worker/data/schema/changes/index.ts";
import { type Lanes, openLanes } from "../worker/data/schema/lanes.ts";
import { prove } from "../worker/data/schema/proof.ts";

// The changes of tests/worker/data/schema, on PostgreSQL 15 and judged by pg_dump: Debian has both in postgresql-15.
const binaries = "/usr/lib/postgresql/15/bin";
const isThere = existsSync(path.join(binaries, "pg_dump")) && existsSync(path.join(binaries, "initdb"));
const port = 20_000 + (process.pid % 10_000);
const run = promisify(execFile);

const endings: (() => Promise<unknown>)[] = [];
let lanes: Lanes;
let socket: string;

test.before(async () => {
  if (!isThere) return;
  const folder = await temporaryFolder({
    teardown: (end) => endings.push(async () => end()),
  });
  const user = await serverUser();
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid ?? -1);
  const data = path.join(folder, "data");
  const options = { ...user, cwd: folder };
  await run(
    path.join(binaries, "initdb"),
    ["-D", data, "-U", "batch", "-A", "trust", "-E", "UTF8", "--no-sync"],
    options,
  );
  const settings = `-c port=${port} -c unix_socket_directories=${folder} -c listen_addresses= -c fsync=off -c max_connections=50`;
  await run(
    path.join(binaries, "pg_ctl"),
    ["-D", data, "-w", "-l", path.join(folder, "log"), "-o", settings, "start"],
    options,
  );
  endings.unshift(() => run(path.join(binaries, "pg_ctl"), ["-D", data, "-m", "immediate", "stop"], options));
  socket = folder;
  lanes = openLanes({ host: folder, port, user: "batch", database: "postgres" }, "changes", 3);
  endings.unshift(() => lanes.close());
});

test.after.always(async () => {
  for (const end of endings) await end();
});

/** PostgreSQL refuses to run as root. */
async function serverUser(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (flag) => Number((await run("id", [flag, "postgres"])).stdout)),
  );
  return { uid: uid!, gid: gid! };
}

/** The statements of a dump, in any order; what is in a CREATE TABLE as well, since PostgreSQL adds columns at the end. */
async function dump(client: pg.Client): Promise<string[]> {
  const args = ["-s", "--no-owner", "-h", socket, "-p", `${port}`, "-U", "batch", client.database!];
  const { stdout } = await run(path.join(binaries, "pg_dump"), args, { maxBuffer: 2 ** 26 });
  let text = stdout.replace(/^(--|\\).*$/gm, "");
  // PostgreSQL names a partition's share of an index by itself.
  for (const [, whole, share] of text.matchAll(/^ALTER INDEX (\S+) ATTACH PARTITION (?:\w+\.)?(\S+);$/gm)) {
    text = text.replaceAll(share!, `share_of_${whole}`);
  }
  return text
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "" && !/^(SET|SELECT pg_catalog)\b/.test(statement))
    .map((statement) => {
      // The columns of statistics come in the order of the table's.
      if (statement.startsWith("CREATE STATISTICS")) return statement.split(/[ ,]+/).sort().join(" ");
      if (!/^CREATE (UNLOGGED )?TABLE/.test(statement)) return statement;
      const lines = statement.split("\n").map((line) => line.replace(/,$/, ""));
      return lines.sort().join("\n");
    });
}

const title = "PostgreSQL 15, pg_dump";
for (const [kind, list] of Object.entries(changes)) {
  for (const change of list) {
    if (change.since !== undefined && change.since > 15) continue;
    (isThere ? test : test.skip)(`${title}: ${kind}: ${change.title}, there and back`, async (t) => {
      const { faults, up, down } = await lanes.use((lane) => prove(change, lane, { judge: dump }));
      if (faults.length > 0) for (const { sql } of [...up, { sql: "-- and back" }, ...down]) t.log(sql);
      t.is(faults.join("\n"), "");
    });
  }
}
