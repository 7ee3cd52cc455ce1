import type { Source } from "../../../worker/data/sources/source.ts";
import { load } from "../../../worker/processes/execution/definition.ts";

/** The 10 columns that bulk loads are compared with: key, date, 3 texts, 2 integers or null, float, boolean, time. */
export interface BenchRow {
  id: number;
  day: string;
  code: string;
  name: string;
  note: string;
  amount: number | null;
  quantity: number | null;
  price: number;
  paid: boolean;
  paidAt: Date;
}

const days = Array.from({ length: 365 }, (_, day) => new Date(Date.UTC(2001, 0, 1 + day)).toISOString().slice(0, 10));

export function benchRow(id: number): BenchRow {
  return {
    id,
    day: days[id % 365] as string,
    code: `C${id % 1000}`,
    name: `customer number ${id % 50_000}`,
    note: id % 3 === 0 ? "" : "a note of some length, as notes are",
    amount: id % 7 === 0 ? null : id % 100_000,
    quantity: id % 5 === 0 ? null : id % 90,
    price: id / 7,
    paid: id % 2 === 0,
    paidAt: new Date(1_000_000_000_000 + id * 1000),
  };
}

export const benchRows = Number(process.env.BENCH_ROWS ?? 500_000);

const numbers: Source<number> = {
  location: "generated",
  open: async () => ({
    version: "1",
    rows: benchRows,
    parts: [0],
    async *read(from, to) {
      for (let first = from; first < to; first += 2000) {
        yield { first, items: Array.from({ length: Math.min(2000, to - first) }, (_, index) => first + index) };
      }
    },
  }),
};

export default load({
  source: numbers,
  rowNumber: "id",
  commitInterval: 10_000,
  transform: (item: number) => benchRow(item),
});
