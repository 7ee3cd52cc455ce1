import { once } from "node:events";
import { cp, readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { type Bundle, createBundle } from "../../../batch/bundle/bundle.ts";
import { unpackBundle } from "../../../worker/bootstrap/bootstrap.ts";
import { archiveLimit } from "../../../worker/bootstrap/unpack.ts";
import { smallTree } from "../../batch/bundle/project.ts";
import { type ImageFolder, imageFolder } from "./image-folder.ts";
import { type Answer, fault, object, objectStore } from "./object-store.ts";

const addressOf = ({ sha256 }: Pick<Bundle, "sha256">) => `s3://code/bundles/2026-11/${sha256}.tar.gz`;

/** Says who it is, and ends, waits or takes a minute to load as it is told. */
const workerText = `
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import picocolors from "picocolors";
const settings = readFileSync(fileURLToPath(new URL("../.env.aws", import.meta.url)), "utf8");
if (process.argv[2] === "wait") {
  process.on("SIGTERM", () => process.exit(75));
  setInterval(() => {}, 1000);
} else if (process.argv[2] !== "load") process.exitCode = Number(process.argv[2]);
// Last: who has read it may end the process.
console.log(JSON.stringify({ argv: process.argv.slice(2), settings, bundle: process.env.BATCH_PREFLIGHT_BUNDLE, code: process.env.BATCH_PREFLIGHT_CODE, packages: typeof picocolors.red, pid: process.pid }));
if (process.argv[2] === "load") await new Promise((resolve) => setTimeout(resolve, 60_000));
`;

async function bundled(t: ExecutionContext, files: Record<string, string> = {}): Promise<Bundle> {
  return await createBundle(await smallTree(t, { "worker/index.js": workerText, ...files }, { git: false }));
}

async function ready(t: ExecutionContext): Promise<{ bundle: Bundle; image: ImageFolder }> {
  const bundle = await bundled(t);
  return { bundle, image: await imageFolder(t, bundle.fingerprint) };
}

test("without a bundle the image's own worker runs, and asks nobody", async (t) => {
  const image = await imageFolder(t);
  const store = await objectStore(t, fault(500, "InternalError"));
  for (const env of [{}, { BATCH_PREFLIGHT_BUNDLE: "" }]) {
    const { code, stdout, stderr } = await image.run({ ...store.env, ...env }, "--help");
    t.is(code, 0, stderr);
    t.regex(stdout, /^Usage: node worker /);
  }
  t.deepEqual(store.requests, []);
});

test("the worker of the bundle runs with the image's packages and settings, its words and its exit code", async (t) => {
  const { bundle, image } = await ready(t);
  const store = await objectStore(t, object(bundle.bytes));
  for (const exitCode of [0, 65]) {
    const env = { ...store.env, BATCH_PREFLIGHT_BUNDLE: addressOf(bundle) };
    const { code, stdout, stderr } = await image.run(env, String(exitCode), "--only", "flights");
    t.is(code, exitCode, stderr);
    t.is(stderr, "");
    t.like(JSON.parse(stdout), {
      argv: [String(exitCode), "--only", "flights"],
      settings: "OWN_SETTING=1\n",
      bundle: addressOf(bundle),
      code: bundle.sha256,
      packages: "function",
    });
  }
  t.deepEqual(store.requests, Array(2).fill(`GET /code/bundles/2026-11/${bundle.sha256}.tar.gz`));
  t.deepEqual(await image.unpacked(), [], "what was unpacked goes with its process");
});

test("the worker is no process of its own: what stops the one stops the other", async (t) => {
  const { bundle, image } = await ready(t);
  const store = await objectStore(t, object(bundle.bytes));
  const child = image.start({ ...store.env, BATCH_PREFLIGHT_BUNDLE: addressOf(bundle) }, "wait");
  const [line] = await once(child.stdout!, "data");
  t.is(JSON.parse(String(line)).pid, child.pid);
  child.kill("SIGTERM");
  t.deepEqual(await once(child, "exit"), [75, null]);
});

test("this project's worker runs from a bundle, changed by an edit", async (t) => {
  const project = new URL("../../..", import.meta.url).pathname;
  const { folder } = await imageFolder(t);
  for (const name of ["Dockerfile", "package-lock.json"]) await cp(`${project}${name}`, `${folder}/${name}`);
  const file = `${folder}/worker/cli/list.ts`;
  await writeFile(file, `${await readFile(file, "utf8")}\nprocess.stderr.write("edited\\n");\n`);
  const bundle = await createBundle(folder);
  const image = await imageFolder(t, bundle.fingerprint);
  const store = await objectStore(t, object(bundle.bytes));
  const env = { ...store.env, BATCH_PREFLIGHT_BUNDLE: addressOf(bundle) };
  const [own, edited] = [await image.run({}, "list"), await image.run(env, "list")];
  t.is(own.code, 0, own.stderr);
  t.is(edited.code, 0, edited.stderr);
  t.is(edited.stdout, own.stdout);
  t.is(edited.stderr, "edited\n");
});

const other = "0".repeat(64);
const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2);

/** What is there instead of the bundle: exit code and sentence. */
const faults: readonly (readonly [
  what: string,
  answer: (bundle: Bundle) => readonly Answer[],
  code: number,
  says: RegExp,
])[] = [
  [
    "another object",
    () => [object(Buffer.from("other"))],
    2,
    /is not what it was: its SHA-256 is [0-9a-f]{64} \(5 bytes\); nothing of it was run/,
  ],
  ["half an object", ({ bytes }) => [object(cut(bytes))], 2, /is not what it was/],
  ["an object and more", ({ bytes }) => [object(Buffer.concat([bytes, Buffer.from("!")]))], 2, /is not what it was/],
  [
    "an object that is far too large",
    () => [object(Buffer.alloc(1), archiveLimit + 1), object(Buffer.from("asked again"))],
    2,
    /is no bundle: it has 67108865 bytes, and a bundle has at most 67108864; nothing of it was run; submit the job again/,
  ],
  [
    "an object that is far too large and does not say so",
    () => [
      (_, response) => {
        // Without a length: in chunks.
        response.write(Buffer.alloc(archiveLimit));
        response.end("!");
      },
      object(Buffer.from("asked again")),
    ],
    2,
    /is no bundle: it goes on, and a bundle has at most 67108864; nothing of it was run/,
  ],
  [
    "no object",
    () => [fault(404, "NoSuchKey")],
    2,
    /does not exist \(NoSuchKey: So it is\.\); submit the job again: node batch submit\.$/m,
  ],
  ["no bucket", () => [fault(404, "NoSuchBucket")], 2, /does not exist \(NoSuchBucket/],
  [
    "no permission",
    () => [fault(403, "AccessDenied")],
    2,
    /is denied \(AccessDenied: So it is\.\): it is there no more, or the job's role may not read it/,
  ],
  ["a key that is disabled", () => [fault(400, "KMS.DisabledException")], 2, /^Amazon S3 refuses the bundle s3/],
  ["an expired token", () => [fault(400, "ExpiredToken")], 2, /the job has no credentials \(ExpiredToken/],
  [
    "throttling",
    () => [fault(503, "SlowDown")],
    69,
    /can't be fetched now \(SlowDown: So it is\.\); where it goes on, node network check/,
  ],
  ["a fault of its own", () => [fault(500, "InternalError")], 69, /can't be fetched now \(InternalError/],
  [
    "a connection that breaks each time",
    ({ bytes }) => [object(cut(bytes), bytes.length)],
    69,
    /can't be fetched now \(/,
  ],
  ["no answer at all", () => [(request) => request.socket.destroy()], 69, /can't be fetched now \(/],
];
for (const [what, answer, expected, says] of faults) {
  test(`${what} in place of the bundle: one sentence, exit code ${expected}, nothing left`, async (t) => {
    const { bundle, image } = await ready(t);
    const store = await objectStore(t, ...answer(bundle));
    const { code, stdout, stderr } = await image.run({ ...store.env, BATCH_PREFLIGHT_BUNDLE: addressOf(bundle) }, "0");
    t.is(code, expected, stderr);
    t.regex(stderr, says);
    t.regex(stderr, /^.+\n$/);
    t.is(stdout, "");
    t.deepEqual(await image.unpacked(), []);
  });
}

test("what is lost once is fetched again", async (t) => {
  const { bundle, image } = await ready(t);
  const store = await objectStore(
    t,
    fault(503, "SlowDown"),
    object(cut(bundle.bytes), bundle.bytes.length),
    object(bundle.bytes),
  );
  const { code, stderr } = await image.run({ ...store.env, BATCH_PREFLIGHT_BUNDLE: addressOf(bundle) }, "0");
  t.is(code, 0, stderr);
  t.is(store.requests.length, 3);
});

for (const [what, env, expected, says] of [
  ["no host by that name", { AWS_ENDPOINT_URL_S3: "http://s3.invalid" }, 69, /can't be fetched now \(/],
  ["nobody at the port", { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" }, 69, /can't be fetched now \(/],
  [
    "no Region",
    { AWS_REGION: "", AWS_DEFAULT_REGION: "" },
    2,
    /the job has no Region; set AWS_REGION in its definition/,
  ],
  [
    "no credentials",
    { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
    2,
    /the job has no credentials \(.*\); give its definition a job role/,
  ],
  [
    "a role that gives none",
    { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://127.0.0.1:9/role" },
    69,
    /the job's role gives no credentials/,
  ],
] as const) {
  test(`${what}: one sentence, exit code ${expected}`, async (t) => {
    const { bundle, image } = await ready(t);
    const store = await objectStore(t, object(bundle.bytes));
    const { code, stderr } = await image.run({ ...store.env, ...env, BATCH_PREFLIGHT_BUNDLE: addressOf(bundle) }, "0");
    t.is(code, expected, stderr);
    t.regex(stderr, says);
    t.regex(stderr, /^.+\n$/);
  });
}

for (const text of [
  "bundle",
  "https://code/x",
  `s3://code/${other}`,
  `s3://code/../${other.slice(1)}.tar.gz`,
  "s3://code/it.tar.gz",
]) {
  test(`BATCH_PREFLIGHT_BUNDLE=${text.slice(0, 30)} is no address of a bundle`, async (t) => {
    const image = await imageFolder(t);
    const { code, stderr } = await image.run({ BATCH_PREFLIGHT_BUNDLE: text }, "0");
    t.is(code, 2);
    t.is(
      stderr,
      `BATCH_PREFLIGHT_BUNDLE is "${text}"; it must be s3://BUCKET/PREFIX/SHA256.tar.gz: submit the job by node batch submit, or leave the variable out.\n`,
    );
  });
}

for (const [what, change, says] of [
  [
    "other packages",
    (fingerprint: string) => fingerprint.replace(/packages:[0-9a-f]+/, "packages:0"),
    /^The job's image has other packages \(package-lock\.json\) than the code wants; build it: pulumi up, then node batch submit\.\n$/,
  ],
  [
    "nothing that tells of them",
    () => undefined,
    /^The job's image does not tell what it holds \(image\.fingerprint is missing\); build it: pulumi up, then node batch submit\.\n$/,
  ],
] as const) {
  test(`an image with ${what} does not run the bundle`, async (t) => {
    const bundle = await bundled(t);
    const image = await imageFolder(t, change(bundle.fingerprint));
    const store = await objectStore(t, object(bundle.bytes));
    const { code, stdout, stderr } = await image.run({ ...store.env, BATCH_PREFLIGHT_BUNDLE: addressOf(bundle) }, "0");
    t.is(code, 2);
    t.regex(stderr, says);
    t.is(stdout, "");
    t.deepEqual(await image.unpacked(), []);
  });
}

test("SIGTERM before the code is there ends at once, and asks for another attempt", async (t) => {
  const { bundle, image } = await ready(t);
  const store = await objectStore(t, () => {});
  const child = image.start({ ...store.env, BATCH_PREFLIGHT_BUNDLE: addressOf(bundle) }, "0");
  while (store.requests.length === 0) await sleep(20);
  child.kill("SIGTERM");
  let said = "";
  child.stderr!.on("data", (text) => {
    said += text;
  });
  t.deepEqual(await once(child, "close"), [75, null]);
  t.is(said, "Stopped before the code was there; nothing of it was run.\n");
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  for (const [whose, isBundled] of [
    ["of a bundle", true],
    ["of the image", false],
  ] as const) {
    test(`${signal} while the worker ${whose} is loaded ends at once, and asks for another attempt`, async (t) => {
      const { bundle, image } = await ready(t);
      const store = await objectStore(t, object(bundle.bytes));
      await writeFile(`${image.folder}/worker/index.js`, workerText);
      const env = { ...store.env, BATCH_PREFLIGHT_BUNDLE: isBundled ? addressOf(bundle) : "" };
      const child = image.start(env, "load");
      let said = "";
      child.stderr!.on("data", (text) => {
        said += text;
      });
      await once(child.stdout!, "data");
      child.kill(signal);
      t.deepEqual(await once(child, "close"), [75, null]);
      t.is(said, `${signal}: ended before the worker had begun to write.\n`);
      t.deepEqual(await image.unpacked(), []);
    });
  }
}

test("SIGTERM while the code is unpacked ends before any of it is run", async (t) => {
  const { bundle, image } = await ready(t);
  const stop = new AbortController();
  const unpacking = unpackBundle({
    bundle: addressOf(bundle),
    image: image.folder,
    env: {},
    signal: stop.signal,
    fetch: async () => {
      // It comes with the last byte.
      stop.abort();
      return Buffer.from(bundle.bytes);
    },
  });
  await t.throwsAsync(unpacking, {
    name: "Failure",
    message: "Stopped before the code was there; nothing of it was run.",
  });
});
