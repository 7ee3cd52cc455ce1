import { Readable } from "node:stream";
import { Failure } from "../../failure.ts";
import { type MarkDistance, RecordScanner } from "./record-scanner.ts";
import { BadRecord, type Batch, type OpenSource, type Source } from "./source.ts";
import { type OpenObject, type StoredObject, storedObject } from "./stored-object.ts";
import { Utf8Check } from "./utf8-check.ts";

const batchRows = 1000;

const byteOrderMark = Buffer.from("\ufeff");

/**
 * A CSV file, or an object of Amazon S3 (`s3://bucket/key`), by RFC 4180, in UTF-8, its first record the header, which must
 * hold `columns`; items are texts by column. It is read once as a whole when it is opened, to count its records and to note
 * where some of them begin; reading then begins near the first row that is wanted.
 * Beyond the RFC: lines may end in CR, LF or both, empty lines are skipped, and a quote within a field that does not
 * begin with one is text (`5" pipe`). A quoted field that goes on after its closing quote makes its record a bad one.
 */
export function csvSource<Column extends string>(url: URL, columns: readonly Column[]): Source<Record<Column, string>> {
  const stored = storedObject(url);
  return { location: stored.location, open: () => openCsv(stored, columns) };
}

/** @param distance of the places where reading may begin, other than usual */
export async function openCsv<Column extends string>(
  stored: StoredObject,
  columns: readonly Column[],
  distance?: MarkDistance,
): Promise<OpenSource<Record<Column, string>>> {
  const { location } = stored;
  const object = await stored.open();
  const scanner = new RecordScanner(distance);
  const version = await scan(location, object, scanner);
  const csv: OpenedCsv = { location, object, scanner };
  if (scanner.inQuotes) {
    const where = `inside the quoted field that begins in line ${scanner.quotesLine}`;
    throw new Failure(
      "usage",
      `Source ${location} is truncated, or lacks a closing quote: it ends ${where}; fetch it again, or mend that line.`,
    );
  }
  const header = await readHeader(csv);
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new Failure(
      "usage",
      `Source ${location} has no column ${quoted(missing)}; its columns are ${quoted(header)}.`,
    );
  }
  const doubled = columns.filter((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (doubled.length > 0) {
    throw new Failure(
      "usage",
      `Source ${location} has more than one column ${quoted(doubled)}; give each a name of its own.`,
    );
  }
  const rows = Math.max(scanner.records - 1, 0);
  return {
    version,
    rows,
    parts: [0],
    read: (from, to) => readCsv(csv, columns, header, { from, to, last: rows - 1 }),
  };
}

interface OpenedCsv {
  readonly location: string;
  readonly object: OpenObject;
  /** Has seen all of it. */
  readonly scanner: RecordScanner;
}

/**
 * Shows an object to `scanner`, without its byte order mark.
 * @returns its version
 * @throws Failure where it is not UTF-8
 */
async function scan(location: string, object: OpenObject, scanner: RecordScanner): Promise<string> {
  const check = new Utf8Check();
  const beginning = Buffer.from(await object.slice(0, Math.min(byteOrderMark.length, object.size)));
  const skipped = beginning.equals(byteOrderMark) ? byteOrderMark.length : 0;
  scanner.skip(skipped);
  let before = 0;
  const version = await object.scan((block) => {
    const fault = check.see(block);
    const start = Math.min(Math.max(skipped - before, 0), block.length);
    scanner.see(block.subarray(start, fault === undefined ? block.length : Math.max(fault, start)));
    if (fault !== undefined) {
      throw new Failure(
        "usage",
        `Source ${location} is not UTF-8 in line ${scanner.line}, at byte offset ${before + fault}; save it as UTF-8.`,
      );
    }
    before += block.length;
  });
  if (check.unfinished > 0) {
    throw new Failure(
      "usage",
      `Source ${location} is truncated: it ends inside a character in line ${scanner.line}; fetch it again.`,
    );
  }
  return version;
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

async function readHeader(csv: OpenedCsv): Promise<string[]> {
  const { location } = csv;
  if (csv.scanner.records > 0) for await (const header of records(csv, { from: 1, to: 1 })) return header;
  throw new Failure("usage", `Source ${location} is empty; a CSV file with a header was expected.`);
}

interface ReadRange {
  from: number;
  to: number;
  last: number;
}

async function* readCsv<Column extends string>(
  csv: OpenedCsv,
  columns: readonly Column[],
  header: readonly string[],
  { from, to, last }: ReadRange,
): AsyncGenerator<Batch<Record<Column, string>>> {
  const { location, scanner } = csv;
  const { endsInNewline, malformed } = scanner;
  const places = columns.map((column) => header.indexOf(column));
  let items: (Record<Column, string> | BadRecord)[] = [];
  let first = from;
  let row = from;
  // Record 1 is the header, so row 0 is record 2.
  for await (const fields of records(csv, { from: from + 2, to: to + 1 })) {
    if (fields.length < header.length && row === last && !endsInNewline) {
      throw new Failure("usage", `Source ${location} is truncated: it ends in row ${row}; fetch it again.`);
    }
    if (malformed.has(row + 2)) {
      items.push(
        new BadRecord("has a quoted field that goes on after its closing quote; double a quote inside it", fields),
      );
    } else if (fields.length === header.length) {
      const item = {} as Record<Column, string>;
      for (let index = 0; index < columns.length; index++) item[columns[index]!] = fields[places[index]!]!;
      items.push(item);
    } else {
      items.push(new BadRecord(`has ${fields.length} fields; the header has ${header.length}`, fields));
    }
    row++;
    if (items.length === batchRows) {
      yield { first, items };
      first = row;
      items = [];
    }
  }
  if (items.length > 0) yield { first, items };
}

/** Records `from` to `to`, both counted from 1 and included. */
async function* records(
  { location, object, scanner }: OpenedCsv,
  { from, to }: { from: number; to: number },
): AsyncGenerator<string[]> {
  if (to < from) return;
  // Loaded when it is used: whoever asks only what sub-processes there are does not wait for it.
  const { CsvError, parse } = await import("csv-parse");
  const mark = scanner.markBefore(from);
  const input = Readable.from(object.stream(mark.offset), { objectMode: false });
  const parser = input.pipe(
    parse({
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      from: from - mark.record + 1,
      to: to - mark.record + 1,
    }),
  );
  input.on("error", (error) => parser.destroy(error));
  try {
    for await (const record of parser) yield record as string[];
  } catch (error) {
    if (error instanceof CsvError) {
      throw new Failure("usage", `Source ${location} is not CSV: ${(error as Error).message}.`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    input.destroy();
  }
}
