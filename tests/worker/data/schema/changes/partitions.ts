import type { SchemaChange } from "../schema-change.ts";
import { keepRow, sql } from "./item.ts";

export const partitions: readonly SchemaChange[] = [
  {
    title: "attach existing table",
    from: sql(
      "create table ev (id int not null, at date not null) partition by range (at)",
      "create table ev_2020 (id int not null, at date not null)",
    ),
    rows: "insert into ev_2020 values (1,'2020-02-02')",
    to: sql(
      "create table ev (id int not null, at date not null) partition by range (at)",
      "create table ev_2020 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
    rowsChange: true,
  },
  {
    title: "partition dropped",
    from: sql(
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      "create table p2 partition of ev for values from ('2021-01-01') to ('2022-01-01')",
    ),
    rows: "insert into ev values (1,'2020-02-02')",
    to: sql(
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
  },
  {
    title: "partition bound changed",
    from: sql(
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
    rows: "insert into ev values (1,'2020-02-02')",
    to: sql(
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2019-01-01') to ('2021-01-01')",
    ),
  },
  {
    title: "partitioned column added, index, unique, fk",
    from: sql(
      "create table r (id int primary key)",
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
    rows: sql("insert into r values (1)", "insert into ev values (1,'2020-02-02')"),
    to: sql(
      "create table r (id int primary key)",
      "create table ev (id int references r (id), at date, n text default 'x' not null, primary key (id, at)) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      "create index ev_n on ev (n)",
      "create unique index ev_u on ev (at, n)",
    ),
  },
  {
    title: "partitioned column type",
    from: sql(
      "create table ev (id int, at date, q int) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      "create index i on ev (q)",
      "create view v as select q from ev",
    ),
    rows: "insert into ev values (1,'2020-02-02', 3)",
    to: sql(
      "create table ev (id bigint, at date, q text) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      "create index i on ev (q)",
      "create view v as select q from ev",
    ),
  },
  {
    title: "partition key column type",
    from: sql(
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
    rows: "insert into ev values (1,'2020-02-02')",
    to: sql(
      "create table ev (id int, at timestamp) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
  },
  {
    title: "partition column dropped",
    from: sql(
      "create table ev (id int, at date, q int) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
    rows: "insert into ev values (1,'2020-02-02', 3)",
    to: sql(
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
    ),
  },
  {
    title: "sub-partitions new",
    from: "",
    to: sql(
      "create table ev (id int, at date, k text) partition by list (k)",
      "create table ev_a partition of ev for values in ('a', 'b') partition by range (at)",
      "create table ev_a1 partition of ev_a for values from ('2020-01-01') to ('2021-01-01')",
      "create table ev_d partition of ev default",
    ),
  },
  {
    title: "sub-partition key appears",
    from: sql(
      "create table ev (id int, at date, k text) partition by list (k)",
      "create table ev_a partition of ev for values in ('a')",
    ),
    rows: "insert into ev values (1, '2020-02-02', 'a')",
    to: sql(
      "create table ev (id int, at date, k text) partition by list (k)",
      "create table ev_a partition of ev for values in ('a') partition by range (at)",
      "create table ev_a1 partition of ev_a for values from ('2020-01-01') to ('2021-01-01')",
    ),
  },
  {
    title: "hash partitions",
    from: "create table ev (id int, n text)",
    rows: "insert into ev select i, 'x' from generate_series(1,9) i",
    to: sql(
      "create table ev (id int, n text) partition by hash (id)",
      "create table ev_0 partition of ev for values with (modulus 2, remainder 0)",
      "create table ev_1 partition of ev for values with (modulus 2, remainder 1)",
    ),
  },
  {
    title: "partitioned to plain",
    from: sql(
      "create table ev (id int, n text) partition by hash (id)",
      "create table ev_0 partition of ev for values with (modulus 2, remainder 0)",
      "create table ev_1 partition of ev for values with (modulus 2, remainder 1)",
      "create index ei on ev (n)",
    ),
    rows: "insert into ev select i, 'x' from generate_series(1,9) i",
    to: sql("create table ev (id int, n text)", "create index ei on ev (n)"),
  },
  {
    title: "table with everything becomes partitioned",
    from: sql(
      "create table r (id int primary key)",
      "create table ev (id bigint generated by default as identity primary key, at date not null, r int references r (id), n text default 'x', g int generated always as (r * 2) stored, check (n <> ''))",
      "create index ei on ev (n)",
      "comment on table ev is 'c'",
      "comment on column ev.n is 'd'",
      "grant select on ev to reader",
      "create view v as select id, g from ev",
      keepRow,
      "create trigger tr before insert on ev for each row execute function f()",
      "create table child (x int)",
    ),
    rows: sql("insert into r values (1)", "insert into ev (at, r) values ('2020-02-02', 1)"),
    to: sql(
      "create table r (id int primary key)",
      "create table ev (id bigint generated by default as identity, at date not null, r int references r (id), n text default 'x', g int generated always as (r * 2) stored, check (n <> ''), primary key (id, at)) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      "create index ei on ev (n)",
      "comment on table ev is 'c'",
      "comment on column ev.n is 'd'",
      "grant select on ev to reader",
      "create view v as select id, g from ev",
      keepRow,
      "create trigger tr before insert on ev for each row execute function f()",
      "create table child (x int)",
    ),
  },
  {
    title: "becomes partitioned, referenced by fk",
    from: sql("create table ev (id int primary key, n text)", "create table c (e int references ev (id))"),
    rows: sql("insert into ev values (1,'x')", "insert into c values (1)"),
    to: sql(
      "create table ev (id int primary key, n text) partition by hash (id)",
      "create table ev_0 partition of ev for values with (modulus 1, remainder 0)",
      "create table c (e int references ev (id))",
    ),
  },
  {
    title: "partition with row trigger on parent",
    from: sql(
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      keepRow,
    ),
    to: sql(
      "create table ev (id int, at date) partition by range (at)",
      "create table p1 partition of ev for values from ('2020-01-01') to ('2021-01-01')",
      keepRow,
      "create trigger tr after insert on ev for each row execute function f()",
      "create trigger tp before insert on p1 for each row execute function f()",
    ),
  },
  {
    title: "partitioned index dropped",
    from: sql(
      "create table ev (id int primary key, n text) partition by hash (id)",
      "create table ev_0 partition of ev for values with (modulus 1, remainder 0)",
      "create index i on ev (n)",
    ),
    rows: "insert into ev values (1,'x')",
    to: sql(
      "create table ev (id int primary key, n text) partition by hash (id)",
      "create table ev_0 partition of ev for values with (modulus 1, remainder 0)",
    ),
  },
  {
    title: "partition unlogged, fillfactor",
    from: sql(
      "create table ev (id int primary key, n text) partition by hash (id)",
      "create table ev_0 partition of ev for values with (modulus 1, remainder 0)",
    ),
    rows: "insert into ev values (1,'x')",
    to: sql(
      "create table ev (id int primary key, n text) partition by hash (id)",
      "create unlogged table ev_0 partition of ev for values with (modulus 1, remainder 0) with (fillfactor = 50)",
    ),
  },
  {
    title: "a partition is renamed",
    from: sql(
      "create table ev (id int primary key, n text) partition by hash (id)",
      "create table ev_0 partition of ev for values with (modulus 1, remainder 0)",
      "create index on ev (n)",
    ),
    rows: "insert into ev values (1, 'x')",
    to: sql(
      "create table ev (id int primary key, n text) partition by hash (id)",
      "create table ev_a partition of ev for values with (modulus 1, remainder 0)",
      "create index on ev (n)",
    ),
    renames: ["ev_0=ev_a"],
  },
  {
    title: "a table is renamed with its partitions",
    from: sql(
      "create table ev (id int primary key, n text) partition by hash (id)",
      "create table ev_0 partition of ev for values with (modulus 1, remainder 0)",
      "create index on ev (n)",
    ),
    rows: "insert into ev values (1, 'x')",
    to: sql(
      "create table fl (id int primary key, n text) partition by hash (id)",
      "create table fl_0 partition of fl for values with (modulus 1, remainder 0)",
      "create index on fl (n)",
    ),
    renames: ["ev=fl", "ev_0=fl_0"],
  },
  {
    title: "a partition that foreign keys lead to is dropped",
    from: sql(
      "create table ev (id int primary key) partition by range (id)",
      "create table ev_0 partition of ev for values from (0) to (10)",
      "create table ev_1 partition of ev for values from (10) to (20)",
      "create table c (e int references ev (id))",
    ),
    rows: sql("insert into ev values (1)", "insert into c values (1)"),
    to: sql(
      "create table ev (id int primary key) partition by range (id)",
      "create table ev_0 partition of ev for values from (0) to (10)",
      "create table c (e int references ev (id))",
    ),
  },
  {
    title: "more hash partitions, with foreign keys both ways",
    from: sql(
      "create table k (id int primary key)",
      "create table m (id int generated always as identity, k int references k, primary key (id)) partition by hash (id)",
      "create table m0 partition of m for values with (modulus 2, remainder 0)",
      "create table m1 partition of m for values with (modulus 2, remainder 1)",
      "create index mk on m (k)",
      "create table r (m int references m)",
    ),
    rows: "insert into k values (1); insert into m (k) select 1 from generate_series(1, 20); insert into r values (1), (2), (3)",
    to: sql(
      "create table k (id int primary key)",
      "create table m (id int generated always as identity, k int references k, primary key (id)) partition by hash (id)",
      "create table m0 partition of m for values with (modulus 3, remainder 0)",
      "create table m1 partition of m for values with (modulus 3, remainder 1)",
      "create table m2 partition of m for values with (modulus 3, remainder 2)",
      "create index mk on m (k)",
      "create table r (m int references m)",
    ),
    rowsChange: true,
    holds: "select count(*) = 20 from m",
  },
  {
    title: "a partition is split",
    from: sql(
      "create table m (id int, at date) partition by range (at)",
      "create table m1 partition of m for values from ('2020-01-01') to ('2022-01-01')",
    ),
    rows: "insert into m values (1, '2020-02-02'), (2, '2021-02-02')",
    to: sql(
      "create table m (id int, at date) partition by range (at)",
      "create table m1 partition of m for values from ('2020-01-01') to ('2021-01-01')",
      "create table m2 partition of m for values from ('2021-01-01') to ('2022-01-01')",
      "create view v as select * from m1",
    ),
    rowsChange: true,
    holds: "select count(*) = 2 from m",
  },
  {
    title: "the bound between two partitions moves",
    from: sql(
      "create table m (id int, at date) partition by range (at)",
      "create table m1 partition of m for values from ('2020-01-01') to ('2021-01-01')",
      "create table m2 partition of m for values from ('2021-01-01') to ('2022-01-01')",
    ),
    rows: "insert into m values (1, '2020-12-02'), (2, '2021-02-02')",
    to: sql(
      "create table m (id int, at date) partition by range (at)",
      "create table m1 partition of m for values from ('2020-01-01') to ('2020-06-01')",
      "create table m2 partition of m for values from ('2020-06-01') to ('2022-01-01')",
    ),
    rowsChange: true,
    holds: "select count(*) = 2 from m",
  },
  {
    title: "a value leaves a partition with partitions for a new default",
    from: sql(
      "create table m (id int, k text) partition by list (k)",
      "create table ma partition of m for values in ('a', 'b') partition by hash (id)",
      "create table ma0 partition of ma for values with (modulus 1, remainder 0)",
    ),
    rows: "insert into m values (1, 'a'), (2, 'b')",
    to: sql(
      "create table m (id int, k text) partition by list (k)",
      "create table ma partition of m for values in ('a') partition by hash (id)",
      "create table ma0 partition of ma for values with (modulus 1, remainder 0)",
      "create table md partition of m default",
    ),
    rowsChange: true,
    holds: "select count(*) = 2 from m",
  },
];
