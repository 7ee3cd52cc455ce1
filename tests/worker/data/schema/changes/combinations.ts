import type { SchemaChange } from "../schema-change.ts";
import { item, items, sql } from "./item.ts";

export const combinations: readonly SchemaChange[] = [
  {
    title: "quoted names",
    from: `create table "Order" ("User Id" integer primary key, "select" text)`,
    rows: `insert into "Order" values (1,'x')`,
    to: sql(
      `create table "Order" ("User Id" bigint primary key, "select" varchar(10) not null, "Mixed" int)`,
      `create index "My Idx" on "Order" ("Mixed")`,
    ),
  },
  {
    title: "rename quoted",
    from: `create table "Order" ("User Id" integer primary key, "select" text)`,
    rows: `insert into "Order" values (1,'x')`,
    to: `create table "Orders" ("User Id" integer primary key, "from" text)`,
    renames: ["Order=Orders", "Orders.select=from"],
  },
  {
    title: "rename a table with serial, pkey, index, fk",
    from: sql(
      "create table a (id serial primary key, n text unique)",
      "create index a_n_idx on a (n)",
      "create table b (a_id int references a (id))",
    ),
    rows: sql("insert into a (n) values ('x')", "insert into b values (1)"),
    to: sql(
      "create table c (id serial primary key, n text unique)",
      "create index c_n_idx on c (n)",
      "create table b (a_id int references c (id))",
    ),
    renames: ["a=c"],
  },
  {
    title: "rename a column and change its type",
    from: item(),
    rows: items,
    to: item({ qty: null, amount: "bigint" }),
    renames: ["item.qty=amount"],
  },
  {
    title: "rename table and a column of it and a type",
    from: item(),
    rows: items,
    to: item({ qty: null, amount: "bigint not null" }, "product"),
    renames: ["item=product", "item.qty=amount"],
  },
  {
    title: "swap two columns",
    from: "create table w (id int primary key, a int, b int)",
    rows: "insert into w values (1, 2, 3)",
    to: "create table w (id int primary key, a int, b int)",
  },
  {
    title: "column to another with fk to new table",
    from: item(),
    rows: items,
    to: sql(
      "create table kinds (id integer primary key)",
      item(),
      "alter table item add kind_id integer references kinds (id)",
      "create index ik on item (kind_id)",
    ),
  },
  {
    title: "text to int with check, index",
    from: sql("create table a (id int primary key, v text default '1' check (v <> ''))", "create index av on a (v)"),
    rows: "insert into a values (1,'5')",
    to: sql("create table a (id int primary key, v int default 1 check (v > 0))", "create index av on a (v)"),
  },
  {
    title: "swap two tables",
    from: sql("create table a (id int primary key)", "create table b (id int primary key, x int)"),
    rows: sql("insert into a values (1)", "insert into b values (2,2)"),
    to: sql("create table b (id int primary key)", "create table a (id int primary key, x int)"),
    renames: ["a=b", "b=a"],
  },
  {
    title: "swap columns",
    from: "create table w (id int primary key, a int, b text)",
    rows: "insert into w values (1, 2, 'x')",
    to: "create table w (id int primary key, b int, a text)",
    renames: ["w.a=b", "w.b=a"],
  },
  {
    title: "enum add and convert another column",
    from: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a', o text)",
    ),
    rows: "insert into item values (1,'b', 'c')",
    to: sql(
      "create type kind as enum ('a','b','c')",
      "create table item (id integer primary key, kind kind default 'a', o kind)",
    ),
  },
  {
    title: "enum to text while it loses a value used elsewhere",
    from: sql(
      "create type kind as enum ('a','b','c')",
      "create table item (id integer primary key, kind kind default 'a', o kind default 'b')",
    ),
    rows: "insert into item values (1,'b', 'c')",
    to: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a', o text default 'b')",
    ),
  },
  {
    title: "two of everything",
    from: sql(
      "create table a (id int primary key, n varchar(10), old text)",
      "create table b (id int, a int references a (id), unique (a))",
      "create view v as select a.n, b.id from a join b on b.a = a.id",
      "create index i on b (id)",
    ),
    rows: sql("insert into a values (1, 'x', 'o')", "insert into b values (1, 1)"),
    to: sql(
      "create table a (id bigint primary key, n text not null, extra int default 3)",
      "create table b (id bigint, a bigint references a (id) on delete cascade, c date, unique (a, id))",
      "create view v as select a.n, b.id, b.c from a join b on b.a = a.id",
      "create index i on b (id desc)",
      "create table c (id serial primary key, b int)",
    ),
  },
  {
    title: "text default with quote and backslash",
    from: "create table t (a text default 'it''s')",
    to: sql(`create table t (a text default E'a\\\\b''c')`, `comment on table t is E'x\\\\y'`),
  },
  {
    title: "column named like keyword, table with dot",
    from: `create table "a.b" ("user" int, "x=y" text)`,
    rows: `insert into "a.b" values (1,'q')`,
    to: `create table "a.b" ("order" int, "x=y" text)`,
    renames: ['"a.b".user=order'],
  },
  {
    title: "not null and type and default and comment of one column",
    from: "create table t (id int, q text)",
    rows: "insert into t values (1, '5')",
    to: sql("create table t (id int, q bigint not null default 5)", "comment on column t.q is 'x'"),
  },
];
