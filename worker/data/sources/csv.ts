import { createReadStream } from "node:fs";
import { Failure } from "../../failure.ts";
import { locationOf, unreadable, versionOf } from "./file.ts";
import { RecordScanner } from "./record-scanner.ts";
import { BadRecord, type Batch, type OpenSource, type Source } from "./source.ts";
import { Utf8Check } from "./utf8-check.ts";

const batchRows = 1000;

const byteOrderMark = Buffer.from("\ufeff");

/**
 * A CSV file (RFC 4180, UTF-8, first record the header) whose header must hold `columns`; items are texts by column.
 * Beyond the RFC: lines may end in CR, LF or both, empty lines are skipped, and a quote within a field that does not
 * begin with one is text (`5" pipe`). A quoted field that goes on after its closing quote makes its record a bad one.
 */
export function csvSource<Column extends string>(
  file: URL,
  columns: readonly Column[],
): Source<Record<Column, string>> {
  return { location: locationOf(file), open: () => openCsv(file, columns) };
}

async function openCsv<Column extends string>(
  file: URL,
  columns: readonly Column[],
): Promise<OpenSource<Record<Column, string>>> {
  const scanner = new RecordScanner();
  const version = await scan(file, scanner);
  if (scanner.inQuotes) {
    const where = `inside the quoted field that begins in line ${scanner.quotesLine}`;
    throw new Failure(
      "usage",
      `Source ${locationOf(file)} is truncated, or lacks a closing quote: it ends ${where}; fetch it again, or mend that line.`,
    );
  }
  const header = await readHeader(file);
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new Failure(
      "usage",
      `Source ${locationOf(file)} has no column ${quoted(missing)}; its columns are ${quoted(header)}.`,
    );
  }
  const doubled = columns.filter((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (doubled.length > 0) {
    throw new Failure(
      "usage",
      `Source ${locationOf(file)} has more than one column ${quoted(doubled)}; give each a name of its own.`,
    );
  }
  const rows = Math.max(scanner.records - 1, 0);
  const { endsInNewline, malformed } = scanner;
  return {
    version,
    rows,
    parts: [0],
    read: (from, to) => readCsv(file, columns, header, { from, to, last: rows - 1, endsInNewline, malformed }),
  };
}

/**
 * Shows a file to `scanner`, without its byte order mark.
 * @returns its version
 * @throws Failure where it is not UTF-8
 */
async function scan(file: URL, scanner: RecordScanner): Promise<string> {
  const check = new Utf8Check();
  let before = 0;
  const version = await versionOf(file, (block) => {
    const fault = check.see(block);
    const start = before === 0 && block.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
    scanner.see(block.subarray(start, fault === undefined ? block.length : Math.max(fault, start)));
    if (fault !== undefined) {
      throw new Failure(
        "usage",
        `Source ${locationOf(file)} is not UTF-8 in line ${scanner.line}, at byte offset ${before + fault}; save it as UTF-8.`,
      );
    }
    before += block.length;
  });
  if (check.unfinished > 0) {
    throw new Failure(
      "usage",
      `Source ${locationOf(file)} is truncated: it ends inside a character in line ${scanner.line}; fetch it again.`,
    );
  }
  return version;
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ");

async function readHeader(file: URL): Promise<string[]> {
  for await (const header of records(file, { to: 1 })) return header;
  throw new Failure("usage", `Source ${locationOf(file)} is empty; a CSV file with a header was expected.`);
}

interface ReadRange {
  from: number;
  to: number;
  last: number;
  endsInNewline: boolean;
  /** Records, counted from 1. */
  malformed: ReadonlySet<number>;
}

async function* readCsv<Column extends string>(
  file: URL,
  columns: readonly Column[],
  header: readonly string[],
  { from, to, last, endsInNewline, malformed }: ReadRange,
): AsyncGenerator<Batch<Record<Column, string>>> {
  const places = columns.map((column) => header.indexOf(column));
  let items: (Record<Column, string> | BadRecord)[] = [];
  let first = from;
  let row = from;
  // Record 1 is the header, so row 0 is record 2.
  for await (const fields of records(file, { from: from + 2, to: to + 1 })) {
    if (fields.length < header.length && row === last && !endsInNewline) {
      throw new Failure("usage", `Source ${locationOf(file)} is truncated: it ends in row ${row}; fetch it again.`);
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
async function* records(file: URL, { from = 1, to }: { from?: number; to: number }): AsyncGenerator<string[]> {
  if (to < from) return;
  // Loaded when it is used: whoever asks only what sub-processes there are does not wait for it.
  const { CsvError, parse } = await import("csv-parse");
  const input = createReadStream(file);
  const parser = input.pipe(
    parse({
      bom: true,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      from,
      to,
    }),
  );
  input.on("error", (error) => parser.destroy(error));
  try {
    for await (const record of parser) yield record as string[];
  } catch (error) {
    if (error instanceof CsvError) {
      throw new Failure("usage", `Source ${locationOf(file)} is not CSV: ${(error as Error).message}.`, {
        cause: error,
      });
    }
    throw unreadable(file, error);
  } finally {
    input.destroy();
  }
}
