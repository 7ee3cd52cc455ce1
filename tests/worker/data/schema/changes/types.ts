import type { SchemaChange } from "../schema-change.ts";
import { item, items, sql } from "./item.ts";

export const types: readonly SchemaChange[] = [
  {
    title: "text to enum (new type)",
    from: "create table item (id integer primary key, qty text default 'a')",
    rows: "insert into item values (1, 'b')",
    to: sql("create type kind as enum ('a','b')", "create table item (id integer primary key, qty kind default 'a')"),
  },
  {
    title: "enum to text",
    from: sql("create type kind as enum ('a','b')", "create table item (id integer primary key, qty kind default 'a')"),
    rows: "insert into item values (1, 'b')",
    to: "create table item (id integer primary key, qty text default 'a')",
  },
  {
    title: "domain new",
    from: item(),
    rows: items,
    to: sql("create domain positive as integer check (value > 0)", item({ qty: "positive" })),
  },
  {
    title: "domain constraint changed",
    from: sql("create domain positive as integer check (value > 0)", item({ qty: "positive" })),
    rows: items,
    to: sql("create domain positive as integer check (value > -1)", item({ qty: "positive" })),
  },
  {
    title: "domain base type changed",
    from: sql("create domain positive as integer", item({ qty: "positive" })),
    rows: items,
    to: sql("create domain positive as bigint", item({ qty: "positive" })),
  },
  {
    title: "primary key composite",
    from: "create table p (a int not null, b int not null, primary key (a))",
    rows: "insert into p values (1,2)",
    to: "create table p (a int not null, b int not null, primary key (a,b))",
  },
  {
    title: "enum column added",
    from: item(),
    rows: items,
    to: sql(item(), "create type kind as enum ('a','b')", "alter table item add kind kind not null default 'a'"),
  },
  {
    title: "enum value added ('z','a','b')",
    from: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
    rows: "insert into item values (1,'b')",
    to: sql(
      "create type kind as enum ('z','a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
  },
  {
    title: "enum value added ('a','z','b')",
    from: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
    rows: "insert into item values (1,'b')",
    to: sql(
      "create type kind as enum ('a','z','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
  },
  {
    title: "enum value added ('a','b','z')",
    from: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
    rows: "insert into item values (1,'b')",
    to: sql(
      "create type kind as enum ('a','b','z')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
  },
  {
    title: "enum value added and used as default",
    from: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
    rows: "insert into item values (1,'b')",
    to: sql(
      "create type kind as enum ('a','b','c')",
      "create table item (id integer primary key, kind kind default 'c')",
    ),
  },
  {
    title: "enum value removed",
    from: sql(
      "create type kind as enum ('a','b','c')",
      "create table item (id integer primary key, kind kind default 'a', kinds kind[])",
      "create index ik on item (kind) where kind = 'a'",
    ),
    rows: "insert into item values (1,'b','{a,b}')",
    to: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a', kinds kind[])",
      "create index ik on item (kind) where kind = 'a'",
    ),
  },
  {
    title: "enum value removed under a view",
    from: sql(
      "create type kind as enum ('a','b','c')",
      "create table item (id integer primary key, kind kind default 'a')",
      "create view v as select * from item where kind = 'a'",
    ),
    rows: "insert into item values (1,'b')",
    to: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
      "create view v as select * from item where kind = 'a'",
    ),
  },
  {
    title: "enum reordered",
    from: sql(
      "create type kind as enum ('a','b','c')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
    rows: "insert into item values (1,'b')",
    to: sql(
      "create type kind as enum ('c','a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
  },
  {
    title: "enum dropped",
    from: sql(
      "create type kind as enum ('a','b','c')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
    rows: "insert into item values (1,'b')",
    to: "create table item (id integer primary key)",
  },
  {
    title: "composite type",
    from: "",
    to: sql("create type addr as (street text, zip int)", "create table t (a addr)"),
  },
  {
    title: "enum value renamed",
    from: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
    rows: "insert into item values (1,'b')",
    to: sql("create type kind as enum ('a','c')", "create table item (id integer primary key, kind kind default 'a')"),
    renames: ["kind.b=c"],
    rowsChange: true,
    holds: "select kind::text in ('b', 'c') from item",
  },
  {
    title: "enum renamed",
    from: sql(
      "create type kind as enum ('a','b')",
      "create table item (id integer primary key, kind kind default 'a')",
    ),
    rows: "insert into item values (1,'b')",
    to: sql("create type sort as enum ('a','b')", "create table item (id integer primary key, kind sort default 'a')"),
  },
  {
    title: "enum replaced with check, generated, function",
    from: sql(
      "create type kind as enum ('a','b','c')",
      "create function isa(k kind) returns boolean language sql immutable as $$ select k = 'a' $$",
      "create table item (id integer primary key, kind kind default 'a' check (kind <> 'b'), g boolean generated always as (kind = 'a') stored, h boolean generated always as (isa(kind)) stored)",
    ),
    rows: "insert into item values (1,'a')",
    to: sql(
      "create type kind as enum ('a','b')",
      "create function isa(k kind) returns boolean language sql immutable as $$ select k = 'a' $$",
      "create table item (id integer primary key, kind kind default 'a' check (kind <> 'b'), g boolean generated always as (kind = 'a') stored, h boolean generated always as (isa(kind)) stored)",
    ),
  },
  {
    title: "composite changed",
    from: sql("create type addr as (street text, zip int)", "create table t (a addr)"),
    rows: "insert into t values (row('x',1))",
    to: sql("create type addr as (street text, zip int, city text)", "create table t (a addr)"),
    rowsChange: true,
    holds: "select (a).street = 'x' and (a).zip = 1 from t",
  },
  {
    title: "array of domain",
    from: sql("create domain d as text check (value <> '')", "create table t (a d[])"),
    rows: "insert into t values ('{a}')",
    to: sql("create domain d as varchar(20) check (value <> '')", "create table t (a d[])"),
  },
  {
    title: "range type",
    from: "",
    to: sql("create type fr as range (subtype = float8, subtype_diff = float8mi)", "create table t (r fr)"),
  },
];
