import { readFile, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const attempts = 5;
const pause = 50;

/**
 * Reads a file of which nothing is written meanwhile: what an editor has half saved is nobody's code.
 * @param read stands for reading
 * @returns undefined: it is being written all the time
 */
export async function readAtRest(
  file: string,
  read: (file: string) => Promise<Uint8Array> = readFile,
): Promise<Uint8Array | undefined> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const before = await stat(file, { bigint: true });
    const bytes = await read(file);
    const after = await stat(file, { bigint: true });
    const isSame = before.ino === after.ino && before.mtimeNs === after.mtimeNs && before.size === after.size;
    if (isSame && BigInt(bytes.length) === after.size) return bytes;
    await sleep(pause);
  }
  return undefined;
}
