import { setTimeout as sleep } from "node:timers/promises";
import type { GetObjectCommandOutput, HeadObjectCommandOutput, S3ClientConfig } from "@aws-sdk/client-s3";
import { Failure } from "../../failure.ts";
import { addressText, type S3Address, s3AddressOf } from "../../s3/address.ts";
import { openS3, type S3 } from "../../s3/client.ts";
import { s3FaultOf } from "../../s3/fault.ts";
import { type ReadingOfS3, readingFailure } from "./s3-failure.ts";
import type { OpenObject, StoredObject } from "./stored-object.ts";

export interface S3ObjectOptions {
  /** What is told to the SDK instead of being read from the environment. */
  readonly client: S3ClientConfig;
  /** Milliseconds between attempts without a byte between them; the SDK tries each of them again by its own rules. */
  readonly pauses: readonly number[];
  /** Milliseconds without an answer, or a byte of it, after which a connection counts as lost. */
  readonly patience: number;
}

const usual: S3ObjectOptions = { client: {}, pauses: [250, 1000, 4000], patience: 20_000 };

/** Answers that are read at the same time: a wide parquet file asks for hundreds of column chunks at once. */
const mostAtOnce = 12;

/**
 * An object of Amazon S3 to read sources from; characters that mean something in a URL are percent-encoded in it.
 *
 * Its version is its ETag: the same content, sent again in the same way, is the same version, also as another version of a
 * versioned bucket; but for objects that are encrypted with a KMS key, whose ETag is another one each time (API_Object). All
 * that is read after it was opened is of that ETag and, in a versioned bucket, of that version, which stays readable after
 * it was replaced.
 */
export function s3Object(url: URL, options: Partial<S3ObjectOptions> = {}): StoredObject {
  const address = s3AddressOf(url);
  const isGood = address !== undefined && address.key !== "" && !address.key.endsWith("/");
  const location = isGood ? addressText(address) : url.href;
  const open = async () => {
    if (isGood) return await S3Object.open(address, { ...usual, ...options });
    const way = "write it as s3://bucket/key, with %25 for %, %3F for ? and %23 for #";
    throw new Failure("usage", `Source ${location} names no object of Amazon S3; ${way}.`);
  };
  return { location, open };
}

class S3Object implements OpenObject {
  readonly size: number;
  readonly #s3: S3;
  readonly #reading: ReadingOfS3;
  readonly #options: S3ObjectOptions;
  /** What every request names: this object in this version, or nothing. */
  readonly #object: { Bucket: string; Key: string; IfMatch?: string; VersionId?: string };
  readonly #etag: string;
  #reads = 0;
  readonly #waiting: (() => void)[] = [];

  static async open(address: S3Address, options: S3ObjectOptions): Promise<S3Object> {
    const { client, patience } = options;
    const { env } = process;
    const reading: ReadingOfS3 = { location: addressText(address), env, isOpen: false };
    try {
      const requestHandler = { connectionTimeout: 5000, requestTimeout: patience, throwOnRequestTimeout: true };
      const s3 = await openS3(env, { requestHandler, ...client });
      const found = await withAttempts(options, () => headOf(s3, address));
      return new S3Object(s3, found, address, reading, options);
    } catch (error) {
      throw readingFailure(error, reading);
    }
  }

  constructor(
    s3: S3,
    { ContentLength = 0, ETag = "", VersionId }: HeadObjectCommandOutput,
    { bucket: Bucket, key: Key }: S3Address,
    reading: ReadingOfS3,
    options: S3ObjectOptions,
  ) {
    this.size = ContentLength;
    this.#s3 = s3;
    this.#etag = ETag;
    this.#object = { Bucket, Key, IfMatch: ETag, ...(VersionId === undefined ? {} : { VersionId }) };
    this.#reading = { ...reading, isOpen: true };
    this.#options = options;
  }

  async version(): Promise<string> {
    return this.#etag.replace(/^(W\/)?"(.*)"$/, "$2");
  }

  async scan(see: (block: Buffer) => void): Promise<string> {
    for await (const block of this.stream(0)) see(block);
    return await this.version();
  }

  stream(from: number): AsyncIterable<Buffer> {
    return this.#bytes(from, this.size);
  }

  async slice(from: number, to: number): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(to - from);
    if (this.#reads === mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#reads++;
    try {
      let at = 0;
      for await (const piece of this.#bytes(from, to)) {
        bytes.set(piece, at);
        at += piece.length;
      }
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#reads--;
    }
    return bytes.buffer;
  }

  /** Where an answer breaks off, the next one goes on after the last byte of it. */
  async *#bytes(from: number, to: number): AsyncGenerator<Buffer> {
    const { pauses, patience } = this.#options;
    let at = from;
    let failed = 0;
    while (at < to) {
      try {
        for await (const piece of piecesOf(await this.#ask(at, to), patience)) {
          at += piece.length;
          failed = 0;
          yield piece;
        }
        if (at < to) throw lost();
      } catch (error) {
        const pause = pauses[failed++];
        if (pause === undefined || s3FaultOf(error) !== "unavailable") throw readingFailure(error, this.#reading);
        await sleep(pause);
      }
    }
  }

  /** @throws Failure for an answer that holds something else, from a server that knows neither ranges nor conditions */
  async #ask(from: number, to: number): Promise<Body> {
    const { sdk, client } = this.#s3;
    const range = `bytes=${from}-${to - 1}`;
    const answer = await client.send(new sdk.GetObjectCommand({ ...this.#object, Range: range }));
    const { ContentRange, ETag, Body } = answer;
    if (ContentRange === `bytes ${from}-${to - 1}/${this.size}` && ETag === this.#etag) return Body as Body;
    (Body as Body).destroy();
    throw new Failure(
      "failed",
      `Amazon S3 answers a request for ${range} of ${this.#reading.location} with ${ContentRange ?? "no range"} of ${ETag}; what stands in for it must know ranges and If-Match.`,
    );
  }
}

type Body = AsyncIterable<Buffer> & { destroy(error?: Error): void };

/** Of what breaks off nobody but us knows that it was to be longer. */
const lost = (cause?: unknown) =>
  Object.assign(new Error("the answer broke off", { cause }), { code: "ECONNRESET" as const });

/** What an answer holds, as long as it comes; whoever is slow to take it is waited for. */
async function* piecesOf(body: Body, patience: number): AsyncGenerator<Buffer> {
  const pieces = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = setTimeout(() => body.destroy(lost()), patience);
      const next = await pieces
        .next()
        .catch((error) => {
          throw lost(error);
        })
        .finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value;
    }
  } finally {
    body.destroy();
  }
}

async function headOf({ sdk, client }: S3, { bucket: Bucket, key: Key }: S3Address): Promise<HeadObjectCommandOutput> {
  try {
    return await client.send(new sdk.HeadObjectCommand({ Bucket, Key }));
  } catch (error) {
    const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
    if (($metadata?.httpStatusCode ?? 500) >= 500) throw error;
    // An answer to HEAD has no body, and so no reason: GET is told it (API_HeadObject).
    const told = client.send(new sdk.GetObjectCommand({ Bucket, Key, Range: "bytes=0-0" }));
    const better = await told.then(
      ({ Body }: GetObjectCommandOutput) => (Body as Body).destroy(),
      (reason: unknown) => reason,
    );
    throw s3FaultOf(better) === undefined ? error : better;
  }
}

async function withAttempts<T>({ pauses }: S3ObjectOptions, ask: () => Promise<T>): Promise<T> {
  for (let failed = 0; ; failed++) {
    try {
      return await ask();
    } catch (error) {
      const pause = pauses[failed];
      if (pause === undefined || s3FaultOf(error) !== "unavailable") throw error;
      await sleep(pause);
    }
  }
}
