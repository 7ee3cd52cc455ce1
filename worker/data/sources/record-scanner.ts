const comma = 0x2c;
const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** Where in a record a byte is; numbers, because a string's comparison for each byte takes twice as long. */
const recordStart = 0;
const fieldStart = 1;
const text = 2;
const quotes = 3;
const quoteInQuotes = 4;

/** A record and where it begins: reading may begin there. */
export interface Mark {
  /** Counted from 1. */
  readonly record: number;
  /** Of its first byte. */
  readonly offset: number;
}

/** How far apart marks are, whichever comes first. */
export interface MarkDistance {
  readonly records: number;
  readonly bytes: number;
}

const usualDistance: MarkDistance = { records: 10_000, bytes: 8 * 2 ** 20 };

/**
 * Finds a CSV file's records without parsing them, as csv-parse with `relax_quotes` does: CR, LF or both end a record
 * outside quotes, empty lines are none, and a quote opens quotes only where a field begins.
 */
export class RecordScanner {
  records = 0;
  /** Of what comes next, counted from 1. */
  line = 1;
  /** Where the quotes that are open now begin. */
  quotesLine = 1;
  endsInNewline = true;
  /** Records, counted from 1, with a field that goes on after its closing quote. */
  readonly malformed = new Set<number>();
  #place: number = recordStart;
  #last = 0;
  /** Bytes seen and skipped. */
  #offset = 0;
  readonly #marks: Mark[] = [];
  readonly #distance: MarkDistance;
  /** The next mark is at this record, or at the first one from this byte on. */
  #nextRecord = 1;
  #nextOffset = 0;

  constructor(distance = usualDistance) {
    this.#distance = distance;
  }

  get inQuotes(): boolean {
    return this.#place === quotes;
  }

  /** The last mark up to a record that was seen. */
  markBefore(record: number): Mark {
    let [before, after] = [0, this.#marks.length];
    while (after - before > 1) {
      const middle = (before + after) >> 1;
      if (this.#marks[middle]!.record <= record) before = middle;
      else after = middle;
    }
    return this.#marks[before] ?? { record: 1, offset: 0 };
  }

  /** Bytes that belong to no record. */
  skip(bytes: number): void {
    this.#offset += bytes;
  }

  see(block: Uint8Array): void {
    let place = this.#place;
    let last = this.#last;
    let { line, records } = this;
    for (let index = 0; index < block.length; index++) {
      const byte = block[index]!;
      // Nearly all bytes.
      if (byte > comma && (place === text || place === quotes)) {
        last = byte;
        continue;
      }
      const endsLine = byte === carriageReturn || byte === newline;
      if (endsLine && !(byte === newline && last === carriageReturn)) line++;
      last = byte;
      if (place === recordStart && !endsLine) {
        records++;
        if (records >= this.#nextRecord || this.#offset + index >= this.#nextOffset) {
          this.#mark(records, this.#offset + index);
        }
      }
      if (place === quotes) {
        if (byte === quote) place = quoteInQuotes;
      } else if (endsLine) {
        place = recordStart;
      } else if (byte === comma) {
        place = fieldStart;
      } else if (byte !== quote) {
        if (place === quoteInQuotes) this.malformed.add(records);
        place = text;
      } else if (place !== text) {
        // Two of them in quotes are one that belongs to the field.
        if (place !== quoteInQuotes) this.quotesLine = line;
        place = quotes;
      }
    }
    this.#place = place;
    this.#last = last;
    this.line = line;
    this.records = records;
    this.#offset += block.length;
    if (block.length > 0) this.endsInNewline = last === newline || last === carriageReturn;
  }

  #mark(record: number, offset: number): void {
    this.#marks.push({ record, offset });
    this.#nextRecord = record + this.#distance.records;
    this.#nextOffset = offset + this.#distance.bytes;
  }
}
