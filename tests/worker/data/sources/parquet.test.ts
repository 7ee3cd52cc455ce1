import { open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { packageFile } from "../../../../worker/data/sources/file.ts";
import { openParquet, parquetSource } from "../../../../worker/data/sources/parquet.ts";
import { s3Object } from "../../../../worker/data/sources/s3-object.ts";
import type { BadRecord } from "../../../../worker/data/sources/source.ts";
import { Failure } from "../../../../worker/failure.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";
import { bucket, fakeS3 } from "./fake-s3.ts";

const flights = packageFile("vega-datasets", "../data/flights-3m.parquet");

interface Flight {
  date: Date;
  delay: number;
  origin: string;
}

const columns = ["date", "delay", "origin"] as const;

async function rowsOf(from: number, to: number): Promise<(Flight | BadRecord)[]> {
  const rows: (Flight | BadRecord)[] = [];
  const source = await parquetSource<Flight>(flights, columns).open();
  for await (const { first, items } of source.read(from, to)) {
    if (first !== from + rows.length) throw new Error(`batch begins at ${first}, not at ${from + rows.length}`);
    rows.push(...items);
  }
  return rows;
}

test("rows come as hyparquet reads them, whole integers as numbers, also across row groups", async (t) => {
  const file = (await readFile(flights)).buffer as ArrayBuffer;
  const wanted = await parquetReadObjects({
    file,
    compressors,
    columns: [...columns],
    rowStart: 545_000,
    rowEnd: 546_000,
  });
  const rows = await rowsOf(545_000, 546_000);
  t.deepEqual(
    rows,
    wanted.map((row) => ({ date: row.date, delay: Number(row.delay), origin: row.origin })) as Flight[],
  );
});

test("the parts are the row groups", async (t) => {
  const { rows, parts } = await parquetSource<Flight>(flights, columns).open();
  t.is(rows, 3_000_000);
  t.deepEqual(
    parts,
    Array.from({ length: 11 }, (_, group) => group * 272_727),
  );
});

test("row groups are counted by the footer alone", async (t) => {
  t.is(await parquetSource(flights, []).parts?.(), 11);
  const file = path.join(await temporaryFolder(t), "flights.parquet");
  const bytes = await readFile(flights);
  await writeFile(file, bytes.fill(0, 4, bytes.length - 100_000));
  t.is(await parquetSource(pathToFileURL(file), ["no such column" as never]).parts?.(), 11);
});

test("of an object of Amazon S3 only the footer and the column chunks that are wanted are fetched, whatever breaks", async (t) => {
  const s3 = await fakeS3(t);
  const bytes = await readFile(flights);
  s3.put("flights 2001.parquet", bytes);
  const stored = s3Object(new URL(`s3://${bucket}/flights%202001.parquet`), { client: s3.client, pauses: [1, 1] });
  const source = await openParquet<Flight>(stored, columns);
  t.is(source.rows, 3_000_000);
  t.is(source.parts.length, 11);
  t.deepEqual(
    s3.requests.map(({ method }) => method),
    ["HEAD", "GET"],
  );
  t.is(s3.sent, 512 * 1024);
  s3.sent = 0;
  s3.requests.length = 0;
  s3.trouble = (_, number) => (number % 3 === 0 ? { cutAfter: 20_000 } : undefined);
  const rows: (Flight | BadRecord)[] = [];
  for await (const { items } of source.read(300_000, 301_000)) rows.push(...items);
  t.deepEqual(rows, await rowsOf(300_000, 301_000));
  t.true(s3.sent < bytes.length / 11, `${s3.sent} of ${bytes.length} bytes`);
  // Three columns of one row group.
  t.true(s3.requests.length <= 5, `${s3.requests.length} requests`);
});

test("an object that is replaced between footer and rows is not mixed up", async (t) => {
  const s3 = await fakeS3(t);
  const bytes = await readFile(flights);
  s3.put("a", bytes);
  const source = await openParquet<Flight>(s3Object(new URL(`s3://${bucket}/a`), { client: s3.client }), columns);
  s3.put("a", Buffer.concat([bytes, Buffer.alloc(1)]));
  const error = await t.throwsAsync(
    async () => {
      for await (const _ of source.read(0, 10));
    },
    { instanceOf: Failure },
  );
  t.regex(error.message, /^Source s3:\/\/data\.example\/a was replaced or deleted while it was being read/);
});

test("ranges that fail at the same time are one failure", async (t) => {
  const s3 = await fakeS3(t);
  s3.put("a", await readFile(flights));
  const stored = s3Object(new URL(`s3://${bucket}/a`), { client: s3.client, pauses: [] });
  const source = await openParquet<Flight>(stored, columns);
  s3.requests.length = 0;
  s3.trouble = () => ({ status: 503, code: "SlowDown" });
  const error = await t.throwsAsync<Failure>(
    async () => {
      for await (const _ of source.read(0, 600_000));
    },
    { instanceOf: Failure },
  );
  t.is(error.kind, "storageUnavailable");
  t.is(s3.requests.length, 2, "columns of which another lies between two");
});

test("a truncated file ends in one sentence", async (t) => {
  const file = path.join(await temporaryFolder(t), "flights.parquet");
  await writeFile(file, (await readFile(flights)).subarray(0, 5_000_000));
  const error = await t.throwsAsync(parquetSource<Flight>(pathToFileURL(file), columns).open(), {
    instanceOf: Failure,
  });
  t.regex(error.message, /^Source .*flights\.parquet is not a parquet file, or is truncated: .+\.$/);
  t.is(error.kind, "usage");
});

test("a file of another format ends in one sentence", async (t) => {
  const airports = packageFile("vega-datasets", "../data/airports.csv");
  const error = await t.throwsAsync(parquetSource<Flight>(airports, columns).open(), { instanceOf: Failure });
  t.regex(error.message, /^Source vega-datasets\/data\/airports\.csv is not a parquet file, or is truncated: .+\.$/);
});

test("a column that is not there is named", async (t) => {
  const error = await t.throwsAsync(parquetSource<{ carrier: string }>(flights, ["carrier"]).open(), {
    instanceOf: Failure,
  });
  t.is(
    error.message,
    'Source vega-datasets/data/flights-3m.parquet has no column "carrier"; its columns are "date", "delay", "distance", "origin", "destination".',
  );
});

test("damaged data are noticed while reading", async (t) => {
  const file = path.join(await temporaryFolder(t), "flights.parquet");
  await writeFile(file, await readFile(flights));
  const handle = await open(file, "r+");
  await handle.write(Buffer.alloc(50_000, 0x55), 0, 50_000, 10_000);
  await handle.close();
  const source = await parquetSource<Flight>(pathToFileURL(file), columns).open();
  const error = await t.throwsAsync(
    async () => {
      for await (const _ of source.read(0, 1000));
    },
    { instanceOf: Failure },
  );
  t.regex(error.message, /^Source .*flights\.parquet is damaged near row 0: .+\.$/);
  t.is(error.kind, "failed");
});
