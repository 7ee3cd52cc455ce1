import { buffer } from "node:stream/consumers";
import { crc32 } from "node:zlib";
import { pack } from "tar-stream";
import type { BundleFile } from "./contents.ts";

/**
 * A tar.gz of which every byte comes from the files' names, contents and whether they are executable: no times, users,
 * groups, masks, and no folders, which a reader makes.
 */
export async function archiveOf(files: readonly BundleFile[]): Promise<Buffer> {
  const archive = pack();
  const tar = buffer(archive);
  const nobody = { uid: 0, gid: 0, uname: "", gname: "", mtime: new Date(0) };
  for (const { name, bytes, isExecutable } of files) {
    archive.entry({ ...nobody, name, type: "file", mode: isExecutable ? 0o755 : 0o644 }, Buffer.from(bytes));
  }
  archive.finalize();
  return stored(await tar);
}

/** No time (0), no system (255: RFC 1952, 2.3.1). */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** What a block that is stored can hold (RFC 1951, 3.2.4). */
const blockSize = 65_535;

/**
 * gzip of blocks that are stored as they are. What zlib makes of the same bytes depends on its version and the processor, so
 * that the same tree would have another hash on another machine; this costs half a megabyte on the way to Amazon S3.
 */
function stored(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [gzipHeader];
  for (let start = 0; start === 0 || start < bytes.length; start += blockSize) {
    const block = bytes.subarray(start, start + blockSize);
    const header = Buffer.alloc(5);
    header.writeUInt8(start + blockSize >= bytes.length ? 1 : 0, 0);
    header.writeUInt16LE(block.length, 1);
    header.writeUInt16LE(~block.length & 0xffff, 3);
    pieces.push(header, block);
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length % 2 ** 32, 4);
  return Buffer.concat([...pieces, trailer]);
}
