import test from "ava";
import { databaseOfUrl, databaseUrl } from "../../../worker/data/database-url.ts";
import { Failure } from "../../../worker/failure.ts";

const form = "it has the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=require";

for (const [url, settings] of [
  [
    "postgresql://u:p@db.example:6543/batch",
    { host: "db.example", port: 6543, database: "batch", username: "u", password: "p", ssl: false },
  ],
  [
    "postgres://u%40x:p%2F%3A%25@db.example/my%20data?sslmode=require",
    {
      host: "db.example",
      port: 5432,
      database: "my data",
      username: "u@x",
      password: "p/:%",
      ssl: { rejectUnauthorized: false },
    },
  ],
  [
    "postgresql://u@[::1]:5432/batch?sslmode=verify-full",
    { host: "::1", port: 5432, database: "batch", username: "u", password: "", ssl: { rejectUnauthorized: true } },
  ],
  [
    "postgresql://u@%2Fvar%2Frun%2Fpostgresql/batch",
    { host: "/var/run/postgresql", port: 5432, database: "batch", username: "u", password: "", ssl: false },
  ],
] as const) {
  test(`${url} is understood, and written again means the same`, async (t) => {
    const database = databaseOfUrl(url);
    t.deepEqual<unknown, unknown>(await database.settings(), settings);
    t.is(database.label, `DATABASE_URL (${settings.host}:${settings.port}/${settings.database})`);
    t.deepEqual<unknown, unknown>(await databaseOfUrl(databaseUrl(await database.settings())).settings(), settings);
  });
}

for (const [url, fault] of [
  ["secret", "is not a URL (special characters in its password must be percent-encoded)"],
  ["postgresql://u:secret#1@host/db", "is not a URL (special characters in its password must be percent-encoded)"],
  ["postgresql://u:secret@host:99999/db", "is not a URL (special characters in its password must be percent-encoded)"],
  ["mysql://u:secret@host/db", 'begins with "mysql:"'],
  ["postgresql://:secret@host/db", "names no user"],
  ["postgresql://u:secret@host", "names no database"],
  ["postgresql://u:secret@host/", "names no database"],
  ["postgresql:///db", "names no user"],
  [
    "postgresql://u:secret%zz@host/db",
    "has a % that is not followed by two hexadecimal digits (write %25 for a % itself)",
  ],
  [
    "postgresql://u:secret@host/db?sslmode=on",
    'has sslmode "on", which is none of disable, allow, prefer, require, no-verify, verify-ca, verify-full',
  ],
  ["postgresql://u:secret@host/db?ssl=true", 'has the parameter "ssl", only "sslmode" is known'],
] as const) {
  test(`${url} is refused without showing the password`, (t) => {
    const { message, kind } = t.throws(() => databaseOfUrl(url), { instanceOf: Failure })!;
    t.is(kind, "usage");
    t.is(message, `DATABASE_URL ${fault}; ${form}`);
  });
}
