import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import type { ExecutionContext } from "ava";
import { environmentOf } from "../../bootstrap/object-store.ts";

export interface S3Request {
  readonly method: string;
  /** As it is, decoded. */
  readonly key: string;
  /** Bytes that were asked for, the last included; undefined: no range. */
  readonly range: readonly [number, number] | undefined;
  readonly versionId: string | undefined;
  readonly ifMatch: string | undefined;
}

interface Fault {
  readonly status: number;
  readonly code: string;
}

/** What a request gets instead of its answer: an error, or as many bytes of it before the connection breaks or falls silent. */
export type Trouble = Fault | { readonly cutAfter: number } | { readonly silentAfter: number };

/** The reading side of Amazon S3, at a port of its own, with conditions, ranges and versions. */
export interface FakeS3 {
  readonly url: string;
  /** How a client is told to ask there and nowhere else; `env`: the same for a process. */
  readonly client: S3ClientConfig;
  readonly env: Readonly<Record<string, string>>;
  readonly requests: S3Request[];
  /** Bytes of bodies that were sent. */
  sent: number;
  put(key: string, bytes: Uint8Array): void;
  delete(key: string): void;
  /** Whether replaced objects stay as versions. */
  isVersioned: boolean;
  /** Asked about each request in turn. */
  trouble: (request: S3Request, number: number) => Trouble | undefined;
}

interface Version {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly id: string;
}

/** The one bucket that there is. */
export const bucket = "data.example";

export async function fakeS3(t: Pick<ExecutionContext, "teardown">): Promise<FakeS3> {
  const objects = new Map<string, Version[]>();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let versions = 0;
  const fake: FakeS3 = {
    url,
    client: {
      endpoint: url,
      forcePathStyle: true,
      region: "eu-west-1",
      credentials: { accessKeyId: "me", secretAccessKey: "none" },
      maxAttempts: 1,
    },
    env: environmentOf(url, 1),
    requests: [],
    sent: 0,
    isVersioned: false,
    put(key, bytes) {
      const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
      const before = fake.isVersioned ? (objects.get(key) ?? []) : [];
      objects.set(key, [...before, { bytes, etag, id: `version-${++versions}` }]);
    },
    delete: (key) => void objects.delete(key),
    trouble: () => undefined,
  };

  function answer(message: IncomingMessage, response: ServerResponse): void {
    message.resume();
    const { pathname, searchParams } = new URL(message.url ?? "", url);
    const [, name, ...parts] = pathname.split("/").map(decodeURIComponent);
    const key = parts.join("/");
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(message.headers.range ?? "") ?? [];
    const request: S3Request = {
      method: message.method ?? "",
      key,
      range: first === undefined ? undefined : [Number(first), Number(last)],
      versionId: searchParams.get("versionId") ?? undefined,
      ifMatch: message.headers["if-match"],
    };
    fake.requests.push(request);
    const fault = (status: number, code: string) => {
      response.writeHead(status, { "content-type": "application/xml" });
      response.end(message.method === "HEAD" ? "" : `<Error><Code>${code}</Code><Message>So it is.</Message></Error>`);
    };
    const trouble = fake.trouble(request, fake.requests.length);
    const found = trouble && "status" in trouble ? trouble : find(name, request);
    if ("status" in found) {
      fault(found.status, found.code);
      return;
    }
    if (trouble && message.method === "HEAD") {
      response.destroy();
      return;
    }
    const { bytes, etag, id } = found;
    const range = request.range ?? [0, bytes.length - 1];
    const body = bytes.subarray(range[0], range[1] + 1);
    response.writeHead(request.range ? 206 : 200, {
      etag,
      "content-length": body.length,
      ...(request.range ? { "content-range": `bytes ${range[0]}-${range[0] + body.length - 1}/${bytes.length}` } : {}),
      ...(fake.isVersioned ? { "x-amz-version-id": id } : {}),
    });
    const whole = message.method === "HEAD" ? body.subarray(0, 0) : body;
    const sent = trouble ? whole.subarray(0, Object.values(trouble)[0]) : whole;
    fake.sent += sent.length;
    if (trouble && "silentAfter" in trouble) response.write(sent);
    else if (trouble) response.write(sent, () => response.destroy());
    else response.end(sent);
  }

  function find(name: string | undefined, { key, versionId, ifMatch, range }: S3Request): Version | Fault {
    if (name !== bucket) return { status: 404, code: "NoSuchBucket" };
    const all = objects.get(key) ?? [];
    const found = versionId === undefined ? all.at(-1) : all.find(({ id }) => id === versionId);
    if (!found) return { status: 404, code: versionId === undefined ? "NoSuchKey" : "NoSuchVersion" };
    if (ifMatch !== undefined && ifMatch !== found.etag) return { status: 412, code: "PreconditionFailed" };
    if (range && range[0] >= found.bytes.length) return { status: 416, code: "InvalidRange" };
    return found;
  }

  return fake;
}
