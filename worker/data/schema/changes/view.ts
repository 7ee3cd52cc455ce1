import type { View } from "../catalog.ts";
import { statement } from "../statement.ts";
import type { ObjectChange } from "./change.ts";
import { storageParameter } from "./table.ts";

export const viewChange: ObjectChange<View> = {
  create(view) {
    return [statement(creation(view, "CREATE"))];
  },
  drop({ materialized, sqlName }) {
    return [statement(`DROP ${materialized ? "MATERIALIZED " : ""}VIEW ${sqlName}`)];
  },
  alter(from, to) {
    const same = from.definition === to.definition && from.options.join() === to.options.join();
    if (same && from.materialized === to.materialized) return [];
    // CREATE OR REPLACE may only add columns, at the end.
    const keeps = from.columns.every(({ name, type }, index) => {
      const column = to.columns[index];
      return column?.name === name && column.type === type;
    });
    if (from.materialized || to.materialized || !keeps) return null;
    return [statement(creation(to, "CREATE OR REPLACE"))];
  },
};

function creation({ materialized, sqlName, options, definition }: View, create: string): string {
  const parameters = options.length === 0 ? "" : ` WITH (${options.map(storageParameter).join(", ")})`;
  return `${create} ${materialized ? "MATERIALIZED " : ""}VIEW ${sqlName}${parameters} AS\n${definition}`;
}
