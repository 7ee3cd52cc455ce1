import { appendFile, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { AwsJobService } from "../../batch/adapters/aws-job-service.ts";
import { sendBundle } from "../../batch/adapters/bundle-store.ts";
import { createBundle } from "../../batch/bundle/bundle.ts";
import type { Database } from "../../worker/data/database.ts";
import { startBatch } from "../batch-process.ts";
import { type ContainerBatch, containerBatch } from "../integration/container-batch.ts";
import { containerObstacle, podman } from "../integration/containers.ts";
import { motoObstacle } from "../integration/moto.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { inTurn, type Measure, measure, median, secondsOf } from "./measure.ts";

interface Settings {
  t: Pick<ExecutionContext, "teardown">;
  rounds: number;
  freshDatabase(name: string): Promise<Database>;
}

/** Benches of the way from an edit to a job in a container: moto, podman and the project's image. */
export function editBenches({ t, rounds, freshDatabase }: Settings): Record<string, () => Promise<Measure[]>> {
  return {
    edit: async () => {
      const missing = (await containerObstacle()) ?? (await motoObstacle());
      if (missing !== undefined) {
        process.stderr.write(`edit: not measured: ${missing}\n`);
        return [];
      }
      const folder = await temporaryFolder(t);
      const database = await freshDatabase("bench_edit");
      const batch = await containerBatch(t, { folder, name: "batch-preflight-bench", database });
      return [...(await editMeasures(batch, rounds)), ...(await imageMeasures(t, batch))];
    },
  };
}

let edits = 0;

async function edit({ tree }: ContainerBatch): Promise<void> {
  edits += 1;
  await appendFile(path.join(tree, "worker/processes/airports.ts"), `\n// Edit ${edits}.\n`);
}

async function editMeasures(batch: ContainerBatch, rounds: number): Promise<Measure[]> {
  const sizes: number[] = [];
  const seconds = await inTurn(rounds, {
    edit: async () => {
      await edit(batch);
      const started = performance.now();
      const { shows, ended } = startBatch(batch.tree, ["submit", "--watch", "--command", "list"], batch.env);
      await shows(/^name +needs/m);
      const first = (performance.now() - started) / 1000;
      const { code, stderr } = await ended;
      if (code !== 0) throw new Error(`submit: exit code ${code}: ${stderr}`);
      return first;
    },
    empty: () => secondsOf(() => emptyJob(batch)),
    bundle: async () => {
      await edit(batch);
      return await secondsOf(async () => {
        const bundle = await createBundle(batch.tree);
        const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.*)$/.exec(batch.environment.BATCH_PREFLIGHT_BUNDLE_STORE!)!;
        await sendBundle(bundle, { bucket: bucket!, prefix: prefix! }, { env: process.env, now: Date.now() });
        sizes.push(bundle.bytes.length / 1e6);
      });
    },
  });
  const over = seconds.edit - seconds.empty;
  return [
    measure(
      "edit-to-log",
      over,
      "s over an empty job",
      { name: "that job", value: seconds.empty },
      { most: 5, of: "value" },
    ),
    measure("bundle-and-send", seconds.bundle, "s", null, { most: 1 }),
    measure("bundle-size", median(sizes), "MB", null, { most: 2 }),
  ];
}

/** The emulator's own floor: a job that prints a line, until the line is there. */
async function emptyJob(batch: ContainerBatch): Promise<void> {
  const service = new AwsJobService({ place: async () => batch });
  const jobId = await service.submit({ jobName: "empty", command: ["list"], environment: {}, dependsOn: [] });
  for (;;) {
    const [job] = await service.describe([jobId]);
    const { events } = job?.logStreamName === undefined ? { events: [] } : await service.logs(job.logStreamName);
    if (events.length > 0) return;
    await sleep(50);
  }
}

interface Layer {
  readonly digest: string;
  /** In bytes, not compressed. */
  readonly size: number;
}

/** What a registry would be asked to take, the base's layers first. */
async function layersOf(t: Settings["t"], image: string): Promise<Layer[]> {
  const folder = await temporaryFolder(t);
  await podman("push", "--quiet", image, `dir:${folder}`);
  return JSON.parse(await readFile(path.join(folder, "manifest.json"), "utf8")).layers;
}

const megabytes = (layers: readonly Layer[]) => layers.reduce((sum, { size }) => sum + size, 0) / 1e6;

async function imageMeasures(t: Settings["t"], batch: ContainerBatch): Promise<Measure[]> {
  const known = (layers: readonly Layer[]) => new Set(layers.map(({ digest }) => digest));
  const base = known(await layersOf(t, batch.baseImage));
  const before = await layersOf(t, batch.image);
  await edit(batch);
  const rebuild = await secondsOf(() => batch.build());
  const after = await layersOf(t, batch.image);
  const own = after.filter(({ digest }) => !base.has(digest));
  const changed = after.filter(({ digest }) => !known(before).has(digest));
  return [
    measure("image-size", megabytes(own), "MB over its base", null, { most: 250 }),
    measure("image-rebuild", rebuild, "s after an edit", null, { most: 10 }),
    measure(
      "image-pushed",
      megabytes(changed),
      "MB after an edit",
      { name: "all of it", value: megabytes(own) },
      { most: 0.05 },
    ),
  ];
}
