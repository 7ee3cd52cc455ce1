import fc from "fast-check";
import type { SchemaChange } from "../schema-change.ts";
import {
  families,
  familyOf,
  type Model,
  type ModelColumn,
  type ModelTable,
  type ModelView,
  numbers,
  tidied,
} from "./model.ts";
import { emptySql, rowsSql, schemaSql } from "./statements.ts";

type Draw = <T>(values: readonly T[]) => T;

const columnNames = ["a", "b", "c", "total", '"Mixed Case"', '"select"', '"ä"', "d_1"];
const tableNames = ["item", "part", '"Order"', "other.item", "log"];
const collations = [null, null, "C", "POSIX"];
const comments = [null, null, "first", "it''s"];
const allTypes = families.flat();

function column(draw: Draw, model: Model, name: string): ModelColumn {
  const type = draw([...allTypes, ...model.enums.map((type) => type.name), ...model.domains.map((type) => type.name)]);
  return {
    name,
    type,
    kind: draw(["plain", "plain", "plain", "plain", "generated"]),
    default: draw([null, null, 4, 5]),
    notNull: draw([false, true]),
    collation: draw(collations),
    comment: draw(comments),
    base: "a",
    added: false,
  };
}

function index(draw: Draw, table: ModelTable, name: string): ModelTable["indexes"][number] {
  const names = table.columns.map((part) => part.name);
  return {
    name,
    columns: draw([true, false]) ? [draw(names)] : [...new Set([draw(names), draw(names)])],
    unique: draw([false, false, true]),
    method: draw(["btree", "btree", "btree", "hash", "brin", "gin"] as const),
    order: draw(["", "", "desc", "nulls first", "desc nulls last"]),
    expression: draw([false, false, true]),
    partial: draw([false, false, true]),
    include: draw([null, null, table.columns[0]!.name]),
  };
}

function table(draw: Draw, model: Model, name: string): ModelTable {
  const id: ModelColumn = {
    name: "id",
    type: draw(["integer", "bigint", "smallint"]),
    kind: draw(["plain", "serial", "identity", "always"]),
    default: null,
    notNull: true,
    collation: null,
    comment: draw(comments),
    base: null,
    added: false,
  };
  const a = { ...column(draw, model, "a"), kind: "plain" as const, type: draw([...numbers, "text"]) };
  const count = draw([0, 1, 2, 3, 4, 5]);
  const others = columnNames.slice(1, 1 + count).map((other) => column(draw, model, other));
  const made: ModelTable = {
    name,
    columns: [id, a, ...others],
    key: draw([["id"], ["id"], ["id", "a"], []]),
    uniques: draw([true, false, false]) ? [unique(draw, "u1")] : [],
    checks: draw([true, false]) ? [{ name: "c1", column: draw(["a", "b"]), bound: draw([1, 2]) }] : [],
    foreignKeys: [],
    exclusion: null,
    indexes: [],
    comment: draw(comments),
    unlogged: draw([false, false, false, true]),
    partitioned: draw([false, false, false, true]),
    fillfactor: draw([null, null, 70]),
    trigger: draw([false, false, true]),
    granted: draw([false, false, true]),
  };
  made.exclusion = draw([
    null,
    made.columns.find(({ type, kind }) => type === "daterange" && kind === "plain")?.name ?? null,
  ]);
  const stem = name.replace(/\W/g, "").toLowerCase();
  made.indexes = ["x1", "x2"].filter(() => draw([true, false])).map((suffix) => index(draw, made, `${stem}_${suffix}`));
  return made;
}

function unique(draw: Draw, name: string): ModelTable["uniques"][number] {
  return {
    name,
    columns: draw([["id", "a"], ["id", "b"], ["id"]]),
    deferrable: draw([false, false, true]),
    nullsEqual: draw([false, false, true]),
  };
}

function foreignKey(draw: Draw, model: Model, of: ModelTable, name: string): ModelTable["foreignKeys"][number] {
  return {
    name,
    column: draw(of.columns.map((part) => part.name)),
    table: draw(model.tables.map((other) => other.name)),
    action: draw(["", "on delete cascade", "on update cascade on delete set null"]),
    deferrable: draw(["", "deferrable", "deferrable initially deferred"]),
  };
}

function view(draw: Draw, model: Model, name: string): ModelView {
  const earlier = model.views.filter((other) => other.name < name);
  const of = draw([...model.tables, ...earlier]);
  const names = of.columns.map((part) => (typeof part === "string" ? part : part.name));
  const columns = names.filter(() => draw([true, true, false]));
  return {
    name,
    of: of.name,
    columns: columns.length > 0 ? columns : [names[0]!],
    materialized: draw([false, false, true]),
    indexed: draw([false, true]),
    comment: draw(comments),
    granted: draw([false, true]),
  };
}

const labels = ["a", "b", "c", "d", "e f"];

function made(draw: Draw): Model {
  const model: Model = { enums: [], domains: [], sequences: [], tables: [], views: [] };
  for (const name of ["kind_1", "kind_2"]) {
    if (draw([true, false]))
      model.enums.push({ name, labels: labels.filter((label) => label === "a" || draw([true, false])) });
  }
  if (draw([true, false]))
    model.domains.push({ name: "domain_1", check: draw([1, 2]), notNull: draw([false, false, true]) });
  if (draw([true, false])) model.sequences.push(sequence(draw, "counter"));
  for (const name of tableNames) if (draw([true, true, false])) model.tables.push(table(draw, model, name));
  for (const of of model.tables) {
    for (const name of ["f1", "f2"]) if (draw([true, false])) of.foreignKeys.push(foreignKey(draw, model, of, name));
    const stem = of.name.replace(/\W/g, "").toLowerCase();
    for (const key of of.foreignKeys) key.name = `${stem}_${key.name}`;
    for (const key of of.uniques) key.name = `${stem}_${key.name}`;
  }
  if (model.tables.length > 0) {
    for (const name of ["view_1", "view_2", "view_3"])
      if (draw([true, false])) model.views.push(view(draw, model, name));
  }
  return tidied(model);
}

function sequence(draw: Draw, name: string): Model["sequences"][number] {
  return {
    name,
    start: draw([1, 5, 100]),
    increment: draw([1, 2, 10]),
    cycle: draw([false, true]),
    cache: draw([1, 5]),
  };
}

/** One change of `model`, in place. */
function change(draw: Draw, model: Model): void {
  const one = model.tables.length > 0 ? draw(model.tables) : undefined;
  const changes: (() => void)[] = [
    () => {
      const name = draw(tableNames);
      if (!model.tables.some((other) => other.name === name)) {
        const added = table(draw, model, name);
        for (const key of added.uniques) key.name = `${name.replace(/\W/g, "").toLowerCase()}_${key.name}`;
        model.tables.push(added);
      }
    },
    () => toggle(model.enums, "kind_1", () => ({ name: "kind_1", labels: ["a", "b"] })),
    () => toggle(model.domains, "domain_1", () => ({ name: "domain_1", check: 1, notNull: false })),
    () => toggle(model.sequences, "counter", () => sequence(draw, "counter")),
    () => {
      const [kind] = model.enums;
      if (kind)
        kind.labels = [...labels].sort(() => draw([1, -1])).filter((label) => label === "a" || draw([true, false]));
    },
    () => {
      const [domain] = model.domains;
      if (domain) Object.assign(domain, { check: draw([1, 2, 3]), notNull: draw([false, true]) });
    },
    () => {
      if (model.sequences[0]) model.sequences[0] = sequence(draw, "counter");
    },
  ];
  if (one) {
    const part = draw(one.columns);
    const stem = one.name.replace(/\W/g, "").toLowerCase();
    changes.push(
      () => model.tables.splice(model.tables.indexOf(one), 1),
      () => {
        const name = draw(columnNames);
        if (!one.columns.some((other) => other.name === name)) {
          one.columns.push({ ...column(draw, model, name), added: true });
        }
      },
      () => {
        if (one.columns.indexOf(part) > 1) one.columns.splice(one.columns.indexOf(part), 1);
      },
      () => {
        if (part.name === "id") part.type = draw(["integer", "bigint"]);
        else if (part.kind === "plain") part.type = draw(familyOf(part.type));
      },
      () => {
        part.default = part.kind === "plain" && part.name !== "id" ? draw([null, 4, 5, 6]) : part.default;
      },
      () => {
        part.notNull = draw([true, false]);
      },
      () => {
        part.comment = draw(comments);
      },
      () => {
        part.collation = draw(collations);
      },
      () => {
        one.columns[0]!.kind = draw(["plain", "serial", "identity", "always"]);
      },
      () => {
        one.key = draw([["id"], ["id", "a"], []]);
      },
      () => {
        one.uniques = draw([true, false]) ? [unique(draw, `${stem}_u1`)] : [];
      },
      () => {
        one.checks = draw([true, true, false])
          ? [{ name: "c1", column: draw(["a", "b"]), bound: draw([1, 2, 3]) }]
          : [];
      },
      () => {
        one.foreignKeys = draw([true, true, false]) ? [foreignKey(draw, model, one, `${stem}_f1`)] : [];
      },
      () => {
        one.indexes = [index(draw, one, `${stem}_${draw(["x1", "x2", "x3"])}`)];
      },
      () => Object.assign(one, { unlogged: draw([false, true]), fillfactor: draw([null, 50, 70]) }),
      () => {
        one.partitioned = !one.partitioned;
      },
      () => Object.assign(one, { trigger: draw([false, true]), granted: draw([false, true]), comment: draw(comments) }),
      () => {
        const name = draw(["view_1", "view_2", "view_3"]);
        toggle(model.views, name, () => view(draw, model, name));
        model.views.sort((a, b) => (a.name < b.name ? -1 : 1));
      },
    );
  }
  draw(changes)();
  tidied(model);
}

function toggle<T extends { name: string }>(list: T[], name: string, make: () => T): void {
  const at = list.findIndex((other) => other.name === name);
  if (at >= 0) list.splice(at, 1);
  else list.push(make());
}

/** A schema with rows, and another that came of it by one to six changes; or two that have nothing to do with each other. */
export const pairs: fc.Arbitrary<SchemaChange> = fc.gen().map((gen) => {
  const draw: Draw = (values) => values[gen(fc.nat, { max: values.length - 1 })]!;
  const before = made(draw);
  const from = schemaSql(before);
  if (draw([false, false, true])) return { title: "unrelated", from, to: schemaSql(made(draw)) };
  const after = structuredClone(before);
  for (let count = draw([1, 2, 3, 4, 5, 6]); count > 0; count -= 1) change(draw, after);
  // What was dropped can't come back into rows that must have it.
  return { title: "changed", from, rows: rowsSql(before), to: schemaSql(after), beforeDown: emptySql(after) };
});
