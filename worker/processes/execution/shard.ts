import type { RowRange } from "../../data/repositories/contracts.ts";

/** Part `index` (from 0) of `of`. */
export interface Shard {
  index: number;
  of: number;
}

/** How far, as a share of a shard's rows, a boundary may be moved to the beginning of a part of the source. */
const tolerance = 0.01;

/**
 * The rows of a shard. All shards of `of` together are exactly the first `limit` rows (null: all), none twice. The limit
 * counts before the split, so the same limit gives the same rows with any number of shards. A boundary close to
 * a part of the source (a row group) moves there: with as many shards as row groups, each reads just one.
 */
export function shardRange(
  { rows, parts }: { rows: number; parts: readonly number[] },
  limit: number | null,
  { index, of }: Shard,
): RowRange {
  const total = Math.min(rows, limit ?? rows);
  const boundary = (number: number): number => {
    if (number === of) return total;
    const even = Math.floor((number * total) / of);
    const near = parts.find((part) => Math.abs(part - even) <= (tolerance * total) / of);
    return near ?? even;
  };
  return { first: boundary(index), end: boundary(index + 1) };
}
