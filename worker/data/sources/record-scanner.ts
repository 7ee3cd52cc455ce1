const [comma, quote, newline, carriageReturn] = [0x2c, 0x22, 0x0a, 0x0d];

type Place = "record start" | "field start" | "text" | "quotes" | "quote in quotes";

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
  #place: Place = "record start";
  #last = 0;

  get inQuotes(): boolean {
    return this.#place === "quotes";
  }

  see(block: Uint8Array): void {
    let place = this.#place;
    let last = this.#last;
    for (const byte of block) {
      const endsLine = byte === carriageReturn || byte === newline;
      if (endsLine && !(byte === newline && last === carriageReturn)) this.line++;
      last = byte;
      if (place === "record start" && !endsLine) this.records++;
      if (place === "quotes") {
        if (byte === quote) place = "quote in quotes";
      } else if (endsLine) {
        place = "record start";
      } else if (byte === comma) {
        place = "field start";
      } else if (byte !== quote) {
        if (place === "quote in quotes") this.malformed.add(this.records);
        place = "text";
      } else if (place !== "text") {
        // Two of them in quotes are one that belongs to the field.
        if (place !== "quote in quotes") this.quotesLine = this.line;
        place = "quotes";
      }
    }
    this.#place = place;
    this.#last = last;
    if (block.length > 0) this.endsInNewline = last === newline || last === carriageReturn;
  }
}
