import type { SchemaChange } from "../schema-change.ts";
import { item, items, sql } from "./item.ts";

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
];
