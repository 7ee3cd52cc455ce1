import { open, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import test from "ava";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { packageFile } from "../../../../worker/data/sources/file.ts";
import { parquetSource } from "../../../../worker/data/sources/parquet.ts";
import type { BadRecord } from "../../../../worker/data/sources/source.ts";
import { Failure } from "../../../../worker/failure.ts";
import { temporaryFolder } from "../../../temporary-folder.ts";

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
