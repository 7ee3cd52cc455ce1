import { appendFile, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { readAtRest } from "../../../batch/bundle/read-at-rest.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

async function file(t: ExecutionContext): Promise<string> {
  const name = path.join(await temporaryFolder(t), "a.ts");
  await writeFile(name, "one\n");
  return name;
}

/** Reads, and has something happen to the file so many times before it is looked at again. */
function disturbed(times: number, happens: (file: string) => Promise<unknown>) {
  let reads = 0;
  return async (name: string) => {
    const bytes = await readFile(name);
    reads += 1;
    if (reads <= times) await happens(name);
    return bytes;
  };
}

test("a file that is written while it is read is read again", async (t) => {
  const name = await file(t);
  const bytes = await readAtRest(
    name,
    disturbed(2, (one) => appendFile(one, "more\n")),
  );
  t.is(bytes?.toString(), "one\nmore\nmore\n");
});

test("one that another has taken the place of is read again", async (t) => {
  const name = await file(t);
  const replace = async (one: string) => {
    await writeFile(`${one}.new`, "two\n");
    await rename(`${one}.new`, one);
  };
  t.is((await readAtRest(name, disturbed(1, replace)))?.toString(), "two\n");
});

test("one that is written all the time is given up", async (t) => {
  const name = await file(t);
  t.is(
    await readAtRest(
      name,
      disturbed(Number.POSITIVE_INFINITY, (one) => appendFile(one, "more\n")),
    ),
    undefined,
  );
});
