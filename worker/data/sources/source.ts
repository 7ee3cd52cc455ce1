/** Where a sub-process reads from. Rows are numbered from 0 in the order of the source, for ever. */
export interface Source<Item> {
  /** What a person would recognise; part of a step's identity. */
  readonly location: string;
  /** @throws Failure when it is missing, truncated, of another format or has other columns */
  open(): Promise<OpenSource<Item>>;
  /**
   * How many parts it has that are read whole (row groups), without reading it all; where there are none to tell, it can be
   * split anywhere.
   * @throws Failure as open, but for columns
   */
  parts?(): Promise<number>;
}

export interface OpenSource<Item> {
  /** Changes when the content does; part of a step's identity. */
  readonly version: string;
  readonly rows: number;
  /** First rows of the parts that are read whole (a parquet file's row groups): good places to split. */
  readonly parts: readonly number[];
  /** Rows `from` up to, not including, `to`, in order. */
  read(from: number, to: number): AsyncIterable<Batch<Item>>;
}

export interface Batch<Item> {
  /** Number of the first row. */
  readonly first: number;
  /** A row that can't even be read as an item is a `BadRecord`. */
  readonly items: readonly (Item | BadRecord)[];
}

/** A record that goes to quarantine: why, and what was read. */
export class BadRecord {
  readonly reason: string;
  readonly record: unknown;

  constructor(reason: string, record: unknown) {
    this.reason = reason;
    this.record = record;
  }
}
