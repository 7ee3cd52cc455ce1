import { createHash } from "node:crypto";
import { chmod, chown, lstat, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { Failure } from "../../failure.ts";

/** The account that the server runs as, where it is not our own. */
export interface ServerUser {
  name: string;
  uid: number;
  gid: number;
}

/** Where one project's server keeps its files, and who it runs as (`undefined`: as we do). */
export interface ServerHome {
  folder: string;
  user: ServerUser | undefined;
}

/**
 * PostgreSQL refuses to run as root. Root's server runs as whoever owns the project (so that `sudo npm start` leaves
 * nothing behind that the owner can't use), else as `postgres`, else as `nobody`; and where that account can't reach
 * the project's folder (a 0700 home), the files go to a folder of the system that stays the same for this project.
 */
export async function serverHome(project: string): Promise<ServerHome> {
  const folder = path.resolve(project);
  if (process.getuid?.() !== 0) {
    await mkdir(folder, { recursive: true });
    return { folder: await realpath(folder), user: undefined };
  }
  const user = await userFor(folder);
  await makeFolder(folder, user);
  const reachable = await realpath(folder);
  if (await canReach(reachable, user)) return { folder: reachable, user };

  const name = createHash("sha256").update(reachable).digest("hex").slice(0, 16);
  let refusal: unknown;
  for (const place of ["/var/lib", tmpdir()]) {
    const base = path.join(place, "batch-preflight");
    try {
      await mkdir(base, { recursive: true });
      // In a shared temporary folder somebody else may have been there first, to get at our data.
      const made = await lstat(base);
      if (!made.isDirectory() || made.uid !== 0) continue;
      await chmod(base, 0o755);
      const other = path.join(base, name);
      await makeFolder(other, user);
      if (await canReach(other, user)) return { folder: other, user };
    } catch (error) {
      refusal = error;
    }
  }
  throw new Failure(
    "failed",
    `The local database runs as user "${user.name}", who can reach neither ${folder} nor a folder below /var/lib or ${tmpdir()}; open one of them, or set DATABASE_URL to another PostgreSQL.`,
    { cause: refusal },
  );
}

/** Whether `user` may pass through, and execute or enter, each part of `target` (an absolute real path). */
export async function canReach(target: string, user: ServerUser): Promise<boolean> {
  for (let part = target; ; part = path.dirname(part)) {
    const { mode, uid, gid } = await stat(part);
    const bits = uid === user.uid ? mode >> 6 : gid === user.gid ? mode >> 3 : mode;
    if ((bits & 1) === 0) return false;
    if (part === path.dirname(part)) return true;
  }
}

/** Makes `folder` and its missing parents, all owned by `user`, whatever the umask lets others do. */
export async function makeFolder(folder: string, user: ServerUser | undefined): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined || user === undefined) return;
  for (let part = folder; part.length >= first.length; part = path.dirname(part)) await chown(part, user.uid, user.gid);
}

async function userFor(folder: string): Promise<ServerUser> {
  const users = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n").map((line) => {
    const [name = "", , uid, gid] = line.split(":");
    return { name, uid: Number(uid), gid: Number(gid) };
  });
  const owner = await ownerOf(folder);
  const user =
    users.find(({ uid }) => uid === owner && uid !== 0) ??
    users.find(({ name }) => name === "postgres") ??
    users.find(({ name }) => name === "nobody");
  if (user !== undefined) return user;
  throw new Failure(
    "failed",
    'PostgreSQL refuses to run as root, and /etc/passwd has neither a user "postgres" nor "nobody" to run it as; add one, run the worker as another user, or set DATABASE_URL to another PostgreSQL.',
  );
}

/** Owner of the data, or of the nearest folder that exists. */
async function ownerOf(folder: string): Promise<number> {
  for (let part = path.join(folder, "data"); ; part = path.dirname(part)) {
    const found = await stat(part).catch(() => undefined);
    if (found !== undefined) return found.uid;
  }
}
