import { Failure } from "../../failure.ts";
import { fileObject } from "./file.ts";
import { s3Object } from "./s3-object.ts";

/** Bytes that a source reads: a file, or an object of Amazon S3. */
export interface StoredObject {
  /** What a person would recognise, and the same wherever the worker runs; part of a step's identity. */
  readonly location: string;
  /** @throws Failure when it is missing, or may not be read */
  open(): Promise<OpenObject>;
}

/** Whatever is read of it throws a Failure when it can't be read, or is no longer what was opened. */
export interface OpenObject {
  /** In bytes. */
  readonly size: number;
  /** Changes when the content does; part of a step's identity. A file is read as a whole for it. */
  version(): Promise<string>;
  /** Reads it once from end to end, giving each block to `see`. @returns its version */
  scan(see: (block: Buffer) => void): Promise<string>;
  /** From byte `from` to the end. Whoever leaves early reads no more of it. */
  stream(from: number): AsyncIterable<Buffer>;
  /** Bytes `from` up to, not including, `to`. */
  slice(from: number, to: number): Promise<ArrayBuffer>;
}

/** What a URL names: `file:///...` or `s3://bucket/key`; what is wrong with it is told when it is opened. */
export function storedObject(url: URL): StoredObject {
  if (url.protocol === "file:") return fileObject(url);
  if (url.protocol === "s3:") return s3Object(url);
  const open = async () => {
    const way = "name a file (localFile, packageFile), or an object as s3://bucket/key";
    throw new Failure("usage", `Source ${url.href} is neither a file nor an object of Amazon S3; ${way}.`);
  };
  return { location: url.href, open };
}
