import type { Cidr, Interval, Scalar } from "./address.ts";

/** A stretch of addresses that no block divides, and the values of all blocks around it, longest prefix first. */
export interface Stretch<Value> extends Interval {
  readonly values: readonly Value[];
}

/**
 * Longest-prefix lookup, compiled once. CIDR blocks nest and never cross, so that the address space falls into stretches
 * in order, found by bisection.
 */
export class PrefixMap<Value> {
  readonly stretches: readonly Stretch<Value>[];

  /** Of entries with the same block the earlier comes first. All are of one address family. */
  constructor(entries: readonly { readonly cidr: Cidr; readonly value: Value }[], space: Interval) {
    const ordered = entries
      .map((entry, index) => ({ ...entry, index }))
      .sort(
        (one, other) =>
          compare(one.cidr.from, other.cidr.from) || one.cidr.prefix - other.cidr.prefix || other.index - one.index,
      );
    const starts: { from: Scalar; values: Value[] }[] = [];
    const open: typeof ordered = [];
    const start = (from: Scalar) => {
      if (starts.at(-1)?.from === from) starts.pop();
      starts.push({ from, values: open.map(({ value }) => value).reverse() });
    };
    const closeBefore = (from: Scalar | undefined) => {
      for (let last = open.at(-1); last && (from === undefined || last.cidr.to < from); last = open.at(-1)) {
        open.pop();
        if (last.cidr.to < space.to) start(next(last.cidr.to));
      }
    };
    start(space.from);
    for (const entry of ordered) {
      closeBefore(entry.cidr.from);
      open.push(entry);
      start(entry.cidr.from);
    }
    closeBefore(undefined);
    this.stretches = starts.map(({ from, values }, index) => {
      const following = starts[index + 1];
      return { from, to: following ? previous(following.from) : space.to, values };
    });
  }

  /** The stretch that an address lies in. */
  at(address: Scalar): Stretch<Value> {
    return this.stretches[this.#indexOf(address)] as Stretch<Value>;
  }

  /** The stretches that some of the interval lies in, in order. */
  within({ from, to }: Interval): readonly Stretch<Value>[] {
    const first = this.#indexOf(from);
    let end = first + 1;
    while (end < this.stretches.length && (this.stretches[end] as Interval).from <= to) end++;
    return this.stretches.slice(first, end);
  }

  #indexOf(address: Scalar): number {
    let low = 0;
    let high = this.stretches.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.stretches[middle] as Interval).from <= address) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

export const space4: Interval = { from: 0, to: 2 ** 32 - 1 };
export const space6: Interval = { from: 0n, to: 2n ** 128n - 1n };

const compare = (one: Scalar, other: Scalar) => (one < other ? -1 : one > other ? 1 : 0);
const next = (value: Scalar): Scalar => (typeof value === "number" ? value + 1 : value + 1n);
const previous = (value: Scalar): Scalar => (typeof value === "number" ? value - 1 : value - 1n);
