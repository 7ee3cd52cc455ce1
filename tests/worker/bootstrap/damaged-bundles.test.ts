import { createHash } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import test from "ava";
import fc from "fast-check";
import { type Header, pack } from "tar-stream";
import { parseAddress } from "../../../worker/bootstrap/bundle-address.ts";
import { readBundle, writeFiles } from "../../../worker/bootstrap/unpack.ts";
import { Failure } from "../../../worker/failure.ts";
import { addressText, s3AddressOf } from "../../../worker/s3/address.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Under its own hash: of somebody who may write to the bucket. @returns undefined: it was refused, in one sentence */
async function read(bytes: Buffer) {
  try {
    return await readBundle(bytes, sha256(bytes), "s3://b/k");
  } catch (error) {
    if (!(error instanceof Failure) || error.exitCode !== 2 || error.message.includes("\n")) throw error;
    return undefined;
  }
}

async function tar(entries: readonly Partial<Header>[]): Promise<Buffer> {
  const archive = pack();
  const all = buffer(archive);
  for (const entry of entries) archive.entry({ name: "", ...entry }, (entry.type ?? "file") === "file" ? "text" : "");
  archive.finalize();
  return await all;
}

const part = fc.oneof(
  fc.constantFrom("worker", "index.js", "..", ".", "", "node_modules", "C:", "a\\b", "x".repeat(120), "é", "\0", "~"),
  fc.string({ maxLength: 8 }),
);
const header = fc.record<Partial<Header>>({
  name: fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/")),
  type: fc.constantFrom("file", "file", "file", "symlink", "link", "directory", "fifo", "character-device"),
  linkname: fc.constantFrom("../../outside", "/etc/passwd", "index.js"),
  mode: fc.constantFrom(0o644, 0o755, 0o4777),
});

test("whatever names and types an archive has, what is taken of it is written below its folder alone", async (t) => {
  const root = await temporaryFolder(t);
  let number = 0;
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(header, { minLength: 1, maxLength: 4 }), async (headers) => {
      const files = await read(gzipSync(await tar(headers)));
      if (files === undefined) return;
      taken += 1;
      number += 1;
      const around = path.join(root, String(number));
      const folder = path.join(around, "deep", "er");
      await mkdir(folder, { recursive: true });
      try {
        await writeFiles(files, folder);
      } catch (error) {
        // A name that is a file and a folder at once, or longer than the file system has it: told by who places them.
        if (!["ENOTDIR", "EEXIST", "EISDIR", "ENAMETOOLONG"].includes((error as NodeJS.ErrnoException).code ?? "")) {
          throw error;
        }
      }
      t.deepEqual(await readdir(around), ["deep"]);
      t.deepEqual(await readdir(path.join(around, "deep")), ["er"]);
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      t.true(entries.every((entry) => entry.isFile() || entry.isDirectory()));
    }),
    { numRuns: 400 },
  );
  t.true(taken > 0);
  t.is((await readdir(root)).length, number);
});

test("an archive of which bytes are changed, cut or doubled is read or refused, never more", async (t) => {
  const archive = await tar([
    { name: "worker/index.js" },
    { name: `worker/${"deep/".repeat(40)}index.js`, mode: 0o755 },
  ]);
  const zipped = gzipSync(archive);
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), changes, fc.nat(), fc.nat(), async (isInside, pairs, from, length) => {
      const bytes = Buffer.from(isInside ? archive : zipped);
      for (const [at, byte] of pairs) bytes[at % bytes.length] = byte;
      const start = from % bytes.length;
      const damaged = Buffer.concat([bytes, bytes.subarray(start, start + (length % 1024))]);
      for (const each of [damaged, bytes.subarray(0, start)]) {
        const files = await read(isInside ? gzipSync(each) : each);
        for (const name of files?.keys() ?? []) t.false(path.normalize(name).startsWith(".."));
      }
    }),
    { numRuns: 500 },
  );
});

test("whatever bytes come, they are refused in a sentence or hold nothing", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 2048 }), fc.boolean(), async (bytes, isZipped) => {
      const files = await read(isZipped ? gzipSync(bytes) : Buffer.from(bytes));
      t.is(files?.size ?? 0, 0);
    }),
    { numRuns: 500 },
  );
});

const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
const prefix = fc.array(fc.stringMatching(/^[^/]{1,8}$/), { maxLength: 3 });

test("the address of a bundle is what it was made of, and nothing else is one", (t) => {
  fc.assert(
    fc.property(bucket, prefix, hash, (name, parts, sha) => {
      const key = [...parts, `${sha}.tar.gz`].join("/");
      const text = addressText({ bucket: name, key });
      t.deepEqual(parseAddress(text), { bucket: name, key, sha256: sha });
    }),
  );
  const texts = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.tuple(bucket, hash, fc.string({ minLength: 1 })).map(([name, sha, more]) => `s3://${name}/${sha}.tar.gz${more}`),
    fc.tuple(fc.string(), hash).map(([name, sha]) => `s3://${name}/${sha}.tar.gz`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        t.is(addressText(parseAddress(text)), text);
      } catch (error) {
        if (!(error instanceof Failure) || error.exitCode !== 2) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});

test("any key of Amazon S3 comes through its URL; a URL that is none is told as such", (t) => {
  fc.assert(
    fc.property(bucket, fc.array(fc.string({ minLength: 1, unit: "grapheme" }), { minLength: 1 }), (name, parts) => {
      const key = parts.join("/");
      const url = new URL(`s3://${name}/${key.split("/").map(encodeURIComponent).join("/")}`);
      const address = s3AddressOf(url);
      // A URL has no such parts: they lead up.
      if (key.split("/").some((each) => each === "." || each === "..")) return;
      t.deepEqual(address, { bucket: name, key });
    }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl(),
        fc.string().map((text) => `s3://${text}`),
      ),
      (text) => {
        if (!URL.canParse(text)) return;
        const address = s3AddressOf(new URL(text));
        t.true(address === undefined || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(address.bucket));
      },
    ),
    { numRuns: 1000 },
  );
});
