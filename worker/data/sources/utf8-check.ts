import { isUtf8 } from "node:buffer";

/** Looks for bytes that are not UTF-8 in blocks that may be cut within a character. */
export class Utf8Check {
  /** The beginning of a character whose end is in the next block. */
  #rest: Buffer = Buffer.alloc(0);

  /** @returns where the first fault begins, from this block's beginning on (negative: in the one before), or undefined */
  see(block: Buffer): number | undefined {
    const text = this.#rest.length > 0 ? Buffer.concat([this.#rest, block]) : block;
    const whole = wholeCharacters(text);
    if (isUtf8(text.subarray(0, whole))) {
      this.#rest = Buffer.from(text.subarray(whole));
      return undefined;
    }
    // The longest beginning without a fault.
    let [good, bad] = [0, whole];
    while (bad - good > 1) {
      const middle = (good + bad) >> 1;
      if (isUtf8(text.subarray(0, wholeCharacters(text.subarray(0, middle))))) good = middle;
      else bad = middle;
    }
    return wholeCharacters(text.subarray(0, good)) - this.#rest.length;
  }

  /** Bytes at the end that are only the beginning of a character. */
  get unfinished(): number {
    return this.#rest.length;
  }
}

/** The length of `text` without a character at its end that goes on after it. */
function wholeCharacters(text: Buffer): number {
  for (let back = 1; back <= Math.min(3, text.length); back++) {
    const byte = text[text.length - back] as number;
    if (byte < 0x80 || byte > 0xf4) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < length ? text.length - back : text.length;
    }
  }
  return text.length;
}
