import type { SchemaChange } from "../schema-change.ts";
import { keepRow, numbered, numbers, sql } from "./item.ts";

export const routines: readonly SchemaChange[] = [
  {
    title: "function args default, out, variadic",
    from: "create function g(a int, b int default 3) returns int language sql as 'select a'",
    to: "create function g(a int, b int default 4) returns int language sql strict security definer cost 5 set search_path = public as 'select b'",
  },
  {
    title: "function arg renamed",
    from: sql(
      "create function g(a int) returns int language sql as 'select 1'",
      "create table t (x int default g(1))",
      "create view v as select g(x) from t",
    ),
    to: sql(
      "create function g(b int) returns int language sql as 'select 1'",
      "create table t (x int default g(1))",
      "create view v as select g(x) from t",
    ),
  },
  {
    title: "overloads",
    from: sql(
      "create function g(a int) returns int language sql as 'select 1'",
      "create function g(a text) returns int language sql as 'select 1'",
    ),
    to: sql(
      "create function g(a int) returns int language sql as 'select 2'",
      "create function g(a text, b int) returns int language sql as 'select 1'",
    ),
  },
  {
    title: "procedure",
    from: "create procedure p(a int) language sql as 'select 1'",
    to: sql(
      "create procedure p(a int) language sql as 'select 2'",
      "comment on procedure p(int) is 'x'",
      "grant execute on procedure p(int) to reader",
    ),
  },
  {
    title: "function to procedure",
    from: "create function p(a int) returns void language sql as 'select 1'",
    to: "create procedure p(a int) language sql as 'select 1'",
  },
  {
    title: "functions that call each other",
    from: "",
    to: sql(
      "create function a() returns int language sql as 'select 1'",
      "create function b() returns int language sql begin atomic select a(); end",
      "create function c() returns int language sql begin atomic select b(); end",
    ),
  },
  {
    title: "sql function over a later table",
    from: "",
    to: sql(
      "create table zz (a int)",
      "create function aa() returns bigint language sql as 'select count(*) from zz'",
      "create table bb (n bigint default aa())",
    ),
  },
  {
    title: "function returns table type",
    from: numbered(),
    rows: numbers,
    to: sql(numbered(), "create function g() returns setof t language sql as 'select * from t'"),
  },
  {
    title: "function returning table type while the column changes",
    from: sql(numbered(), "create function g() returns setof t language sql as 'select * from t'"),
    rows: numbers,
    to: sql(numbered({ a: "bigint" }), "create function g() returns setof t language sql as 'select * from t'"),
  },
  {
    title: "function with row arg in generated/index",
    from: sql(
      numbered(),
      "create function g(t) returns text language sql immutable as 'select $1.b'",
      "create index i on t (g(t.*))",
    ),
    rows: numbers,
    to: sql(
      numbered(),
      "create function g(t) returns text language sql immutable as 'select $1.b'",
      "create index i on t (g(t.*))",
      "alter table t add c int",
    ),
  },
  {
    title: "trigger changes",
    from: sql(numbered(), keepRow, "create trigger tr before insert on t for each row execute function f()"),
    rows: numbers,
    to: sql(
      numbered(),
      keepRow,
      "create trigger tr after insert or update of a on t for each row when (new.a > 1) execute function f('x')",
      "comment on trigger tr on t is 'c'",
      "alter table t enable always trigger tr",
    ),
  },
  {
    title: "constraint trigger, transition tables",
    from: numbered(),
    rows: numbers,
    to: sql(
      numbered(),
      "create function g() returns trigger language plpgsql as $$ begin return null; end $$",
      "create constraint trigger ct after insert on t deferrable initially deferred for each row execute function g()",
      "create trigger tt after update on t referencing old table as o new table as n for each statement execute function g()",
    ),
  },
  {
    title: "trigger on renamed table/column",
    from: sql(
      numbered(),
      keepRow,
      "create trigger tr before update of a on t for each row when (new.a > 1) execute function f()",
    ),
    rows: numbers,
    to: sql(
      numbered({ a: null, aa: "int" }, "u"),
      keepRow,
      "create trigger tr before update of aa on u for each row when (new.aa > 1) execute function f()",
    ),
    renames: ["t=u", "t.a=aa"],
  },
  {
    title: "trigger function dropped with trigger",
    from: sql(numbered(), keepRow, "create trigger tr before update on t for each row execute function f()"),
    rows: numbers,
    to: numbered(),
  },
  {
    title: "rule changes",
    from: sql(numbered(), "create rule ru as on delete to t do instead nothing"),
    rows: numbers,
    to: sql(
      numbered(),
      "create rule ru as on delete to t where old.id > 5 do instead nothing",
      "comment on rule ru on t is 'x'",
    ),
  },
  {
    title: "policies",
    from: sql(
      numbered(),
      "alter table t enable row level security",
      "create policy p on t for all to reader using (a > 1)",
    ),
    rows: numbers,
    to: sql(
      numbered(),
      "alter table t force row level security",
      "create policy p on t as restrictive for update using (a > 1) with check (a > 2)",
      "comment on policy p on t is 'x'",
    ),
  },
  {
    title: "policy with subquery on other table",
    from: numbered(),
    rows: numbers,
    to: sql(
      numbered(),
      "create table o (id int primary key)",
      "alter table t enable row level security",
      "create policy p on t using (exists (select 1 from o where o.id = t.id))",
    ),
  },
  {
    title: "policy other table column type",
    from: sql(
      numbered(),
      "create table o (id int primary key)",
      "create policy p on t using (exists (select 1 from o where o.id = t.id))",
    ),
    rows: numbers,
    to: sql(
      numbered(),
      "create table o (id bigint primary key)",
      "create policy p on t using (exists (select 1 from o where o.id = t.id))",
    ),
  },
  {
    title: "parsed body over a column that changes its type",
    from: sql(
      "create table t (a int)",
      "create function f() returns bigint stable language sql return (select count(*) from t where a > 1)",
      "create view v as select f() n",
    ),
    rows: "insert into t values (1)",
    to: sql(
      "create table t (b bigint)",
      "create function f() returns bigint stable language sql return (select count(*) from t where b > 1)",
      "create view v as select f() n",
    ),
    renames: ["t.a=b"],
  },
];
