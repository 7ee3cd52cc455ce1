import { createHash } from "node:crypto";
import test from "ava";
import { sendBundle } from "../../../batch/adapters/bundle-store.ts";
import { parseAddress } from "../../../worker/bootstrap/bundle-address.ts";
import { Failure } from "../../../worker/failure.ts";
import { type Answer, fault, objectStore } from "../../worker/bootstrap/object-store.ts";

const bytes = Buffer.from("an archive");
const digest = createHash("sha256").update(bytes).digest();
const bundle = { bytes, sha256: digest.toString("hex") };
const place = { bucket: "code", prefix: "bundles" };
const now = Date.UTC(2026, 10, 30, 23, 59);
const path = `/code/bundles/2026-11/${bundle.sha256}.tar.gz`;
const credentials = { accessKeyId: "me", secretAccessKey: "none" };
const clientOf = (url: string) => ({
  endpoint: url,
  forcePathStyle: true,
  region: "eu-west-1",
  credentials,
  maxAttempts: 2,
});
const send = (url: string) => sendBundle(bundle, place, { env: process.env, now, client: clientOf(url) });

/** HEAD's answers have no body: neither code nor message. */
const head =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, headers);
    response.end();
  };
const cutHalfWay: Answer = (request) => request.once("data", () => request.socket.destroy());
const htmlRedirect: Answer = (_, response) => {
  response.writeHead(302, { location: "http://portal.example/" });
  response.end("<html>Log in");
};
const own = head(200, { "x-amz-checksum-sha256": digest.toString("base64") });

test("a new bundle is sent under its hash, whole, and over nothing that is there", async (t) => {
  const sent: Buffer[] = [];
  let headers: NodeJS.Dict<string | string[]> = {};
  const store = await objectStore(t, head(404), (request, response) => {
    headers = request.headers;
    request.on("data", (piece) => sent.push(piece)).on("end", () => response.end());
  });
  const { address, isNew } = await send(store.url);
  t.true(isNew);
  t.is(address, `s3:/${path}`);
  t.is(parseAddress(address).sha256, bundle.sha256);
  t.deepEqual(store.requests, [`HEAD ${path}`, `PUT ${path}`]);
  t.deepEqual(Buffer.concat(sent), bytes);
  t.like(headers, { "if-none-match": "*", "x-amz-checksum-sha256": digest.toString("base64") });
});

test("one that is there is not sent again", async (t) => {
  const store = await objectStore(t, own);
  t.like(await send(store.url), { isNew: false });
  t.deepEqual(store.requests, [`HEAD ${path}`]);
});

test("who may not list the bucket is denied what is not there, and sends it", async (t) => {
  const store = await objectStore(t, head(403), head(200));
  t.like(await send(store.url), { isNew: true });
});

for (const [status, code] of [
  [412, "PreconditionFailed"],
  [409, "ConditionalRequestConflict"],
] as const) {
  test(`two that send the same at once: ${code} is as if it had been there`, async (t) => {
    const store = await objectStore(t, head(404), fault(status, code), own);
    t.like(await send(store.url), { isNew: false });
  });
}

test("throttling is waited for", async (t) => {
  const store = await objectStore(t, head(503), head(404), fault(503, "SlowDown"), head(200));
  t.like(await send(store.url), { isNew: true });
});

test("another month is another name: a bundle that is old expires", async (t) => {
  const store = await objectStore(t, own);
  const { address } = await sendBundle(bundle, place, {
    env: process.env,
    now: now + 60_000,
    client: clientOf(store.url),
  });
  t.is(address, `s3://code/bundles/2026-12/${bundle.sha256}.tar.gz`);
});

const faults: readonly (readonly [what: string, answers: readonly Answer[], code: number, says: RegExp])[] = [
  [
    "something else under its name",
    [head(200, { "x-amz-checksum-sha256": "other", etag: "e" })],
    2,
    /holds something else than the code that it is named after/,
  ],
  ["an object without a checksum under its name", [head(200, { etag: "e" })], 2, /holds something else/],
  ["a login page of a network", [head(200)], 1, /^What answers for Amazon S3 is not Amazon S3 /],
  ["a redirection to one", [head(404), htmlRedirect], 2, /Amazon S3 refuses it \(.+\)\.$/],
  ["a connection that is cut half way", [head(404), cutHalfWay, cutHalfWay], 1, /can't be sent to s3:.* now \(/],
  ["what is no HTTP", [(request) => request.socket.end("SSH-2.0\r\n\r\n")], 1, /can't be sent to s3:.* now \(HPE_/],
  [
    "no bucket",
    [head(404), fault(404, "NoSuchBucket")],
    2,
    /^The bucket code for the code does not exist \(NoSuchBucket: .*\); make it: pulumi up\.$/,
  ],
  ["no permission", [head(403), fault(403, "AccessDenied")], 2, /it is denied \(AccessDenied: .*submitPolicyArn\.$/],
  ["expired credentials", [head(404), fault(400, "ExpiredToken")], 2, /no credentials that are valid \(ExpiredToken/],
  ["credentials that have expired before HEAD", [head(400), fault(400, "ExpiredToken")], 2, /valid \(ExpiredToken/],
  ["throttling that does not end", [head(503), head(503)], 1, /now \(HTTP 503\); try again\.$/],
  ["bytes that arrive changed", [head(404), fault(400, "BadDigest")], 2, /Amazon S3 refuses it \(BadDigest/],
  [
    "somebody who sends the same and has not ended",
    [head(404), fault(409, "Conflict"), head(404)],
    1,
    /^Somebody else is sending s3:/,
  ],
  [
    "somebody who was first with something else",
    [head(404), fault(412, "PreconditionFailed"), head(200, { etag: "e" })],
    2,
    /holds something else/,
  ],
  ["a fault of its own", [head(404), fault(500, "InternalError")], 1, /now \(InternalError: .*\); try again\.$/],
  ["no answer", [(request) => request.socket.destroy()], 1, /can't be sent to s3:\/\/code\/.* now \(/],
];
for (const [what, answers, code, says] of faults) {
  test(`${what}: one sentence, exit code ${code}`, async (t) => {
    const store = await objectStore(t, ...answers);
    const error = await t.throwsAsync(send(store.url), { instanceOf: Failure, message: says });
    t.is((error as Failure).exitCode, code);
    t.notRegex(error?.message ?? "", /\n/);
  });
}

test("nobody there: one sentence", async (t) => {
  const error = await t.throwsAsync(send("http://127.0.0.1:9"), { instanceOf: Failure });
  t.is((error as Failure).exitCode, 1);
});

test("an address that is none: one sentence", async (t) => {
  const env = { ...process.env, AWS_ENDPOINT_URL: "moto" };
  process.env.AWS_ENDPOINT_URL = "moto";
  t.teardown(() => delete process.env.AWS_ENDPOINT_URL);
  const client = { region: "eu-west-1", credentials };
  await t.throwsAsync(sendBundle(bundle, place, { env, now, client }), {
    instanceOf: Failure,
    message: /^The settings for AWS: "moto" is no address; correct AWS_ENDPOINT_URL /,
  });
});
