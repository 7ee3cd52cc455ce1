import type { AsyncBuffer, FileMetaData } from "hyparquet";
import { Failure } from "../../failure.ts";
import type { Batch, OpenSource, Source } from "./source.ts";
import { type OpenObject, type StoredObject, storedObject } from "./stored-object.ts";

const batchRows = 2000;

/**
 * A parquet file, or an object of Amazon S3 (`s3://bucket/key`), with at least the named columns. Items hold the values as
 * hyparquet decodes them, 64-bit integers as numbers where they are safe; timestamps are Dates. Of an object only footer and
 * column chunks are fetched.
 */
export function parquetSource<Item extends object>(url: URL, columns: readonly (keyof Item & string)[]): Source<Item> {
  const stored = storedObject(url);
  return {
    location: stored.location,
    open: () => openParquet<Item>(stored, columns),
    parts: async () => (await readFooter(stored.location, await stored.open())).metadata.row_groups.length,
  };
}

export async function openParquet<Item extends object>(
  stored: StoredObject,
  columns: readonly (keyof Item & string)[],
): Promise<OpenSource<Item>> {
  const { location } = stored;
  const object = await stored.open();
  const version = await object.version();
  const { buffer, metadata } = await readFooter(location, object);
  const present = metadata.schema.filter((element) => element.type !== undefined).map((element) => element.name);
  const missing = columns.filter((column) => !present.includes(column));
  if (missing.length > 0) {
    throw new Failure(
      "usage",
      `Source ${location} has no column ${missing.map((name) => `"${name}"`).join(", ")}; ` +
        `its columns are ${present.map((name) => `"${name}"`).join(", ")}.`,
    );
  }
  const parts = [0];
  for (const group of metadata.row_groups) parts.push(parts.at(-1)! + Number(group.num_rows));
  const rows = parts.pop()!;
  return {
    version,
    rows,
    parts,
    read: (from, to) => readParquet<Item>({ location, buffer, metadata, columns, parts }, from, to),
  };
}

async function readFooter(
  location: string,
  object: OpenObject,
): Promise<{ buffer: AsyncBuffer; metadata: FileMetaData }> {
  // Loaded when it is used: whoever asks only what sub-processes there are does not wait for it.
  const { parquetMetadataAsync } = await import("hyparquet");
  const buffer: AsyncBuffer = {
    byteLength: object.size,
    slice: (from, to = object.size) => {
      const read = object.slice(from, to);
      // Of several at once that fail, hyparquet may wait for one alone.
      read.catch(() => {});
      return read;
    },
  };
  try {
    return { buffer, metadata: withSafeIntegers(await parquetMetadataAsync(buffer)) };
  } catch (error) {
    if (error instanceof Failure) throw error;
    const message = (error as Error).message.replace(/^parquet /, "");
    throw new Failure("usage", `Source ${location} is not a parquet file, or is truncated: ${message}.`, {
      cause: error,
    });
  }
}

interface OpenParquet<Item> {
  location: string;
  buffer: AsyncBuffer;
  metadata: FileMetaData;
  columns: readonly (keyof Item & string)[];
  parts: readonly number[];
}

async function* readParquet<Item extends object>(
  source: OpenParquet<Item>,
  from: number,
  to: number,
): AsyncGenerator<Batch<Item>> {
  const { parts, columns, metadata } = source;
  const makeItem = itemMaker<Item>(columns);
  for (const [index, start] of parts.entries()) {
    const end = parts[index + 1] ?? Number(metadata.num_rows);
    if (end > from && start < to) {
      yield* readGroup(source, { first: Math.max(start, from), end: Math.min(end, to) }, makeItem);
    }
  }
}

/** Rows of one row group; a function of its own, so that one group's values are let go before the next ones are read. */
async function* readGroup<Item extends object>(
  source: OpenParquet<Item>,
  range: { first: number; end: number },
  makeItem: (values: unknown[][], index: number) => Item,
): AsyncGenerator<Batch<Item>> {
  const values = await readColumns(source, range);
  for (let at = range.first; at < range.end; at += batchRows) {
    const count = Math.min(batchRows, range.end - at);
    const items = new Array<Item>(count);
    for (let offset = 0; offset < count; offset++) items[offset] = makeItem(values, at - range.first + offset);
    yield { first: at, items };
  }
}

/** The values of some rows within one row group, column by column. */
async function readColumns<Item>(
  { location, buffer, metadata, columns }: OpenParquet<Item>,
  range: { first: number; end: number },
): Promise<unknown[][]> {
  const count = range.end - range.first;
  const [{ parquetRead }, { compressors }] = await Promise.all([import("hyparquet"), import("hyparquet-compressors")]);
  const values = new Map<string, unknown[]>();
  try {
    await parquetRead({
      file: buffer,
      metadata,
      columns: [...columns],
      compressors,
      rowStart: range.first,
      rowEnd: range.end,
      onPage({ pathInSchema, columnData, rowStart, rowEnd }) {
        const name = pathInSchema[0] ?? "";
        // A page may begin before the first row wanted and end after the last; mostly it is all of them.
        const page = columnData as unknown[];
        const wanted =
          rowStart === range.first && rowEnd === range.end
            ? page
            : page.slice(Math.max(range.first - rowStart, 0), Math.max(range.end - rowStart, 0));
        const before = values.get(name);
        values.set(name, before ? before.concat(wanted) : wanted);
      },
    });
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { message } = error as Error;
    throw new Failure("failed", `Source ${location} is damaged near row ${range.first}: ${message}.`, {
      cause: error,
    });
  }
  return columns.map((column) => {
    const found = values.get(column) ?? [];
    if (found.length === count) return found;
    throw new Failure(
      "failed",
      `Source ${location} is damaged: column "${column}" has ${found.length} of ${count} values from row ${range.first} on.`,
    );
  });
}

/**
 * hyparquet decodes 64-bit integers as bigints, which cost more than all else together. Told that a column is a DECIMAL
 * without decimals it makes numbers; that is right where the file's statistics say that all values are safe ones.
 */
function withSafeIntegers(metadata: FileMetaData): FileMetaData {
  const isSafe = (name: string) =>
    metadata.row_groups.every(({ columns }) => {
      const { min_value: least, max_value: most } =
        columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data?.statistics ?? {};
      return [least, most].every((value) => typeof value === "bigint" && Number.isSafeInteger(Number(value)));
    });
  const schema = metadata.schema.map((element) =>
    element.type === "INT64" && !element.converted_type && !element.logical_type && isSafe(element.name)
      ? { ...element, converted_type: "DECIMAL" as const, scale: 0 }
      : element,
  );
  return { ...metadata, schema };
}

/** Makes items of one fixed shape, which keeps every later property access fast. */
function itemMaker<Item>(columns: readonly string[]): (values: unknown[][], index: number) => Item {
  const fields = columns.map((column, place) => `${JSON.stringify(column)}: values[${place}][index]`);
  return new Function("values", "index", `return { ${fields.join(", ")} };`) as never;
}
