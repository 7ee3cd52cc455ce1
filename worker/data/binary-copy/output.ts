/** Signature, flags, length of the extension. */
const header = Buffer.from("5047434f50590aff0d0a000000000000000000", "hex");

/** Bytes being written; grows by doubling. */
export class Output {
  bytes: Buffer;
  view: DataView;
  at = header.length;

  constructor(memory: ArrayBuffer) {
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
    header.copy(this.bytes);
  }

  reserve(at: number, size: number): void {
    if (at + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, at + size));
    this.bytes.copy(larger, 0, 0, at);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  finish(): Buffer {
    this.reserve(this.at, 2);
    this.view.setInt16(this.at, -1);
    return this.bytes.subarray(0, this.at + 2);
  }
}

/** What a writer may use without asking, and what it leaves free for the next. */
export const room = 64;

/** Writes length and bytes of a value that is not null at `at`, where `room` is free; returns the position after it. */
export type ValueWriter = (output: Output, at: number, value: unknown) => number;
