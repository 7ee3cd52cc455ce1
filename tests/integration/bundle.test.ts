import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import test, { type ExecutionContext } from "ava";
import { sendBundle } from "../../batch/adapters/bundle-store.ts";
import { type Bundle, createBundle } from "../../batch/bundle/bundle.ts";
import { parseAddress } from "../../worker/bootstrap/bundle-address.ts";
import { Failure } from "../../worker/failure.ts";
import { smallTree, write } from "../batch/bundle/project.ts";
import { imageFolder } from "../worker/bootstrap/image-folder.ts";
import { motoObstacle, startMoto } from "./moto.ts";

const missing = await motoObstacle();
const withMoto = (title: string, run: (t: ExecutionContext) => Promise<void>) =>
  missing === undefined ? test(title, run) : test.skip(`${title} (skipped: ${missing})`, run);

const now = Date.UTC(2026, 10, 23);

/** An account of moto's with a bucket for code. */
async function bucketOf(t: ExecutionContext) {
  const { url, env } = await startMoto(t);
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! };
  const client = { endpoint: url, forcePathStyle: true, region: env.AWS_REGION!, credentials };
  const s3 = new S3Client(client);
  t.teardown(() => s3.destroy());
  await s3.send(new CreateBucketCommand({ Bucket: "code" }));
  const send = (bundle: Bundle) =>
    sendBundle(bundle, { bucket: "code", prefix: "bundles" }, { env: process.env, now, client });
  return { env, s3, send };
}

withMoto("what is edited runs in the next job: bundled, sent, fetched, run, without an image", async (t) => {
  const { env, send } = await bucketOf(t);
  const folder = await smallTree(t);
  const first = await createBundle(folder);
  const image = await imageFolder(t, first.fingerprint);
  const run = async (bundle: Bundle) => {
    const { address, isNew } = await send(bundle);
    const { code, stdout, stderr } = await image.run({ ...env, BATCH_PREFLIGHT_BUNDLE: address });
    t.is(code, 0, stderr);
    return { stdout, isNew };
  };
  t.deepEqual(await run(first), { stdout: "worked\n", isNew: true });
  t.deepEqual(await run(first), { stdout: "worked\n", isNew: false });
  await write(folder, { "worker/index.js": 'console.log("edited");\n' });
  t.deepEqual(await run(await createBundle(folder)), { stdout: "edited\n", isNew: true });
});

withMoto("a bundle that somebody changed is neither run nor sent over", async (t) => {
  const { env, s3, send } = await bucketOf(t);
  const bundle = await createBundle(await smallTree(t));
  const { address } = await send(bundle);
  const object = { Bucket: "code", Key: parseAddress(address).key };
  const bytes = Buffer.from(bundle.bytes);
  bytes[bytes.length - 20]! ^= 1;
  await s3.send(new PutObjectCommand({ ...object, Body: bytes, ChecksumAlgorithm: "SHA256" }));
  const image = await imageFolder(t, bundle.fingerprint);
  const { code, stdout, stderr } = await image.run({ ...env, BATCH_PREFLIGHT_BUNDLE: address });
  t.is(code, 2);
  t.regex(stderr, /^The bundle s3:\/\/code\/.* is not what it was: .*\n$/);
  t.is(stdout, "");
  await t.throwsAsync(send(bundle), { instanceOf: Failure, message: /holds something else than the code/ });
  const { Body } = await s3.send(new GetObjectCommand(object));
  t.deepEqual(Buffer.from(await Body!.transformToByteArray()), bytes);
});

withMoto("a bundle that is gone, and a bucket that never was, are told in one sentence", async (t) => {
  const { env } = await bucketOf(t);
  const { fingerprint, sha256 } = await createBundle(await smallTree(t));
  const image = await imageFolder(t, fingerprint);
  for (const bucket of ["code", "other"]) {
    const address = `s3://${bucket}/bundles/2026-01/${sha256}.tar.gz`;
    const { code, stderr } = await image.run({ ...env, BATCH_PREFLIGHT_BUNDLE: address });
    t.is(code, 2);
    t.regex(stderr, /^The bundle s3:\/\/.* does not exist \(NoSuch(Key|Bucket): .*\n$/);
  }
});

withMoto("of ten who send the same at once all find it sent", async (t) => {
  const { send } = await bucketOf(t);
  const bundle = await createBundle(await smallTree(t));
  const sent = await Promise.all(Array.from({ length: 10 }, () => send(bundle)));
  t.is(new Set(sent.map(({ address }) => address)).size, 1);
  t.like(await send(bundle), { isNew: false });
});
