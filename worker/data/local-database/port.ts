import { randomBytes, randomInt } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ServerHome } from "./server-user.ts";

const portFile = (home: ServerHome) => path.join(home.folder, "port");

/** The port of last time, so that an address saved in a client stays right. */
export async function rememberedPort(home: ServerHome): Promise<number | undefined> {
  const port = Number(await readFile(portFile(home), "utf8").catch(() => ""));
  return Number.isInteger(port) && port >= 1_024 && port <= 65_535 ? port : undefined;
}

export async function rememberPort(home: ServerHome, port: number): Promise<void> {
  const unfinished = `${portFile(home)}.${randomBytes(4).toString("hex")}`;
  await writeFile(unfinished, `${port}\n`);
  await rename(unfinished, portFile(home));
}

/** Below the ports that systems hand out to any connection, which may be in use tomorrow. */
export const randomPort = () => randomInt(20_000, 30_000);
