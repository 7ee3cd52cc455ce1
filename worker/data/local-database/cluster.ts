import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../../failure.ts";
import { supportedMajor } from "../supported-major.ts";
import type { Binaries } from "./binaries.ts";
import { serverFailure } from "./log.ts";
import type { ServerHome } from "./server-user.ts";
import { exists, inTemporaryFolder, renameUnlessThere, syncFolder } from "./temporary-folder.ts";

/** Name of the superuser; also the name of the application's database. */
export const applicationName = "batch";

export const dataFolder = (home: ServerHome) => path.join(home.folder, "data");

const passwordFile = (data: string) => path.join(data, "password");

export async function password(home: ServerHome): Promise<string> {
  const text = await readFile(passwordFile(dataFolder(home)), "utf8").catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? wrongPassword(home) : error;
  });
  return text.trim();
}

export function wrongPassword(home: ServerHome): Failure {
  return new Failure(
    "failed",
    `The local database does not accept the password of ${passwordFile(dataFolder(home))}: one of them was changed by hand. Put it back, or start over with: node worker database reset --yes`,
  );
}

/**
 * Makes the data folder if there is none. Many may try at once: one wins, all go on with what it made.
 * @param onInitdb called when initdb is at work
 */
export async function createCluster(home: ServerHome, binaries: Binaries, onInitdb: () => void): Promise<void> {
  const data = dataFolder(home);
  if (await exists(data)) return assertCluster(data);
  await inTemporaryFolder(home, async (temporary) => {
    const unfinished = path.join(temporary, "data");
    const secret = path.join(temporary, "password");
    await mkdir(unfinished, { mode: 0o700 });
    await writeFile(secret, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600, flush: true });
    if (home.user !== undefined) {
      for (const file of [unfinished, secret]) await chown(file, home.user.uid, home.user.gid);
    }
    // Sorts as RDS's en_US.UTF-8 does. C.UTF-8 decides what a letter is; not every system has it.
    const initdb = (locale: string) =>
      binaries.run("initdb", [
        `--pgdata=${unfinished}`,
        `--username=${applicationName}`,
        `--pwfile=${secret}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=icu",
        "--icu-locale=en-US",
        `--locale=${locale}`,
      ]);
    const first = initdb("C.UTF-8");
    onInitdb();
    let { code, output } = await first;
    if (code !== 0 && output.includes("invalid locale name")) ({ code, output } = await initdb("C"));
    if (code !== 0) throw await serverFailure(home, "could not create its data folder", output);
    await rename(secret, passwordFile(unfinished));
    await syncFolder(unfinished);
    await renameUnlessThere(unfinished, data);
  });
  await assertCluster(data);
}

async function assertCluster(data: string): Promise<void> {
  const version = await readFile(path.join(data, "PG_VERSION"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const major = version?.trim();
  if (major === String(supportedMajor)) return;
  const what = major === undefined ? "is not a data folder of PostgreSQL" : `was made by PostgreSQL ${major}`;
  throw new Failure(
    "failed",
    `${data} ${what}, the local database is PostgreSQL ${supportedMajor}; start over with: node worker database reset --yes`,
  );
}
