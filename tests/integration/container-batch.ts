import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import type { ExecutionContext } from "ava";
import type { Database } from "../../worker/data/database.ts";
import { makeBaseImage } from "../base-image.ts";
import { projectCopy } from "../project-copy.ts";
import { podman, removeImages, settleContainers, startDockerApi } from "./containers.ts";
import { startMoto } from "./moto.ts";
import { type MotoBatch, makeBatch } from "./moto-batch.ts";

const project = path.resolve(import.meta.dirname, "../..");

/** A user's working tree, its image, and its stack's AWS Batch in moto, whose jobs are containers. */
export interface ContainerBatch extends MotoBatch {
  /** The working tree: a Git repository without changes. */
  readonly tree: string;
  readonly commit: string;
  readonly image: string;
  readonly baseImage: string;
  /** What `node batch` there needs besides our environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Builds the tree's image, as `pulumi up` does. @returns its id */
  build(): Promise<string>;
}

/** @param database where jobs load their rows: it stands for the stack's */
export async function containerBatch(
  t: Pick<ExecutionContext, "teardown">,
  { folder, name, database }: { folder: string; name: string; database: Database },
): Promise<ContainerBatch> {
  const [image, baseImage] = [`localhost/${name}`, `localhost/${name}-base`];
  await makeBaseImage(path.join(folder, "base"), baseImage);
  t.teardown(() => removeImages(baseImage));
  await settleContainers(baseImage, folder);
  const tree = path.join(folder, "tree");
  // No database of its own is started there.
  await projectCopy({ teardown: () => {} }, tree, { binaries: "absent" });
  for (const file of ["Dockerfile", ".dockerignore", ".gitignore", "package-lock.json"]) {
    await copyFile(path.join(project, file), path.join(tree, file));
  }
  const commit = await firstCommit(tree);
  const build = async () => {
    await podman("build", "--network", "host", "--build-arg", `BASE_IMAGE=${baseImage}`, "--tag", image, tree);
    return (await podman("image", "inspect", "--format", "{{.Id}}", image)).trim();
  };
  await build();
  const moto = await startMoto(t, {
    more: { DOCKER_HOST: await startDockerApi(t, folder), MOTO_DOCKER_NETWORK_MODE: "host" },
  });
  Object.assign(process.env, moto.env);
  const { host, port, database: PGDATABASE, username, password } = await database.settings();
  const batch = await makeBatch(moto, image, {
    // What a job role is on AWS, and where AWS is.
    ...moto.env,
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE,
    PGUSER: username,
    PGPASSWORD: password,
    PGSSLMODE: "disable",
  });
  const [, Bucket] = /^s3:\/\/([^/]+)\//.exec(batch.environment.BATCH_PREFLIGHT_BUNDLE_STORE ?? "") ?? [];
  const s3 = new S3Client({ forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
  s3.destroy();
  const env = { ...moto.env, JOB_QUEUE: batch.jobQueue, JOB_DEFINITION: batch.jobDefinition };
  return { ...batch, tree, commit, image, baseImage, env, build };
}

async function firstCommit(tree: string): Promise<string> {
  const git = async (...args: string[]) => (await promisify(execFile)("git", ["-C", tree, ...args])).stdout.trim();
  await git("init", "--quiet");
  await git("add", ".");
  await git("-c", "user.name=A user", "-c", "user.email=user@example.com", "commit", "--quiet", "--message", "begin");
  return await git("rev-parse", "HEAD");
}
