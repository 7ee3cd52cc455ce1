import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import test, { type ExecutionContext } from "ava";
import { QueryTypes } from "sequelize";
import { connect } from "../../worker/data/database.ts";
import { csvSource, openCsv } from "../../worker/data/sources/csv.ts";
import { packageFile } from "../../worker/data/sources/file.ts";
import { openParquet, parquetSource } from "../../worker/data/sources/parquet.ts";
import { s3Object } from "../../worker/data/sources/s3-object.ts";
import type { OpenSource } from "../../worker/data/sources/source.ts";
import { Failure } from "../../worker/failure.ts";
import { testDatabase } from "../database.ts";
import { projectCopy } from "../project-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { motoObstacle, startMoto } from "./moto.ts";

const missing = await motoObstacle();
const withMoto = (title: string, run: (t: ExecutionContext) => Promise<void>) =>
  missing === undefined ? test(title, run) : test.skip(`${title} (skipped: ${missing})`, run);

const Bucket = "flights-of-us";

/** An account of moto's with a bucket for sources. */
async function bucketOf(t: ExecutionContext, { isVersioned = false } = {}) {
  const { url, env } = await startMoto(t);
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID!, secretAccessKey: env.AWS_SECRET_ACCESS_KEY! };
  const client = { endpoint: url, forcePathStyle: true, region: env.AWS_REGION!, credentials };
  const s3 = new S3Client(client);
  t.teardown(() => s3.destroy());
  await s3.send(new CreateBucketCommand({ Bucket }));
  if (isVersioned) {
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
  }
  return {
    env,
    put: (Key: string, Body: Uint8Array) => s3.send(new PutObjectCommand({ Bucket, Key, Body })),
    delete: (Key: string) => s3.send(new DeleteObjectCommand({ Bucket, Key })),
    stored: (key: string) => s3Object(new URL(`s3://${Bucket}/${key}`), { client, pauses: [1] }),
  };
}

async function rowsOf<Item>(source: OpenSource<Item>, from: number, to: number): Promise<unknown[]> {
  const rows: unknown[] = [];
  for await (const { items } of source.read(from, to)) rows.push(...items);
  return rows;
}

const flights = packageFile("vega-datasets", "../data/flights-3m.parquet");
const airports = packageFile("vega-datasets", "../data/airports.csv");

withMoto("rows of moto's objects are those of the files, whatever their keys", async (t) => {
  const { put, stored } = await bucketOf(t);
  for (const key of ["a b+c", "größe/✈", "50%25 %3F %23"]) {
    await put(decodeURIComponent(key), await readFile(airports));
    const columns = ["iata", "name"] as const;
    const [source, file] = [await openCsv(stored(key), columns), await csvSource(airports, columns).open()];
    t.is(source.rows, file.rows);
    t.deepEqual(await rowsOf(source, 3000, 3100), await rowsOf(file, 3000, 3100));
  }
  await put("flights", await readFile(flights));
  interface Flight {
    date: Date;
    origin: string;
  }
  const columns = ["date", "origin"] as const;
  const source = await openParquet<Flight>(stored("flights"), columns);
  const file = await parquetSource<Flight>(flights, columns).open();
  t.deepEqual(source.parts, file.parts);
  t.deepEqual(await rowsOf(source, 545_000, 546_000), await rowsOf(file, 545_000, 546_000));
});

withMoto(
  "a version of moto's is read to its end, and what replaces another in a bucket without versions is told",
  async (t) => {
    const lines = (count: number) => Buffer.from(`a\n${"0123456789\n".repeat(count)}`);
    const versioned = await bucketOf(t, { isVersioned: true });
    await versioned.put("a.csv", lines(1000));
    const before = await openCsv(versioned.stored("a.csv"), ["a"]);
    await versioned.put("a.csv", lines(10));
    t.is((await rowsOf(before, 0, 1000)).length, 1000);
    t.is((await openCsv(versioned.stored("a.csv"), ["a"])).rows, 10);
    await versioned.put("a.csv", lines(1000));
    t.is((await openCsv(versioned.stored("a.csv"), ["a"])).version, before.version);

    const plain = await bucketOf(t);
    await plain.put("a.csv", lines(1000));
    const replaced = await openCsv(plain.stored("a.csv"), ["a"]);
    await plain.put("a.csv", lines(10));
    await t.throwsAsync(rowsOf(replaced, 0, 1000), { instanceOf: Failure, message: /was replaced or deleted while/ });
    await plain.delete("a.csv");
    await t.throwsAsync(openCsv(plain.stored("a.csv"), ["a"]), {
      instanceOf: Failure,
      message: /does not exist \(NoSuchKey/,
    });
  },
);

withMoto("shards of a worker load an object of moto's into PostgreSQL, each row once", async (t) => {
  const { env, put } = await bucketOf(t);
  await put("2001/flights.parquet", await readFile(flights));
  await put("airports.csv", await readFile(airports));
  const database = await testDatabase(t);
  const { folder, worker } = await projectCopy(t, path.join(await temporaryFolder(t), "project"), {
    binaries: "absent",
  });
  for (const [name, before, key] of [
    ["flights", "../data/flights-3m.parquet", "2001/flights.parquet"],
    ["airports", "../data/airports.csv", "airports.csv"],
  ] as const) {
    const file = path.join(folder, "worker/processes", `${name}.ts`);
    const text = await readFile(file, "utf8");
    const source = `packageFile("vega-datasets", "${before}")`;
    t.true(text.includes(source), pathToFileURL(file).href);
    await writeFile(file, text.replace(source, `new URL("s3://${Bucket}/${key}")`));
  }
  const shards = ["0/2", "1/2"].map((shard) =>
    worker(["--only", "flights", "--limit", "100000", "--shard", shard, "--json"], {
      env: { ...env, DATABASE_URL: database.url },
    }),
  );
  for (const { code, stdout, stderr } of await Promise.all(shards)) {
    t.is(code, 0, stderr);
    t.true(stdout.includes('"read":50000'), stdout);
  }
  const sequelize = connect(database, { applicationName: "tests" });
  t.teardown(() => sequelize.close());
  const counts = "SELECT count(*)::int AS rows, count(DISTINCT id)::int AS ids, max(id)::int AS last FROM flights";
  t.deepEqual(await sequelize.query(counts, { type: QueryTypes.SELECT }), [
    { rows: 100_000, ids: 100_000, last: 99_999 },
  ]);
});
