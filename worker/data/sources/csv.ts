import { createReadStream } from "node:fs";
import { Failure } from "../../failure.ts";
import { locationOf, unreadable, versionOf } from "./file.ts";
import { BadRecord, type Batch, type OpenSource, type Source } from "./source.ts";

const batchRows = 1000;

/** A CSV file (RFC 4180, UTF-8, first record the header) whose header must hold `columns`; items are texts by column. */
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
  const counter = new RecordCounter();
  const version = await versionOf(file, (block) => counter.see(block));
  const header = await readHeader(file);
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new Failure(
      "usage",
      `Source ${locationOf(file)} has no column ${missing.map((name) => `"${name}"`).join(", ")}; ` +
        `its columns are ${header.map((name) => `"${name}"`).join(", ")}.`,
    );
  }
  if (counter.inQuotes) throw truncated(file, "inside a quoted field");
  const rows = Math.max(counter.records - 1, 0);
  return {
    version,
    rows,
    parts: [0],
    read: (from, to) =>
      readCsv(file, columns, header, { from, to, last: rows - 1, endsInNewline: counter.endsInNewline }),
  };
}

async function readHeader(file: URL): Promise<string[]> {
  for await (const header of records(file, { to: 1 })) return header;
  throw new Failure("usage", `Source ${locationOf(file)} is empty; a CSV file with a header was expected.`);
}

interface ReadRange {
  from: number;
  to: number;
  last: number;
  endsInNewline: boolean;
}

async function* readCsv<Column extends string>(
  file: URL,
  columns: readonly Column[],
  header: readonly string[],
  { from, to, last, endsInNewline }: ReadRange,
): AsyncGenerator<Batch<Record<Column, string>>> {
  const places = columns.map((column) => header.indexOf(column));
  let items: (Record<Column, string> | BadRecord)[] = [];
  let first = from;
  let row = from;
  // Record 1 is the header, so row 0 is record 2.
  for await (const fields of records(file, { from: from + 2, to: to + 1 })) {
    if (fields.length === header.length) {
      const item = {} as Record<Column, string>;
      for (let index = 0; index < columns.length; index++) item[columns[index]!] = fields[places[index]!]!;
      items.push(item);
    } else {
      if (row === last && !endsInNewline && fields.length < header.length) throw truncated(file, `in row ${row}`);
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
  const parser = input.pipe(parse({ bom: true, relax_column_count: true, skip_empty_lines: true, from, to }));
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

/** Counts records without parsing them: a line break outside quotes ends one, unless the line was empty. */
class RecordCounter {
  records = 0;
  inQuotes = false;
  endsInNewline = true;
  #length = 0;

  see(block: Buffer): void {
    for (const byte of block) {
      if (byte === 0x22) this.inQuotes = !this.inQuotes;
      if (byte === 0x0a && !this.inQuotes) {
        this.#length = 0;
      } else if (byte !== 0x0d) {
        if (this.#length === 0) this.records++;
        this.#length++;
      }
    }
    if (block.length > 0) this.endsInNewline = block.at(-1) === 0x0a;
  }
}

function truncated(file: URL, where: string): Failure {
  return new Failure("usage", `Source ${locationOf(file)} is truncated: it ends ${where}; fetch it again.`);
}
