import type { SchemaChange } from "../schema-change.ts";
import { item, items, sql } from "./item.ts";

export const tables: readonly SchemaChange[] = [
  {
    title: "add a table",
    from: item(),
    rows: items,
    to: sql(item(), "create table other (id integer primary key, item_id integer references item(id))"),
  },
  {
    title: "drop a table",
    from: sql(item(), "create table other (id integer primary key, item_id integer references item(id))"),
    rows: sql(items, "insert into other values (1, null)"),
    to: item(),
  },
  { title: "rename a table", from: item(), rows: items, to: item({}, "product"), renames: ["item=product"] },
  { title: "comment on a table", from: item(), rows: items, to: sql(item(), "comment on table item is 'it''s'") },
  { title: "unlogged", from: item(), rows: items, to: sql(item(), "alter table item set unlogged") },
  { title: "logged again", from: sql(item(), "alter table item set unlogged"), rows: items, to: item() },
  {
    title: "partitioned by range (new)",
    from: item(),
    rows: items,
    to: sql(
      item(),
      "create table ev (id bigint not null, at date not null, primary key (id, at)) partition by range (at)",
      "create table ev_2020 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
  },
  {
    title: "add a partition",
    from: sql(
      "create table ev (id bigint not null, at date not null) partition by range (at)",
      "create table ev_2020 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
    rows: "insert into ev values (1,'2020-02-02')",
    to: sql(
      "create table ev (id bigint not null, at date not null) partition by range (at)",
      "create table ev_2020 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      "create table ev_2021 partition of ev for values from ('2021-01-01') to ('2022-01-01')",
    ),
  },
  {
    title: "table becomes partitioned",
    from: "create table ev (id bigint not null, at date not null)",
    rows: "insert into ev values (1,'2020-02-02')",
    to: sql(
      "create table ev (id bigint not null, at date not null) partition by range (at)",
      "create table ev_2020 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
  },
  {
    title: "new schema with a table",
    from: item(),
    rows: items,
    to: sql(item(), "create schema sales", "create table sales.item (id integer primary key, name text)"),
  },
  {
    title: "table moves to a schema",
    from: item(),
    rows: items,
    to: sql("create schema sales", item(), "alter table item set schema sales"),
    renames: ["item=sales.item"],
  },
  { title: "fillfactor", from: item(), rows: items, to: sql(item(), "alter table item set (fillfactor = 70)") },
  {
    title: "inherits",
    from: "create table base (id int)",
    to: sql("create table base (id int)", "create table derived (n text) inherits (base)"),
  },
  {
    title: "rename a table with identity and comment",
    from: sql(
      "create table a (id int generated always as identity primary key, n text)",
      "comment on table a is 'x'",
      "comment on column a.n is 'y'",
    ),
    rows: "insert into a (n) values ('q')",
    to: sql(
      "create table c (id int generated always as identity primary key, n text)",
      "comment on table c is 'x'",
      "comment on column c.n is 'y'",
    ),
    renames: ["a=c"],
  },
  {
    title: "partition with pk and index and rows",
    from: sql(
      "create table ev (id bigserial not null, at date not null, n text, constraint ev_pkey primary key (id))",
      "create index ev_n on ev (n)",
    ),
    rows: "insert into ev (at, n) values ('2020-02-02','a'), ('2021-03-03', 'b')",
    to: sql(
      "create table ev (id bigserial not null, at date not null, n text, constraint ev_pkey primary key (id, at)) partition by range (at)",
      "create table ev_2020 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      "create table ev_rest partition of ev default",
      "create index ev_n on ev (n)",
    ),
    holds: "select count(*) = 2 as ok from ev",
  },
  {
    title: "partition with identity",
    from: "create table ev (id bigint generated always as identity, at date not null)",
    rows: "insert into ev (at) values ('2020-02-02'), ('2021-03-03')",
    to: sql(
      "create table ev (id bigint, at date not null) partition by range (at)",
      "create table ev_rest partition of ev default",
    ),
    holds: "select count(*) = 2 as ok from ev",
  },
  {
    title: "detach a partition",
    from: sql(
      "create table ev (id bigint not null, at date not null) partition by range (at)",
      "create table ev_2020 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
    rows: "insert into ev values (1,'2020-02-02')",
    to: sql(
      "create table ev (id bigint not null, at date not null) partition by range (at)",
      "create table ev_2020 (id bigint not null, at date not null)",
    ),
    rowsChange: true,
    holds: "select (select count(*) from ev) + (select count(*) from only ev_2020) in (1, 2)",
  },
  {
    title: "partition key changes",
    from: sql(
      "create table ev (id bigint not null, at date not null) partition by range (at)",
      "create table ev_2020 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
    rows: "insert into ev values (1,'2020-02-02')",
    to: sql(
      "create table ev (id bigint not null, at date not null) partition by list (id)",
      "create table ev_2020 partition of ev for values in (1)",
    ),
    holds: "select count(*) = 1 as ok from ev",
  },
];
