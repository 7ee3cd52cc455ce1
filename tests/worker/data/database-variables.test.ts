import test from "ava";
import { databaseOfVariables } from "../../../worker/data/database-variables.ts";
import { environmentDatabase, isLocalDatabase } from "../../../worker/data/environment-database.ts";
import { Failure } from "../../../worker/failure.ts";

const variables = { PGHOST: "db.example", PGDATABASE: "batch", PGUSER: "worker", PGPASSWORD: "p/:%@" };

for (const [what, given, settings] of [
  ["what is not given is 5432 and a checked certificate", {}, { port: 5432, ssl: { rejectUnauthorized: true } }],
  [
    "port and TLS can be given",
    { PGPORT: "6543", PGSSLMODE: "require" },
    { port: 6543, ssl: { rejectUnauthorized: false } },
  ],
  ["TLS can be turned off", { PGSSLMODE: "disable" }, { port: 5432, ssl: false }],
  [
    "a variable that is set to nothing is not given",
    { PGPORT: "", PGSSLMODE: "" },
    { port: 5432, ssl: { rejectUnauthorized: true } },
  ],
] as const) {
  test(`the database of libpq's variables: ${what}`, async (t) => {
    const database = databaseOfVariables({ ...variables, ...given });
    t.deepEqual<unknown, unknown>(await database.settings(), {
      host: "db.example",
      database: "batch",
      username: "worker",
      password: "p/:%@",
      ...settings,
    });
    t.is(database.label, `PGHOST (db.example:${settings.port}/batch)`);
  });
}

test("all that is missing or wrong is said at once, without the password", (t) => {
  const given = { PGHOST: "db.example", PGPORT: "0", PGPASSWORD: "secret", PGSSLMODE: "on" };
  const { message, kind } = t.throws(() => databaseOfVariables(given), { instanceOf: Failure })!;
  t.is(kind, "usage");
  t.is(
    message,
    'The database\'s variables are not complete: PGDATABASE is not set; PGUSER is not set; PGPORT is "0", which is no port from 1 to 65535; PGSSLMODE is "on", which is none of disable, allow, prefer, require, no-verify, verify-ca, verify-full. Or set DATABASE_URL.',
  );
});

test("DATABASE_URL wins over libpq's variables, and the local environment does not look at them", async (t) => {
  const url = "postgresql://u:p@other.example/batch";
  const ofUrl = environmentDatabase("aws", { ...variables, DATABASE_URL: url }, "/nowhere");
  t.is(ofUrl.label, "DATABASE_URL (other.example:5432/batch)");
  t.is(environmentDatabase("aws", variables, "/nowhere").label, "PGHOST (db.example:5432/batch)");
  t.true(isLocalDatabase(environmentDatabase("local", variables, "/nowhere")));
});
