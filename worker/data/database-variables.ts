import { Failure } from "../failure.ts";
import type { Database } from "./database.ts";
import { sslModes, tlsOf } from "./tls.ts";

/**
 * The database of libpq's variables: `PGHOST`, `PGPORT` (5432), `PGDATABASE`, `PGUSER`, `PGPASSWORD` and `PGSSLMODE`
 * (verify-full). A job gets its own so: user and password out of the secret that RDS keeps, the rest as it is.
 * @throws Failure `usage` naming all that is missing or wrong; the password is never named
 */
export function databaseOfVariables(variables: NodeJS.ProcessEnv): Database {
  const { PGHOST: host = "", PGPORT, PGDATABASE: database = "", PGUSER: username = "", PGSSLMODE } = variables;
  const port = Number(PGPORT || 5432);
  const sslMode = PGSSLMODE || "verify-full";
  const faults = Object.entries({ PGHOST: host, PGDATABASE: database, PGUSER: username })
    .filter(([, value]) => value === "")
    .map(([name]) => `${name} is not set`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    faults.push(`PGPORT is "${PGPORT}", which is no port from 1 to 65535`);
  }
  if (!sslModes.includes(sslMode)) {
    faults.push(`PGSSLMODE is "${sslMode}", which is none of ${sslModes.join(", ")}`);
  }
  if (faults.length > 0) {
    throw new Failure("usage", `The database's variables are not complete: ${faults.join("; ")}. Or set DATABASE_URL.`);
  }
  const password = variables.PGPASSWORD ?? "";
  const settings = { host, port, database, username, password, ssl: tlsOf(sslMode, host) };
  return { label: `PGHOST (${host}:${port}/${database})`, settings: async () => settings };
}
