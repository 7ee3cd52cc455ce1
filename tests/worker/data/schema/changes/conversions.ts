import type { SchemaChange } from "../schema-change.ts";
import { numbered, numbers, sql } from "./item.ts";

export const conversions: readonly SchemaChange[] = [
  { title: "int to smallint", from: numbered(), rows: numbers, to: numbered({ a: "smallint" }) },
  {
    title: "float to numeric",
    from: numbered({ a: "float8" }),
    rows: numbers,
    to: "create table t (id int primary key, a numeric(10,2), b text)",
  },
  {
    title: "time zone of time",
    from: numbered({ a: "time" }),
    rows: "insert into t values (1,'10:00','x')",
    to: numbered({ a: "timetz" }),
  },
  {
    title: "timestamptz to timestamp default now()",
    from: numbered({ a: "timestamptz not null default now()" }),
    rows: "insert into t values (1,now(),'x')",
    to: numbered({ a: "timestamp not null default now()" }),
  },
  {
    title: "timestamptz to date",
    from: numbered({ a: "timestamptz" }),
    rows: "insert into t values (1,'2020-01-01 23:30+00','x')",
    to: numbered({ a: "date" }),
    holds: "select a::date = '2020-01-01' from t",
  },
  {
    title: "date to timestamptz",
    from: numbered({ a: "date" }),
    rows: "insert into t values (1,'2020-01-01','x')",
    to: numbered({ a: "timestamptz" }),
  },
  {
    title: "bytea to text",
    from: numbered({ a: "bytea" }),
    rows: "insert into t values (1,'abc','x')",
    to: numbered({ a: "text" }),
  },
  {
    title: "bit lengths",
    from: numbered({ a: "bit(3)" }),
    rows: "insert into t values (1,'101','x')",
    to: numbered({ a: "varbit(5)" }),
  },
  {
    title: "char to varchar",
    from: numbered({ a: "char(10)" }),
    rows: "insert into t values (1,'abc','x')",
    to: numbered({ a: "varchar(10)" }),
    holds: "select trim(a) = 'abc' from t",
  },
  {
    title: "interval fields",
    from: numbered({ a: "interval" }),
    rows: "insert into t values (1,'1 day','x')",
    to: numbered({ a: "interval day to second(2)" }),
  },
  {
    title: "text to jsonb",
    from: numbered({ a: "text" }),
    rows: `insert into t values (1,'{"a":1}','x')`,
    to: numbered({ a: "jsonb not null default '{}'" }),
  },
  {
    title: "text to xml",
    from: numbered({ a: "text" }),
    rows: "insert into t values (1,'<a/>','x')",
    to: numbered({ a: "xml" }),
  },
  { title: "int to interval, money", from: numbered(), rows: numbers, to: numbered({ a: "money" }) },
  {
    title: "text to inet",
    from: numbered({ a: "text" }),
    rows: "insert into t values (1,'10.0.0.1','x')",
    to: numbered({ a: "inet" }),
  },
  {
    title: "text[] to text",
    from: numbered({ a: "text[]" }),
    rows: "insert into t values (1,'{a,b}','x')",
    to: numbered({ a: "text" }),
  },
  {
    title: "text[] to int[]",
    from: numbered({ a: "text[]" }),
    rows: "insert into t values (1,'{1,2}','x')",
    to: numbered({ a: "int[]" }),
  },
  {
    title: "int[] to int",
    from: numbered({ a: "int[]" }),
    rows: "insert into t values (1,'{1,2}','x')",
    to: numbered(),
  },
  {
    title: "varchar(5)[] to varchar(3)[]",
    from: numbered({ a: "varchar(5)[]" }),
    rows: "insert into t values (1,'{12345,2}','x')",
    to: numbered({ a: "varchar(3)[]" }),
  },
  {
    title: "array 2 dims declared",
    from: numbered({ a: "int[][]" }),
    rows: "insert into t values (1,'{{1},{2}}','x')",
    to: numbered({ a: "bigint[]" }),
  },
  {
    title: "array default",
    from: numbered({ a: "text[]" }),
    rows: "insert into t values (1,'{1,2}','x')",
    to: numbered({ a: "text[] not null default '{}'" }),
  },
  {
    title: "int with default to bool with default",
    from: numbered({ a: "int not null default 1" }),
    rows: numbers,
    to: numbered({ a: "boolean not null default true" }),
  },
  {
    title: "index collation",
    from: sql("create table t (a text)", "create index i on t (a)"),
    rows: "insert into t values ('x')",
    to: sql("create table t (a text)", `create index i on t (a collate "C" text_pattern_ops desc nulls last)`),
  },
];
