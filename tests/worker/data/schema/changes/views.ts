import type { SchemaChange } from "../schema-change.ts";
import { item, items, sql } from "./item.ts";

export const views: readonly SchemaChange[] = [
  { title: "view", from: item(), rows: items, to: sql(item(), "create view v as select id, name from item") },
  {
    title: "view over changed table, grants kept",
    from: sql(
      item(),
      "create view v as select id, qty from item",
      "grant select on v to reader",
      "comment on view v is 'vv'",
    ),
    rows: items,
    to: sql(
      item({ qty: "bigint" }),
      "create view v as select id, qty from item",
      "grant select on v to reader",
      "comment on view v is 'vv'",
    ),
  },
  {
    title: "view of view over a changed table",
    from: sql(item(), "create view v as select id, qty from item", "create view w as select * from v"),
    rows: items,
    to: sql(item({ qty: "bigint" }), "create view v as select id, qty from item", "create view w as select * from v"),
  },
  {
    title: "materialized view over changed table",
    from: sql(
      item(),
      "create materialized view v as select id, qty from item",
      "create unique index vi on v (id)",
      "grant select on v to reader",
    ),
    rows: sql(items, "refresh materialized view v"),
    to: sql(
      item({ qty: "bigint" }),
      "create materialized view v as select id, qty from item",
      "create unique index vi on v (id)",
      "grant select on v to reader",
    ),
  },
  {
    title: "view definition changed",
    from: sql(item(), "create view v as select id, name from item"),
    rows: items,
    to: sql(item(), "create view v as select id, name, qty from item"),
  },
  {
    title: "view column removed",
    from: sql(item(), "create view v as select id, name from item"),
    rows: items,
    to: sql(item(), "create view v as select id from item"),
  },
  {
    title: "star view and a column added",
    from: sql(item(), "create view v as select * from item"),
    rows: items,
    to: sql(item(), "alter table item add x int", "create view v as select * from item"),
  },
  {
    title: "materialized view changed",
    from: sql(item(), "create materialized view v as select id from item"),
    rows: sql(items, "refresh materialized view v"),
    to: sql(item(), "create materialized view v as select id, name from item"),
  },
  {
    title: "view with options and column comment",
    from: sql("create table t (a int)", "create view v as select a from t"),
    to: sql(
      "create table t (a int)",
      "create view v with (security_barrier=true) as select a from t with check option",
      "comment on column v.a is 'c'",
    ),
  },
  {
    title: "view renamed column",
    from: sql("create table t (a int)", "create view v as select a as x from t", "create view w as select x from v"),
    to: sql("create table t (a int)", "create view v as select a as y from t", "create view w as select y as x from v"),
  },
  {
    title: "view to materialized",
    from: sql("create table t (a int)", "create view v as select a from t"),
    to: sql("create table t (a int)", "create materialized view v as select a from t with no data"),
  },
  {
    title: "view to table of the same name",
    from: sql("create table t (a int)", "create view v as select a from t"),
    to: sql("create table t (a int)", "create table v (a int)"),
  },
  {
    title: "table to view of the same name",
    from: sql("create table t (a int)", "create table v (a int)"),
    rows: "insert into v values (1)",
    to: sql("create table t (a int)", "create view v as select a from t"),
  },
];
