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

  get inQuotes(): boolean {
    return this.#place === quotes;
  }

  see(block: Uint8Array): void {
    let place = this.#place;
    let last = this.#last;
    let { line, records } = this;
    for (const byte of block) {
      // Nearly all bytes.
      if (byte > comma && (place === text || place === quotes)) {
        last = byte;
        continue;
      }
      const endsLine = byte === carriageReturn || byte === newline;
      if (endsLine && !(byte === newline && last === carriageReturn)) line++;
      last = byte;
      if (place === recordStart && !endsLine) records++;
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
    if (block.length > 0) this.endsInNewline = last === newline || last === carriageReturn;
  }
}
