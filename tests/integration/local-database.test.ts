import { execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import test, { type ExecutionContext } from "ava";
import pg from "pg";
import { type Account, type Ended, type ProjectCopy, projectCopy } from "../project-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";

// Other users, mounts and full disks can only be had by root, on Linux.
const isRoot = process.platform === "linux" && process.getuid?.() === 0;
const asRoot = isRoot ? test.serial : test.serial.skip;
const run = promisify(execFile);

interface Status {
  running: boolean;
  pid: number;
  data: string;
}

async function statusOf({ worker }: ProjectCopy): Promise<Status> {
  return JSON.parse((await worker(["database", "status", "--json"])).stdout);
}

async function query(project: ProjectCopy, sql: string): Promise<unknown[]> {
  const { stdout, stderr } = await project.worker(["database", "url"]);
  const client = new pg.Client({ connectionString: stdout.trim() });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return (await client.query({ text: sql, rowMode: "array" })).rows.flat();
  } catch (error) {
    throw new Error(`${(error as Error).message} ${stderr}`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function isDone(t: ExecutionContext, { code, stderr }: Ended): void {
  t.is(stderr, "");
  t.is(code, 0);
}

async function uidOf(pid: number): Promise<number> {
  return (await stat(`/proc/${pid}`)).uid;
}

async function account(name: string): Promise<Account> {
  const line = (await readFile("/etc/passwd", "utf8")).split("\n").find((text) => text.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? "").split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

/** A small disk at `folder`, that any user may write to. */
async function smallDisk(t: ExecutionContext, folder: string, megabytes: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=777`, "none", folder]);
  t.teardown(() => run("umount", [folder]));
}

/** Leaves `megabytes` free on the disk of `folder`. @returns what frees it again */
async function fillDisk(folder: string, megabytes: number): Promise<() => Promise<void>> {
  const filler = path.join(folder, "filler");
  const { bavail, bsize } = await statfs(folder);
  await writeFile(filler, Buffer.alloc(bavail * bsize - megabytes * 2 ** 20));
  return () => rm(filler);
}

asRoot("root's server runs as another user, and its files lie in the project", async (t) => {
  const project = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });

  isDone(t, await project.worker(["database", "start"]));

  const { pid, data } = await statusOf(project);
  t.not(await uidOf(pid), 0);
  t.is(data, path.join(project.folder, ".local", "postgres", "data"));
});

asRoot("after root the owner of the project can go on, and after the owner root", async (t) => {
  const [root, owner] = await Promise.all([account("root"), account("nobody")]);
  const project = await projectCopy(t, await temporaryFolder(t), { owner, binaries: "complete" });

  for (const [round, as] of [root, owner, root, owner].entries()) {
    isDone(t, await project.worker(["database", "start"], { as }));
    t.is(await uidOf((await statusOf(project)).pid), owner.uid);
    await query(project, `CREATE TABLE visit${round} ()`);
    isDone(t, await project.worker(["database", "stop"], { as }));
  }
  t.deepEqual(await query(project, "SELECT count(*)::int FROM pg_tables WHERE tablename LIKE 'visit%'"), [4]);
});

asRoot("an ordinary user's server is their own, also below a home that others can't enter", async (t) => {
  const owner = await account("nobody");
  const home = await temporaryFolder(t);
  const project = await projectCopy(t, path.join(home, "project"), { owner, binaries: "complete" });
  await chown(home, owner.uid, owner.gid);
  await chmod(home, 0o700);

  isDone(t, await project.worker(["database", "start"]));

  const { pid, data } = await statusOf(project);
  t.is(await uidOf(pid), owner.uid);
  t.is(data, path.join(project.folder, ".local", "postgres", "data"));
});

asRoot(
  "root's project below a home that others can't enter: the files go elsewhere, stay there, and status says where",
  async (t) => {
    const home = await mkdtemp(path.join(tmpdir(), "batch-preflight-home-"));
    t.teardown(() => rm(home, { recursive: true }));
    const project = await projectCopy(t, path.join(home, "project"), { binaries: "complete" });

    isDone(t, await project.worker(["database", "start"]));

    const { pid, data } = await statusOf(project);
    t.teardown(() => rm(path.dirname(data), { recursive: true, force: true }));
    t.not(await uidOf(pid), 0);
    t.regex(data, /^\/var\/lib\/batch-preflight\/[0-9a-f]{16}\/data$/);
    await query(project, "CREATE TABLE kept AS SELECT 42 AS value");
    isDone(t, await project.worker(["database", "stop"]));
    t.deepEqual(await query(project, "SELECT value FROM kept"), [42]);
  },
);

asRoot("node_modules below a home that others can't enter: the server gets a copy of its binaries", async (t) => {
  const folder = await temporaryFolder(t);
  const project = await projectCopy(t, folder, { binaries: "without links" });
  await chmod(path.join(folder, "node_modules"), 0o700);

  isDone(t, await project.worker(["database", "start"]));

  t.is((await statusOf(project)).data, path.join(folder, ".local", "postgres", "data"));
  t.deepEqual(await query(project, "SELECT 1"), [1]);
});

asRoot("a read-only node_modules without its links is enough", async (t) => {
  const folder = await temporaryFolder(t);
  const modules = path.join(folder, "node_modules");
  const project = await projectCopy(t, folder, { owner: await account("nobody"), binaries: "without links" });
  await run("mount", ["--bind", modules, modules]);
  t.teardown(() => run("umount", ["-l", modules]));
  await run("mount", ["-o", "remount,bind,ro", modules]);

  isDone(t, await project.worker(["database", "start"]));

  t.deepEqual(await query(project, "SELECT 1"), [1]);
});

asRoot("a user whom the system does not know is told so", async (t) => {
  const project = await projectCopy(t, await temporaryFolder(t), {
    owner: { uid: 54_321, gid: 54_321 },
    binaries: "complete",
  });

  const { code, stderr } = await project.worker(["database", "start"]);

  t.is(code, 69);
  t.regex(
    stderr,
    /^The local database .*could not look up effective user ID 54321: user does not exist\. .*DATABASE_URL/,
  );
});

asRoot("root without anybody to run the server as is told so", async (t) => {
  const folder = await temporaryFolder(t);
  await projectCopy(t, folder, { binaries: "complete" });
  const passwd = path.join(folder, "passwd");
  await writeFile(passwd, "root:x:0:0:root:/root:/bin/sh\n");
  const script = `mount --bind "$1" /etc/passwd && exec "$2" worker database start`;

  const { code, stderr } = await run("unshare", ["-m", "sh", "-c", script, "sh", passwd, process.execPath], {
    cwd: folder,
  }).then(
    (output) => ({ ...output, code: 0 }),
    (error: Ended) => error,
  );

  t.is(code, 1);
  t.is(
    stderr,
    'PostgreSQL refuses to run as root, and /etc/passwd has neither a user "postgres" nor "nobody" to run it as; add one, run the worker as another user, or set DATABASE_URL to another PostgreSQL.\n',
  );
});

asRoot("a disk too small for a database is told, and with more space the same command succeeds", async (t) => {
  const folder = await temporaryFolder(t);
  const disk = path.join(folder, ".local");
  await smallDisk(t, disk, 30);
  const project = await projectCopy(t, folder, { binaries: "complete" });
  const full = `The disk of the local database (${disk}/postgres) is full; free some space and run the same command again.\n`;

  const { code, stderr } = await project.worker(["database", "start"]);
  t.deepEqual({ code, stderr }, { code: 69, stderr: full });

  await run("mount", ["-o", "remount,size=200m", disk]);
  isDone(t, await project.worker(["database", "start"]));
  const left = await readdir(path.join(disk, "postgres"));
  t.deepEqual(left.sort(), ["data", "port", "postgres.log"]);
});

asRoot("a disk that fills up under the server is told at the next start, and nothing committed is lost", async (t) => {
  const folder = await temporaryFolder(t);
  const disk = path.join(folder, ".local");
  await smallDisk(t, disk, 150);
  const project = await projectCopy(t, folder, { binaries: "complete" });
  await query(project, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS value");
  const empty = await fillDisk(disk, 2);

  await t.throwsAsync(query(project, "CREATE TABLE big AS SELECT repeat('x', 1000) FROM generate_series(1, 200000)"), {
    message: /No space left on device|Connection terminated|ECONNRE|is full/,
  });
  await project.worker(["database", "stop"]);
  await empty();
  const filled = await fillDisk(disk, 0);
  const { code, stderr } = await project.worker(["database", "start"]);
  t.is(code, 69);
  t.regex(
    stderr,
    /^The disk of the local database \(.*\) is full; free some space and run the same command again\.\n$/,
  );

  await filled();
  t.deepEqual(await query(project, "SELECT count(*)::int FROM kept"), [1000]);
});

test.serial("six that start at once on nothing share one server", async (t) => {
  for (let round = 0; round < 2; round += 1) {
    const project = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });

    const ended = await Promise.all(Array.from({ length: 6 }, () => project.worker(["database", "url"])));

    for (const one of ended) isDone(t, one);
    t.is(new Set(ended.map(({ stdout }) => stdout)).size, 1);
    t.deepEqual((await readdir(path.join(project.folder, ".local", "postgres"))).sort(), [
      "data",
      "port",
      "postgres.log",
    ]);
    await project.worker(["database", "stop"]);
  }
});

test.serial("six that start at once after a kill of server and workers share one server", async (t) => {
  const project = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });
  await query(project, "CREATE TABLE kept AS SELECT 42 AS value");
  for (let round = 0; round < 3; round += 1) {
    process.kill((await statusOf(project)).pid, "SIGKILL");

    const ended = await Promise.all(Array.from({ length: 6 }, () => project.worker(["database", "url"])));

    for (const one of ended) isDone(t, one);
    t.is(new Set(ended.map(({ stdout }) => stdout)).size, 1);
    t.deepEqual(await query(project, "SELECT value FROM kept"), [42]);
  }
});

test.serial(
  "a worker that is killed at any moment of the first start leaves nothing that the next one stumbles on",
  async (t) => {
    const project = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });
    for (let round = 0; round < 8; round += 1) {
      const milliseconds = randomInt(200, 1_800);
      const interrupted = project.worker(["database", "start"], { signal: AbortSignal.timeout(milliseconds) });
      await interrupted;

      const { code, stderr } = await project.worker(["database", "url"]);

      t.is(stderr, "", `killed after ${milliseconds} ms`);
      t.is(code, 0, `killed after ${milliseconds} ms`);
      t.deepEqual(await query(project, "SELECT current_database()"), ["batch"]);
      isDone(t, await project.worker(["database", "reset", "--yes"]));
    }
    const left = await readdir(path.join(project.folder, ".local", "postgres"));
    t.deepEqual(left.sort(), ["port", "postgres.log"]);
  },
);

test.serial(
  "the server holds nothing of the worker that started it: who reads the worker's output to its end is not kept waiting",
  async (t) => {
    const { folder } = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });
    const worker = spawn(process.execPath, ["worker", "database", "start"], { cwd: folder });
    let isOver = false;
    worker.on("close", () => {
      isOver = true;
    });
    worker.stdout.resume();
    worker.stderr.resume();

    for (let waited = 0; waited < 20_000 && !isOver; waited += 50) await sleep(50);

    t.true(isOver);
  },
);

asRoot(
  "a disk that fills in mid-run ends in one sentence, and with room again the same command loses no row",
  async (t) => {
    const project = await projectCopy(t, await temporaryFolder(t), { binaries: "complete" });
    const disk = path.join(project.folder, ".local");
    await smallDisk(t, disk, 400);
    t.teardown(() => project.worker(["database", "stop"]));
    isDone(t, await project.worker(["database", "start"]));
    const makeRoom = await fillDisk(disk, 120);

    const args = ["--only", "flights", "--limit", "800000"];
    const full = await project.worker(args);
    t.is(full.code, 69, full.stderr);
    t.regex(full.stderr, /^flights +failed: The disk .* is full.*$/m);
    t.notRegex(full.stderr, /\n {4}at /);

    await makeRoom();
    const resumed = await project.worker(args);
    t.is(resumed.code, 0, resumed.stderr);
    t.regex(resumed.stderr, /resumed at row \d+/);
    t.deepEqual(await query(project, "SELECT count(*)::int, max(id)::int FROM flights"), [800_000, 799_999]);
  },
);
