import type { SchemaChange } from "../schema-change.ts";
import { item, items, sql } from "./item.ts";

export const indexes: readonly SchemaChange[] = [
  { title: "int to bigint", from: item(), rows: items, to: item({ qty: "bigint" }) },
  {
    title: "bigint epoch to timestamptz",
    from: "create table item (id integer primary key, qty bigint)",
    rows: "insert into item values (1, 1577836800)",
    to: "create table item (id integer primary key, qty timestamptz)",
  },
  {
    title: "int[] to bigint[]",
    from: "create table item (id integer primary key, qty int[])",
    rows: "insert into item values (1, '{1,2}')",
    to: "create table item (id integer primary key, qty bigint[])",
  },
  { title: "index", from: item(), rows: items, to: sql(item(), "create index item_name on item (name)") },
  { title: "index unique", from: item(), rows: items, to: sql(item(), "create unique index item_name on item (name)") },
  {
    title: "index partial",
    from: item(),
    rows: items,
    to: sql(item(), "create index item_name on item (name) where qty > 3"),
  },
  {
    title: "index partial changed",
    from: sql(item(), "create index item_name on item (name) where qty > 3"),
    rows: items,
    to: sql(item(), "create index item_name on item (name) where qty > 4"),
  },
  {
    title: "index expression",
    from: item(),
    rows: items,
    to: sql(item(), "create index item_name on item (lower(name))"),
  },
  {
    title: "index expression changed",
    from: sql(item(), "create index item_name on item (lower(name))"),
    rows: items,
    to: sql(item(), "create index item_name on item (upper(name))"),
  },
  {
    title: "index method",
    from: sql(item(), "create index item_name on item (name)"),
    rows: items,
    to: sql(item(), "create index item_name on item using hash (name)"),
  },
  {
    title: "index opclass",
    from: sql(item(), "create index item_name on item (name)"),
    rows: items,
    to: sql(item(), "create index item_name on item (name text_pattern_ops)"),
  },
  {
    title: "index order",
    from: sql(item(), "create index item_name on item (name)"),
    rows: items,
    to: sql(item(), "create index item_name on item (name desc)"),
  },
  {
    title: "index nulls",
    from: sql(item(), "create index item_name on item (name)"),
    rows: items,
    to: sql(item(), "create index item_name on item (name nulls first)"),
  },
  {
    title: "index include",
    from: sql(item(), "create index item_name on item (name)"),
    rows: items,
    to: sql(item(), "create index item_name on item (name) include (qty)"),
  },
  {
    title: "index storage",
    from: sql(item(), "create index item_name on item (name)"),
    rows: items,
    to: sql(item(), "create index item_name on item (name) with (fillfactor=50)"),
  },
  {
    title: "index columns",
    from: sql(item(), "create index item_name on item (name)"),
    rows: items,
    to: sql(item(), "create index item_name on item (name, qty)"),
  },
  { title: "index dropped", from: sql(item(), "create index item_name on item (name)"), rows: items, to: item() },
  {
    title: "index comment",
    from: sql(item(), "create index item_name on item (name)"),
    rows: items,
    to: sql(item(), "create index item_name on item (name)", "comment on index item_name is 'x'"),
  },
  {
    title: "gin on jsonb",
    from: item({ data: "jsonb" }),
    rows: items,
    to: sql(item({ data: "jsonb" }), "create index g on item using gin (data jsonb_path_ops)"),
  },
  {
    title: "storage and statistics",
    from: item(),
    rows: items,
    to: sql(
      item(),
      "alter table item alter name set storage external",
      "alter table item alter name set statistics 500",
    ),
  },
  {
    title: "extended statistics",
    from: item(),
    rows: items,
    to: sql(item(), "create statistics st on name, qty from item"),
  },
  { title: "clustered", from: item(), rows: items, to: sql(item(), "cluster item using item_pkey") },
];
