import type { SchemaChange } from "../schema-change.ts";
import { item, items, sql } from "./item.ts";

export const dependencies: readonly SchemaChange[] = [
  {
    title: "rename a column with index and check and view",
    from: sql(
      item(),
      "create index item_note on item (note)",
      "alter table item add constraint c check (note <> '')",
      "create view v as select id, note from item",
    ),
    rows: items,
    to: sql(
      item({ note: null, remark: "varchar(40)" }),
      "create index item_note on item (remark)",
      "alter table item add constraint c check (remark <> '')",
      "create view v as select id, remark as note from item",
    ),
    renames: ["item.note=remark"],
  },
  {
    title: "trigger and function left alone",
    from: sql(
      item(),
      "create function f() returns trigger language plpgsql as $$ begin return new; end $$",
      "create trigger t before insert on item for each row execute function f()",
    ),
    rows: items,
    to: sql(
      item({ qty: "bigint" }),
      "create function f() returns trigger language plpgsql as $$ begin return new; end $$",
      "create trigger t before insert on item for each row execute function f()",
    ),
  },
  { title: "extension", from: "", to: sql("create extension citext", "create table e (id int primary key, n citext)") },
  { title: "grants", from: item(), rows: items, to: sql(item(), "grant select on item to reader") },
  {
    title: "row security",
    from: item(),
    rows: items,
    to: sql(
      item(),
      "alter table item enable row level security",
      "create policy p on item for select to reader using (qty > 1)",
    ),
  },
  {
    title: "function new",
    from: "",
    to: sql(
      "create function f(a int) returns int language sql immutable as $$ select a + 1 $$",
      "create table t (a int, b int generated always as (f(a)) stored)",
    ),
  },
  {
    title: "function changed used by generated",
    from: sql(
      "create function f(a int) returns int language sql immutable as $$ select a + 1 $$",
      "create table t (a int, b int generated always as (f(a)) stored)",
    ),
    rows: "insert into t values (1)",
    to: sql(
      "create function f(a int) returns int language sql immutable as $$ select a + 2 $$",
      "create table t (a int, b int generated always as (f(a)) stored)",
    ),
  },
  {
    title: "drop a column used by view and index",
    from: sql(item(), "create index i on item (note, name)", "create view v as select note from item"),
    rows: items,
    to: item({ note: null }),
  },
  {
    title: "circular FKs",
    from: "",
    to: sql(
      "create table a (id int primary key, b int)",
      "create table b (id int primary key, a int references a (id))",
      "alter table a add constraint a_b foreign key (b) references b (id)",
    ),
  },
  {
    title: "change a type under fk pair",
    from: sql("create table a (id int primary key)", "create table b (a int references a (id))"),
    rows: sql("insert into a values (1)", "insert into b values (1)"),
    to: sql("create table a (id bigint primary key)", "create table b (a bigint references a (id))"),
  },
  {
    title: "uuid pair",
    from: sql("create table a (id text primary key)", "create table b (a text references a (id))"),
    rows: sql(
      "insert into a values ('c0ffee00-0000-4000-8000-000000000000')",
      "insert into b values ('c0ffee00-0000-4000-8000-000000000000')",
    ),
    to: sql(
      "create table a (id uuid primary key default gen_random_uuid())",
      "create table b (a uuid references a (id))",
    ),
  },
  {
    title: "generated depends on changed column",
    from: sql(
      "create table g (a int, b int generated always as (a * 2) stored)",
      "create index gi on g (b)",
      "create view gv as select b from g",
    ),
    rows: "insert into g values (3)",
    to: sql(
      "create table g (a bigint, b int generated always as (a * 2) stored)",
      "create index gi on g (b)",
      "create view gv as select b from g",
    ),
  },
  {
    title: "policy, trigger when, rule on altered column",
    from: sql(
      "create table t (id int primary key, q int, owner text)",
      "alter table t enable row level security",
      "create policy p on t using (q > 1)",
      "create function f() returns trigger language plpgsql as $$ begin return new; end $$",
      "create trigger tr before update of q on t for each row when (new.q > 3) execute function f()",
      "alter table t disable trigger tr",
      "create rule r as on delete to t where old.q = 1 do instead nothing",
    ),
    rows: "insert into t values (1,2,'a')",
    to: sql(
      "create table t (id int primary key, q bigint, owner text)",
      "alter table t enable row level security",
      "create policy p on t using (q > 1)",
      "create function f() returns trigger language plpgsql as $$ begin return new; end $$",
      "create trigger tr before update of q on t for each row when (new.q > 3) execute function f()",
      "alter table t disable trigger tr",
      "create rule r as on delete to t where old.q = 1 do instead nothing",
    ),
  },
  {
    title: "sql function with atomic body over a column",
    from: sql(
      "create table t (id int, q int)",
      "create function f() returns bigint begin atomic select sum(q) from t; end",
    ),
    to: sql(
      "create table t (id int, q bigint)",
      "create function f() returns numeric begin atomic select sum(q) from t; end",
    ),
  },
  {
    title: "inherited table and a column changed above",
    from: sql("create table base (id int, n text)", "create table d (x int) inherits (base)"),
    rows: "insert into d values (1,'a',2)",
    to: sql("create table base (id bigint, n text)", "create table d (x int) inherits (base)"),
  },
  {
    title: "schema dropped",
    from: sql(
      "create schema s",
      "create table s.a (id int primary key)",
      "create table b (a int references s.a (id))",
      "create type s.k as enum ('x')",
    ),
    rows: sql("insert into s.a values (1)", "insert into b values (1)"),
    to: "create table b (a int)",
    beforeDown: "delete from b",
  },
  {
    title: "circular drop",
    from: sql(
      "create table a (id int primary key, b int)",
      "create table b (id int primary key, a int references a (id))",
      "alter table a add constraint a_b foreign key (b) references b (id)",
    ),
    to: "",
  },
  { title: "self reference", from: "", to: "create table n (id int primary key, parent int references n (id))" },
  {
    title: "function signature changed under default and view",
    from: sql(
      "create function f(a int) returns int language sql immutable as 'select 1'",
      "create table t (a int default f(1))",
      "create view v as select f(a) from t",
    ),
    rows: "insert into t values (1)",
    to: sql(
      "create function f(a int) returns bigint language sql immutable as 'select 1::bigint'",
      "create table t (a int default f(1))",
      "create view v as select f(a) from t",
    ),
  },
];
