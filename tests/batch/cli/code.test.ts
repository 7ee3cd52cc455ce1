import { rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import test from "ava";
import { createBundle } from "../../../batch/bundle/bundle.ts";
import { sendCode, treeHash } from "../../../batch/cli/code.ts";
import { imageFingerprint } from "../../../worker/bootstrap/image-fingerprint.ts";
import { Failure } from "../../../worker/failure.ts";
import { type Answer, fault, objectStore } from "../../worker/bootstrap/object-store.ts";
import { smallTree } from "../bundle/project.ts";

const project = path.resolve(import.meta.dirname, "../../..");
const now = Date.UTC(2026, 10, 23);
const definition = { BATCH_PREFLIGHT_BUNDLE_STORE: "s3://code/bundles", AWS_REGION: "eu-west-1" };
const taken: Answer = (_, response) => response.end();
const missing: Answer = (_, response) => response.writeHead(404).end();

function context() {
  const said: string[] = [];
  const stderr = { write: (text: string) => said.push(text) > 0, isTTY: false, columns: 80 };
  return { project, env: process.env, stderr, said };
}

test.serial("the working tree's code is sent where the job definition says, and the jobs are told", async (t) => {
  const store = await objectStore(t, missing, taken);
  Object.assign(process.env, store.env);
  const { said, ...where } = context();
  const image = { BATCH_PREFLIGHT_IMAGE_FINGERPRINT: await imageFingerprint(project) };
  const { BATCH_PREFLIGHT_BUNDLE: address = "" } = await sendCode({ ...definition, ...image }, where, now);
  t.regex(address, /^s3:\/\/code\/bundles\/2026-11\/[0-9a-f]{64}\.tar\.gz$/);
  const object = address.replace("s3://code", "/code");
  t.deepEqual(store.requests, [`HEAD ${object}`, `PUT ${object}`]);
  t.regex(said.join(""), new RegExp(`^code sent, \\d+ files, \\d+ kB: ${address.slice(26, 38)}\n$`, "m"));
});

test.serial("code that wants another image is refused before anything is sent", async (t) => {
  const store = await objectStore(t, taken);
  Object.assign(process.env, store.env);
  const { said, ...where } = context();
  const fingerprint = (await imageFingerprint(project)).replace(/dockerfile:[0-9a-f]+/, "dockerfile:0");
  const other = { ...definition, BATCH_PREFLIGHT_IMAGE_FINGERPRINT: fingerprint };
  const error = await t.throwsAsync(() => sendCode(other, where, now), { instanceOf: Failure });
  t.is(error?.exitCode, 2);
  t.is(error?.message, "The job definition's image has another Dockerfile than the code wants; build it: pulumi up.");
  t.deepEqual([store.requests, said], [[], []]);
});

test.serial("an image of which nobody knows what it holds is asked by its jobs", async (t) => {
  const store = await objectStore(t, missing, taken);
  Object.assign(process.env, store.env);
  const { said, ...where } = context();
  const unknown = { ...definition, BATCH_PREFLIGHT_IMAGE_FINGERPRINT: "" };
  t.regex((await sendCode(unknown, where, now)).BATCH_PREFLIGHT_BUNDLE ?? "", /^s3:/);
  t.regex(said.join(""), /^note: the job definition does not tell what its image holds \(BATCH_PREFLIGHT_IMAGE_FING/);
});

test.serial("a definition without a place for code runs the image's own, and that is said", async (t) => {
  const { said, ...where } = context();
  t.deepEqual(await sendCode({}, where, now), {});
  t.regex(said.join(""), /^note: the job definition names no BATCH_PREFLIGHT_BUNDLE_STORE: the image's own code runs/);
  const wrong = { BATCH_PREFLIGHT_BUNDLE_STORE: "somewhere" };
  await t.throwsAsync(() => sendCode(wrong, where, now), { message: /it must be s3:\/\/BUCKET\/PREFIX/ });
});

test("jobs of this machine are told the hash that a bundle of the tree has; a tree that none can be made of runs too", async (t) => {
  const tree = await smallTree(t);
  const { said, stderr } = context();
  t.deepEqual(await treeHash({ project: tree, stderr }), { BATCH_PREFLIGHT_CODE: (await createBundle(tree)).sha256 });
  t.deepEqual(said, []);
  await rm(path.join(tree, "package-lock.json"));
  t.deepEqual(await treeHash({ project: tree, stderr }), {});
  t.regex(said.join(""), /^note: jobs are not told which code they run: .*package-lock\.json.*\n$/);
});

test.serial("a bucket that is closed to us is one sentence", async (t) => {
  const store = await objectStore(t, fault(403, "AccessDenied"));
  Object.assign(process.env, store.env);
  const error = await t.throwsAsync(() => sendCode(definition, context(), now), { instanceOf: Failure });
  t.is(error?.kind, "usage");
  t.false(error?.message.includes("\n"));
});
