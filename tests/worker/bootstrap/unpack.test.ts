import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import { type Header, pack } from "tar-stream";
import { archiveLimit, readBundle } from "../../../worker/bootstrap/unpack.ts";
import { Failure } from "../../../worker/failure.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function tar(...entries: readonly Partial<Header>[]): Promise<Buffer> {
  const archive = pack();
  const all = buffer(archive);
  for (const entry of entries) archive.entry({ name: "", ...entry }, (entry.type ?? "file") === "file" ? "text" : "");
  archive.finalize();
  return await all;
}

async function refused(t: ExecutionContext, bytes: Buffer, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(readBundle(bytes, sha256(bytes), "s3://b/k"), { instanceOf: Failure, message });
  t.is((error as Failure).exitCode, 2);
  t.notRegex(error?.message ?? "", /\n/);
}

for (const name of [
  "../outside",
  "worker/../../outside",
  "worker/..",
  "/etc/passwd",
  "//etc/passwd",
  "./worker/index.js",
  "worker//index.js",
  "C:/windows",
  "worker\\..\\..\\outside",
  "node_modules/pg/index.js",
  "worker/node_modules/pg/index.js",
  ".",
  "..",
]) {
  test(`a file called ${name} is refused`, async (t) => {
    await refused(
      t,
      gzipSync(await tar({ name: "worker/index.js" }, { name })),
      /leads out of its folder; nothing of it was run\.$/,
    );
  });
}

const types: readonly Partial<Header>[] = [
  { name: "worker/link", type: "symlink", linkname: "/etc/passwd" },
  { name: "worker/link", type: "symlink", linkname: "index.js" },
  { name: "worker/link", type: "link", linkname: "../../etc/passwd" },
  { name: "worker/device", type: "character-device", devmajor: 1, devminor: 3 },
  { name: "worker/disk", type: "block-device" },
  { name: "worker/pipe", type: "fifo" },
  { name: "worker/folder", type: "directory" },
];
for (const header of types) {
  test(`${header.name} of type ${header.type}${header.linkname ? ` to ${header.linkname}` : ""} is refused`, async (t) => {
    await refused(
      t,
      gzipSync(await tar({ name: "worker/index.js" }, header)),
      new RegExp(`is no file but of type ${header.type}`),
    );
  });
}

test("a file that is in it twice is refused", async (t) => {
  await refused(t, gzipSync(await tar({ name: "worker/index.js" }, { name: "worker/index.js" })), /is in it twice/);
});

test("what is no tar.gz, or not the whole of one, is refused even under its own hash", async (t) => {
  const whole = gzipSync(await tar({ name: "worker/index.js" }, { name: "worker/other.js" }));
  await refused(t, Buffer.from("no archive"), /is no whole tar\.gz \(incorrect header check\)/);
  await refused(t, Buffer.alloc(0), /is no whole tar\.gz/);
  await refused(t, gzipSync("no tar, and longer than the header of one would be".repeat(20)), /is no whole tar\.gz/);
  for (const share of [0.3, 0.6, 0.95])
    await refused(t, whole.subarray(0, whole.length * share), /is no whole tar\.gz/);
  const archive = await tar({ name: "worker/index.js", size: 4 });
  await refused(t, gzipSync(archive.subarray(0, 514)), /is no whole tar\.gz/);
});

test("what would fill the memory is refused before it does", async (t) => {
  await refused(
    t,
    gzipSync(Buffer.alloc(archiveLimit + 1)),
    /is no whole tar\.gz \(Cannot create a Buffer larger than/,
  );
});

test("one changed byte is told before anything is read", async (t) => {
  const bytes = gzipSync(await tar({ name: "worker/index.js" }));
  const own = sha256(bytes);
  bytes[bytes.length - 1]! ^= 1;
  await t.throwsAsync(readBundle(bytes, own, "s3://b/k"), {
    instanceOf: Failure,
    message: `The bundle s3://b/k is not what it was: its SHA-256 is ${sha256(bytes)} (${bytes.length} bytes); nothing of it was run; submit the job again from the code that you mean.`,
  });
});
