import type { SchemaChange } from "../schema-change.ts";
import { item, items, numbered, numbers, sql } from "./item.ts";

export const keys: readonly SchemaChange[] = [
  {
    title: "primary key added",
    from: "create table p (a int not null, b int not null)",
    rows: "insert into p values (1,2)",
    to: "create table p (a int not null, b int not null, primary key (a))",
  },
  {
    title: "primary key other column",
    from: "create table p (a int not null, b int not null, primary key (a))",
    rows: "insert into p values (1,2)",
    to: "create table p (a int not null, b int not null, primary key (b))",
  },
  {
    title: "primary key dropped",
    from: "create table p (a int not null, b int not null, primary key (a))",
    rows: "insert into p values (1,2)",
    to: "create table p (a int not null, b int not null)",
  },
  {
    title: "primary key changed under an FK",
    from: sql("create table p (a int primary key, b int not null unique)", "create table c (p int references p (a))"),
    rows: sql("insert into p values (1,1)", "insert into c values (1)"),
    to: sql(
      "create table p (a int not null unique, b int not null unique, primary key (b))",
      "create table c (p int references p (a))",
    ),
  },
  {
    title: "unique",
    from: item(),
    rows: items,
    to: sql(item(), "alter table item add constraint item_name_key unique (name)"),
  },
  {
    title: "unique changed",
    from: sql(item(), "alter table item add constraint item_name_key unique (name)"),
    rows: items,
    to: sql(item(), "alter table item add constraint item_name_key unique (name, qty)"),
  },
  {
    title: "unique deferrable",
    from: item(),
    rows: items,
    to: sql(item(), "alter table item add constraint item_name_key unique (name) deferrable initially deferred"),
  },
  {
    title: "unique nulls not distinct",
    from: sql(item(), "alter table item add constraint k unique (qty)"),
    rows: items,
    to: sql(item(), "alter table item add constraint k unique nulls not distinct (qty)"),
  },
  {
    title: "foreign key",
    from: sql(item(), "create table c (i int)"),
    rows: sql(items, "insert into c values (null)"),
    to: sql(item(), "create table c (i int references item (id) on delete cascade)"),
  },
  {
    title: "foreign key action",
    from: sql(item(), "create table c (i int references item (id))"),
    rows: items,
    to: sql(item(), "create table c (i int references item (id) on delete set null on update cascade)"),
  },
  {
    title: "foreign key deferrable",
    from: sql(item(), "create table c (i int references item (id))"),
    rows: items,
    to: sql(item(), "create table c (i int references item (id) deferrable initially deferred)"),
  },
  {
    title: "foreign key dropped",
    from: sql(item(), "create table c (i int references item (id))"),
    rows: items,
    to: sql(item(), "create table c (i int)"),
  },
  { title: "check", from: item(), rows: items, to: sql(item(), "alter table item add constraint q check (qty > 0)") },
  {
    title: "check changed",
    from: sql(item(), "alter table item add constraint q check (qty > 0)"),
    rows: items,
    to: sql(item(), "alter table item add constraint q check (qty > -5)"),
  },
  {
    title: "check not valid",
    from: item(),
    rows: items,
    to: sql(item(), "alter table item add constraint q check (qty > 0) not valid"),
  },
  {
    title: "exclude",
    from: "create table r (id int primary key, d daterange)",
    rows: "insert into r values (1,'[2020-01-01,2020-02-01)')",
    to: "create table r (id int primary key, d daterange, constraint no_overlap exclude using gist (d with &&))",
  },
  {
    title: "constraint renamed",
    from: "create table p (a int constraint x unique)",
    to: "create table p (a int constraint y unique)",
  },
  {
    title: "unique to pk",
    from: sql("create table t (a int unique, b int)", "create table c (a int references t (a))"),
    rows: sql("insert into t values (1,1)", "insert into c values (1)"),
    to: sql("create table t (a int primary key, b int)", "create table c (a int references t (a))"),
  },
  {
    title: "index to unique constraint",
    from: sql("create table t (a int, b int)", "create unique index t_a_key on t (a)"),
    rows: "insert into t values (1,1)",
    to: "create table t (a int unique, b int)",
  },
  {
    title: "deferred unique with backfill",
    from: "create table t (id int primary key, q int, constraint u unique (q) deferrable initially deferred)",
    rows: "insert into t values (1, null)",
    to: "create table t (id int primary key, q int not null, constraint u unique (q) deferrable initially deferred)",
    backfills: ["t.q=id"],
  },
  {
    title: "deferred fk with backfill",
    from: sql(
      "create table p (id int primary key)",
      "create table t (id int primary key, q int references p (id) deferrable initially deferred)",
    ),
    rows: sql("insert into p values (1)", "insert into t values (1, null)"),
    to: sql(
      "create table p (id int primary key)",
      "create table t (id int primary key, q int not null references p (id) deferrable initially deferred)",
    ),
    backfills: ["t.q=1"],
  },
  {
    title: "pk from int to identity bigint with fk",
    from: sql(
      "create table t (id int primary key)",
      "create table c (t int references t (id) on delete cascade, primary key (t))",
    ),
    rows: sql("insert into t values (4)", "insert into c values (4)"),
    to: sql(
      "create table t (id bigint generated always as identity primary key)",
      "create table c (t bigint references t (id) on delete cascade, primary key (t))",
    ),
  },
  {
    title: "pk renamed",
    from: sql("create table t (id int constraint a primary key)", "create table c (t int references t (id))"),
    rows: sql("insert into t values (4)", "insert into c values (4)"),
    to: sql("create table t (id int constraint b primary key)", "create table c (t int references t (id))"),
  },
  {
    title: "pk column order",
    from: "create table t (a int, b int, primary key (a, b))",
    rows: "insert into t values (1,2)",
    to: "create table t (a int, b int, primary key (b, a))",
  },
  {
    title: "pk include",
    from: "create table t (a int, b int, primary key (a))",
    rows: "insert into t values (1,2)",
    to: "create table t (a int, b int, primary key (a) include (b))",
  },
  {
    title: "pk dropped, column nullable",
    from: "create table t (a int primary key, b int)",
    rows: "insert into t values (1,2)",
    to: "create table t (a int, b int)",
  },
  {
    title: "pk to unique, other column pk nullable",
    from: "create table t (a int primary key, b int)",
    rows: "insert into t values (1,2)",
    to: "create table t (a int unique, b int primary key)",
  },
  {
    title: "composite fk match full",
    from: sql("create table p (a int, b int, primary key (a,b))", "create table c (a int, b int)"),
    rows: sql("insert into p values (1,2)", "insert into c values (1,2)"),
    to: sql(
      "create table p (a int, b int, primary key (a,b))",
      "create table c (a int, b int, foreign key (a,b) references p (a,b) match full on update cascade on delete set default)",
    ),
  },
  {
    title: "fk on delete set null (col)",
    from: sql(
      "create table p (a int, b int, primary key (a,b))",
      "create table c (a int, b int, foreign key (a,b) references p (a,b) on delete set null)",
    ),
    rows: sql("insert into p values (1,2)", "insert into c values (1,2)"),
    to: sql(
      "create table p (a int, b int, primary key (a,b))",
      "create table c (a int, b int, foreign key (a,b) references p (a,b) on delete set null (b))",
    ),
  },
  {
    title: "fk not valid",
    from: sql("create table p (a int primary key)", "create table c (a int)"),
    rows: "insert into c values (1)",
    to: sql(
      "create table p (a int primary key)",
      "create table c (a int)",
      "alter table c add constraint f foreign key (a) references p not valid",
    ),
  },
  {
    title: "fk validated",
    from: sql(
      "create table p (a int primary key)",
      "create table c (a int)",
      "alter table c add constraint f foreign key (a) references p not valid",
    ),
    rows: sql("insert into p values (1)", "insert into c values (1)"),
    to: sql(
      "create table p (a int primary key)",
      "create table c (a int)",
      "alter table c add constraint f foreign key (a) references p",
    ),
  },
  {
    title: "fk deferrable changes",
    from: sql(
      "create table p (a int primary key)",
      "create table c (a int references p deferrable initially deferred)",
    ),
    rows: sql("insert into p values (1)", "insert into c values (1)"),
    to: sql("create table p (a int primary key)", "create table c (a int references p deferrable)"),
  },
  {
    title: "fk to other table",
    from: sql(
      "create table p (a int primary key)",
      "create table q (a int primary key)",
      "create table c (a int constraint f references p)",
    ),
    rows: sql("insert into p values (1)", "insert into q values (1)", "insert into c values (1)"),
    to: sql(
      "create table p (a int primary key)",
      "create table q (a int primary key)",
      "create table c (a int constraint f references q)",
    ),
  },
  {
    title: "fk to unique index",
    from: sql("create table p (a int)", "create unique index pi on p (a)", "create table c (a int)"),
    rows: sql("insert into p values (1)", "insert into c values (1)"),
    to: sql("create table p (a int)", "create unique index pi on p (a)", "create table c (a int references p (a))"),
  },
  {
    title: "unique index that fk uses changes",
    from: sql(
      "create table p (a int, b int)",
      "create unique index pi on p (a)",
      "create table c (a int references p (a))",
    ),
    rows: sql("insert into p values (1, 1)", "insert into c values (1)"),
    to: sql(
      "create table p (a int, b int)",
      "create unique index pi on p (a) include (b)",
      "create table c (a int references p (a))",
    ),
  },
  {
    title: "referenced table dropped",
    from: sql("create table p (a int primary key)", "create table c (a int references p, b int)"),
    rows: sql("insert into p values (1)", "insert into c values (1)"),
    to: "create table c (a int, b int)",
    beforeDown: "delete from c",
  },
  {
    title: "check no inherit",
    from: sql(numbered(), "alter table t add constraint c check (a > 0)"),
    rows: numbers,
    to: sql(numbered(), "alter table t add constraint c check (a > 0) no inherit"),
  },
  {
    title: "check validated",
    from: sql(numbered(), "alter table t add constraint c check (a > 0) not valid"),
    rows: numbers,
    to: sql(numbered(), "alter table t add constraint c check (a > 0)"),
  },
  {
    title: "check unvalidated",
    from: sql(numbered(), "alter table t add constraint c check (a > 0)"),
    rows: numbers,
    to: sql(numbered(), "alter table t add constraint c check (a > 0) not valid"),
  },
  {
    title: "check with function replaced",
    from: sql(
      "create function ok(int) returns boolean language sql immutable as 'select $1 > 0'",
      "create table t (a int check (ok(a)))",
    ),
    rows: "insert into t values (1)",
    to: sql(
      "create function ok(int) returns boolean language sql immutable as 'select $1 > -1'",
      "create table t (a int check (ok(a)))",
    ),
  },
  {
    title: "check with function of another signature",
    from: sql(
      "create function ok(int) returns boolean language sql immutable as 'select $1 > 0'",
      "create table t (a int constraint c check (ok(a)))",
    ),
    rows: "insert into t values (1)",
    to: sql(
      "create function ok(a int, b int) returns boolean language sql immutable as 'select $1 > $2'",
      "create table t (a int constraint c check (ok(a, 0)))",
    ),
  },
  {
    title: "exclude changed",
    from: "create table r (d daterange, e int, constraint no_overlap exclude using gist (d with &&))",
    rows: "insert into r values ('[2020-01-01,2020-02-01)', 1)",
    to: "create table r (d daterange, e int, constraint no_overlap exclude using gist (d with &&) where (e > 0) deferrable)",
  },
  {
    title: "exclude operator and order",
    from: "create table r (d int, e int, constraint x exclude using btree (d with =))",
    rows: "insert into r values (1, 1)",
    to: "create table r (d int, e int, constraint x exclude using btree (e with =, d with =) include (d) where (d > 0))",
  },
  {
    title: "unique using with fillfactor",
    from: sql(numbered(), "alter table t add constraint u unique (a)"),
    rows: numbers,
    to: sql(numbered(), "alter table t add constraint u unique (a) with (fillfactor=60)"),
  },
  {
    title: "unique to unique index",
    from: sql(numbered(), "alter table t add constraint u unique (a)"),
    rows: numbers,
    to: sql(numbered(), "create unique index u on t (a)"),
  },
  {
    title: "unique index partial to constraint same name",
    from: sql(numbered(), "create unique index u on t (a) where a > 0"),
    rows: numbers,
    to: sql(numbered(), "alter table t add constraint u unique (a)"),
  },
  {
    title: "replica identity index",
    from: sql("create table t (a int not null, b int not null)", "create unique index i on t (a)"),
    rows: "insert into t values (1,1)",
    to: sql(
      "create table t (a int not null, b int not null)",
      "create unique index i on t (a)",
      "alter table t replica identity using index i",
    ),
  },
  {
    title: "replica identity index changes under it",
    from: sql(
      "create table t (a int not null, b int not null)",
      "create unique index i on t (a)",
      "alter table t replica identity using index i",
      "alter table t cluster on i",
    ),
    rows: "insert into t values (1,1)",
    to: sql(
      "create table t (a int not null, b int not null)",
      "create unique index i on t (b)",
      "alter table t replica identity using index i",
      "alter table t cluster on i",
    ),
  },
  {
    title: "replica identity pk changed",
    from: sql(
      "create table t (a int not null, b int not null, constraint k primary key (a))",
      "alter table t replica identity using index k",
    ),
    rows: "insert into t values (1,1)",
    to: sql(
      "create table t (a int not null, b int not null, constraint k primary key (b))",
      "alter table t replica identity using index k",
    ),
  },
  {
    title: "replica identity index column type",
    from: sql(
      "create table t (a int not null, b int not null)",
      "create unique index i on t (a)",
      "alter table t replica identity using index i",
      "alter table t cluster on i",
    ),
    rows: "insert into t values (1,1)",
    to: sql(
      "create table t (a bigint not null, b int not null)",
      "create unique index i on t (a)",
      "alter table t replica identity using index i",
      "alter table t cluster on i",
    ),
  },
  {
    title: "new table replica identity index and clustered",
    from: "",
    to: sql(
      "create table t (a int not null, b int not null)",
      "create unique index i on t (a)",
      "alter table t replica identity using index i",
      "alter table t cluster on i",
    ),
  },
];
