import { randomBytes } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import { type S3ObjectOptions, s3Object } from "../../../../worker/data/sources/s3-object.ts";
import { type OpenObject, storedObject } from "../../../../worker/data/sources/stored-object.ts";
import { Failure } from "../../../../worker/failure.ts";
import { objectStore } from "../../bootstrap/object-store.ts";
import { bucket, type FakeS3, fakeS3, type Trouble } from "./fake-s3.ts";

const content = randomBytes(300_000);

/** An object called `key` with `content`, and a way to open it. */
async function stored(t: ExecutionContext, { key = "a.csv", isVersioned = false } = {}) {
  const s3 = await fakeS3(t);
  s3.isVersioned = isVersioned;
  s3.put(key, content);
  const open = (options: Partial<S3ObjectOptions> = {}) =>
    s3Object(new URL(`s3://${bucket}/${key}`), { client: s3.client, pauses: [1, 1, 1], ...options }).open();
  return { s3, open };
}

async function all(object: OpenObject, from = 0): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of object.stream(from)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const told = ({ requests }: FakeS3) =>
  requests.map(({ method, range }) => [method, ...(range ?? [])].join(" ")).join(", ");

test("it is opened by HEAD alone, and read from any byte on, to any", async (t) => {
  const { s3, open } = await stored(t);
  const object = await open();
  t.is(object.size, 300_000);
  t.regex(await object.version(), /^[0-9a-f]{32}$/);
  t.is(told(s3), "HEAD");
  t.deepEqual(await all(object), content);
  t.deepEqual(await all(object, 299_000), content.subarray(299_000));
  t.deepEqual(Buffer.from(await object.slice(1000, 200_000)), content.subarray(1000, 200_000));
  t.deepEqual(await object.slice(5, 5), new ArrayBuffer(0));
  t.is(told(s3), "HEAD, GET 0 299999, GET 299000 299999, GET 1000 199999");
  const seen: Buffer[] = [];
  t.is(await object.scan((block) => seen.push(block)), await object.version());
  t.deepEqual(Buffer.concat(seen), content);
});

test("one without a byte is none to ask for", async (t) => {
  const { s3, open } = await stored(t);
  s3.put("a.csv", Buffer.alloc(0));
  const object = await open();
  t.is(object.size, 0);
  t.deepEqual(await all(object), Buffer.alloc(0));
  t.is(told(s3), "HEAD");
});

for (const key of [
  "a b+c.csv",
  "100%25 sure.csv",
  "why%3F/no%23 1.csv",
  "größe/飛行機 ✈.csv",
  "a=b&c;d@e:f,$g!'(h)*.csv",
  "/begins/with//slashes.csv",
  'brackets [1] {2} ^ ` | "quoted" <x>.csv',
]) {
  test(`an object called ${key}, percent-encoded in the URL, is found and told by its name`, async (t) => {
    const name = decodeURIComponent(key);
    const s3 = await fakeS3(t);
    s3.put(name, content);
    const object = s3Object(new URL(`s3://${bucket}/${key}`), { client: s3.client });
    t.is(object.location, `s3://${bucket}/${name}`);
    t.deepEqual(await all(await object.open()), content);
    t.deepEqual([...new Set(s3.requests.map((request) => request.key))], [name]);
  });
}

for (const [what, url] of [
  ["no bucket", "s3:///key"],
  ["no key", "s3://data.example"],
  ["no key after the slash", "s3://data.example/"],
  ["a folder", "s3://data.example/2026/"],
  ["a question mark", "s3://data.example/a?b"],
  ["an empty query", "s3://data.example/a?"],
  ["a number sign", "s3://data.example/a#b"],
  ["a percent sign alone", "s3://data.example/100%"],
  ["a bucket that can't be", "s3://Data_Example/a"],
  ["a user", "s3://me@data.example/a"],
  ["a port", "s3://data.example:80/a"],
] as const) {
  test(`${url}, ${what}, names no object: one sentence`, async (t) => {
    const error = await t.throwsAsync(storedObject(new URL(url)).open(), { instanceOf: Failure });
    t.is(
      error.message,
      `Source ${url} names no object of Amazon S3; write it as s3://bucket/key, with %25 for %, %3F for ? and %23 for #.`,
    );
    t.is(error.kind, "usage");
  });
}

test("a URL of something else: one sentence", async (t) => {
  const error = await t.throwsAsync(storedObject(new URL("https://data.example/a.csv")).open(), {
    instanceOf: Failure,
  });
  t.is(
    error.message,
    "Source https://data.example/a.csv is neither a file nor an object of Amazon S3; name a file (localFile, packageFile), or an object as s3://bucket/key.",
  );
});

test("an answer that breaks off goes on after its last byte", async (t) => {
  const { s3, open } = await stored(t);
  const object = await open();
  s3.trouble = (_, number) => (number % 2 === 0 ? { cutAfter: 100_000 } : { cutAfter: 0 });
  t.deepEqual(await all(object), content);
  t.is(s3.sent, content.length, "no byte twice");
  s3.trouble = (_, number) => (number < 12 ? { cutAfter: 50_000 } : undefined);
  t.deepEqual(Buffer.from(await object.slice(7, 280_000)), content.subarray(7, 280_000));
});

test("an answer that falls silent counts as broken off", async (t) => {
  const { s3, open } = await stored(t);
  const object = await open({ patience: 1000 });
  s3.trouble = (_, number) => (number === 2 ? { silentAfter: 1000 } : undefined);
  t.deepEqual(await all(object), content);
  t.is(told(s3), "HEAD, GET 0 299999, GET 1000 299999");
});

test("whoever reads slowly loses nothing", async (t) => {
  const { s3, open } = await stored(t);
  const object = await open({ patience: 1000 });
  const pieces: Buffer[] = [];
  for await (const piece of object.stream(0)) {
    if (pieces.length === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
    pieces.push(piece);
  }
  t.deepEqual(Buffer.concat(pieces), content);
  t.is(told(s3), "HEAD, GET 0 299999");
});

const once: readonly (readonly [what: string, trouble: Trouble])[] = [
  ["throttling", { status: 503, code: "SlowDown" }],
  ["a fault of S3's own", { status: 500, code: "InternalError" }],
  ["a broken connection", { cutAfter: 0 }],
];
for (const [what, trouble] of once) {
  test(`${what} that passes is waited for; one that stays is worth another attempt of the job`, async (t) => {
    const { s3, open } = await stored(t);
    s3.trouble = (_, number) => (number < 3 ? trouble : undefined);
    const object = await open();
    const before = s3.requests.length;
    s3.trouble = (_, number) => (number < before + 3 ? trouble : undefined);
    t.deepEqual(await all(object), content);
    s3.trouble = () => trouble;
    for (const work of [() => all(object), () => object.slice(0, 1), open]) {
      const asked = s3.requests.length;
      const error = await t.throwsAsync<Failure>(work(), { instanceOf: Failure });
      t.is(error.kind, "storageUnavailable");
      t.regex(
        error.message,
        /^Source s3:\/\/data\.example\/a\.csv can't be read now \(.+\); run the same command again\..*\.$/,
      );
      t.is(s3.requests.length - asked, 4);
    }
  });
}

test("replaced while it is read, it ends in one sentence; one more reading is of what is there now", async (t) => {
  for (const isGone of [false, true]) {
    const { s3, open } = await stored(t);
    const object = await open();
    if (isGone) s3.delete("a.csv");
    else s3.put("a.csv", content.subarray(1));
    const error = await t.throwsAsync(all(object), { instanceOf: Failure });
    t.is(error.kind, "failed");
    t.regex(
      error.message,
      /^Source s3:\/\/data\.example\/a\.csv was replaced or deleted while it was being read \((PreconditionFailed|NoSuchKey): So it is\.\); run the same command again: it reads what is there now from the start\.$/,
    );
  }
});

test("in a versioned bucket what was opened is read to its end, whatever replaces it", async (t) => {
  const { s3, open } = await stored(t, { isVersioned: true });
  const object = await open();
  s3.put("a.csv", content.subarray(1));
  t.deepEqual(await all(object), content);
  t.deepEqual(Buffer.from(await object.slice(10, 20)), content.subarray(10, 20));
  t.is((await open()).size, content.length - 1);
  s3.delete("a.csv");
  const error = await t.throwsAsync(all(object), { instanceOf: Failure });
  t.regex(error.message, /was replaced or deleted while it was being read \(NoSuchVersion/);
});

for (const isVersioned of [false, true]) {
  test(`the same content, sent again, is the same version${isVersioned ? ", also in a versioned bucket" : ""}`, async (t) => {
    const { s3, open } = await stored(t, { isVersioned });
    const before = await (await open()).version();
    s3.put("a.csv", Buffer.from(content));
    t.is(await (await open()).version(), before);
    s3.put("a.csv", content.subarray(1));
    t.not(await (await open()).version(), before);
  });
}

const faults: readonly (readonly [status: number, code: string, says: RegExp])[] = [
  [404, "NoSuchKey", /does not exist \(NoSuchKey: So it is\.\); put it there, or correct the address\.$/],
  [404, "NoSuchBucket", /does not exist \(NoSuchBucket: So it is\.\); put it there/],
  [
    403,
    "AccessDenied",
    /is denied \(AccessDenied: So it is\.\): it does not exist, or .*s3:GetObjectVersion.* sourceLocations/,
  ],
  [403, "InvalidObjectState", /is archived \(InvalidObjectState: So it is\.\); restore it/],
  [403, "InvalidAccessKeyId", /there are no credentials that are valid \(InvalidAccessKeyId: /],
  [400, "ExpiredToken", /there are no credentials that are valid \(ExpiredToken: /],
  [400, "AuthorizationHeaderMalformed", /lies in another Region than the one asked \(AuthorizationHeaderMalformed: /],
  [
    301,
    "PermanentRedirect",
    /lies in another Region than the one asked \(PermanentRedirect: .*set AWS_REGION to the bucket's/,
  ],
  [400, "KMS.DisabledException", /is refused by Amazon S3 \(KMS\.DisabledException: So it is\.\)/],
];
for (const [status, code, says] of faults) {
  test(`${code} is one sentence, with the reason that HEAD does not tell`, async (t) => {
    const { s3, open } = await stored(t);
    s3.trouble = () => ({ status, code });
    const error = await t.throwsAsync(open(), { instanceOf: Failure, message: says });
    t.is(error.kind, "usage");
    t.regex(error.message, /^Source s3:\/\/data\.example\/a\.csv [^\n]+\.$/);
  });
}

for (const [what, env, kind, says] of [
  ["no Region", { AWS_REGION: "", AWS_DEFAULT_REGION: "" }, "usage", /no Region is set; set AWS_REGION/],
  [
    "no credentials",
    { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
    "usage",
    /there are no credentials that are valid .*; log in \(aws sso login\)/,
  ],
  [
    "a role that gives none",
    { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9/role" },
    "storageUnavailable",
    /the job's role gives no credentials/,
  ],
  ["nobody at the port", { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" }, "storageUnavailable", /can't be read now \(/],
  ["no host by that name", { AWS_ENDPOINT_URL_S3: "http://s3.invalid" }, "storageUnavailable", /can't be read now \(/],
] as const) {
  // Not concurrent with others: the SDK reads the environment of the process.
  test.serial(`${what}: one sentence`, async (t) => {
    const { s3, open } = await stored(t);
    const before = { ...process.env };
    t.teardown(() => {
      process.env = before;
    });
    Object.assign(process.env, s3.env, env);
    const error = await t.throwsAsync<Failure>(open({ client: { maxAttempts: 1 } }), {
      instanceOf: Failure,
      message: says,
    });
    t.is(error.kind, kind);
    t.regex(error.message, /^Source s3:\/\/data\.example\/a\.csv [^\n]+\.$/);
  });
}

for (const [what, headers] of [
  ["ranges", { etag: '"1"', "content-length": 10 }],
  ["conditions", { etag: '"2"', "content-length": 5, "content-range": "bytes 5-9/10" }],
] as const) {
  test(`what stands in for Amazon S3 and knows no ${what} is refused`, async (t) => {
    const found = { etag: '"1"', "content-length": 10 };
    const store = await objectStore(
      t,
      (_, response) => response.writeHead(200, found).end(),
      (_, response) =>
        response.writeHead(what === "ranges" ? 200 : 206, headers).end("0123456789".slice(-headers["content-length"])),
    );
    const { client } = await fakeS3(t);
    const object = await s3Object(new URL("s3://data.example/a"), {
      client: { ...client, endpoint: store.url },
    }).open();
    const error = await t.throwsAsync(object.slice(5, 10), { instanceOf: Failure });
    t.is(error.kind, "failed");
    t.regex(
      error.message,
      /^Amazon S3 answers a request for bytes=5-9 of s3:\/\/data\.example\/a with .+; what stands in for it must know ranges and If-Match\.$/,
    );
  });
}

test("of hundreds of ranges at once a dozen are under way, and all arrive", async (t) => {
  const { s3, open } = await stored(t);
  const object = await open();
  const slices = await Promise.all(
    Array.from({ length: 300 }, (_, index) => object.slice(index * 1000, index * 1000 + 1000)),
  );
  t.deepEqual(Buffer.concat(slices.map((slice) => Buffer.from(slice))), content);
  t.is(s3.requests.length, 301);
});
