import { createServer, type Server, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { ConnectionAcquireTimeoutError, ConnectionError, DatabaseError } from "sequelize";
import { type ConnectionSettings, connect, type Database } from "../../../worker/data/database.ts";
import { asFailure, isConnectionLost, isTransient, sqlState } from "../../../worker/data/database-failure.ts";
import { Failure, type FailureKind } from "../../../worker/failure.ts";
import { testDatabase } from "../../database.ts";

/** An error as pg or Node throw it. */
function error(code: string | undefined, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code }, more);
}

/** ... and as Sequelize wraps it while connecting, or in a query. */
const connecting = (parent: Error) => new ConnectionError(parent);
const querying = (parent: Error) => new DatabaseError(Object.assign(parent, { sql: "SELECT 1" }));

const says = test.macro({
  title: (_title, cause: Error, kind: FailureKind, message: string) =>
    `${(cause as { code?: string }).code ?? cause.message} is ${kind}: ${message}`,
  exec(t, cause: Error, kind: FailureKind, message: string) {
    const wrappings = [querying(cause), connecting(cause), error(undefined, "umzug", { cause: querying(cause) })];
    for (const thrown of [cause, ...wrappings]) {
      const failure = asFailure(thrown, "the local database");
      t.true(failure instanceof Failure);
      t.is(failure.message, message);
      t.is((failure as Failure).kind, kind);
      t.is(failure.cause, thrown);
      t.is(isTransient(thrown), kind === "databaseUnavailable");
      t.is(isTransient(failure), kind === "databaseUnavailable");
    }
  },
});

const again = "Run the same command again.";
const db = "The local database";
const certificate = "Correct sslmode or the authority.";

test(
  says,
  error("ECONNREFUSED", ""),
  "databaseUnavailable",
  `${db} refuses connections. Start the server, or correct host and port.`,
);
test(
  says,
  error("ENOENT", "connect ENOENT /run/postgresql/.s.PGSQL.5432", { syscall: "connect" }),
  "databaseUnavailable",
  `${db} refuses connections. Start the server, or correct host and port.`,
);
test(says, error("ENOTFOUND", "getaddrinfo ENOTFOUND x"), "usage", `${db}: nobody knows that host name. Correct it.`);
for (const code of ["EAI_AGAIN", "ETIMEDOUT", "EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN"]) {
  test(
    says,
    error(code, `connect ${code}`),
    "databaseUnavailable",
    `${db} can't be reached: connect ${code}. Check that it runs, its security group and the route to it.`,
  );
}
test(
  says,
  error(undefined, "timeout expired"),
  "databaseUnavailable",
  `${db} can't be reached: timeout expired. Check that it runs, its security group and the route to it.`,
);
for (const code of ["ECONNRESET", "ECONNABORTED"]) {
  test(
    says,
    error(code, `read ${code}`),
    "databaseUnavailable",
    `The connection to the local database was lost: read ${code}. ${again}`,
  );
}
test(
  says,
  error("EPIPE", "write EPIPE", { syscall: "write" }),
  "databaseUnavailable",
  `The connection to the local database was lost: write EPIPE. ${again}`,
);
test(
  says,
  error("EACCES", "connect EACCES /run/postgresql/.s.PGSQL.5432", { syscall: "connect" }),
  "usage",
  `${db} may not be opened: connect EACCES /run/postgresql/.s.PGSQL.5432. Correct the socket's permissions.`,
);
test(
  says,
  error("EINVAL", "connect EINVAL", { syscall: "connect" }),
  "usage",
  `${db} has an invalid address: connect EINVAL. Correct host and port.`,
);
test(
  says,
  error("ERR_SOCKET_BAD_PORT", "Port should be < 65536."),
  "usage",
  `${db} has an invalid port: Port should be < 65536. Correct it.`,
);
for (const code of [
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]) {
  test(
    says,
    error(code, "bad certificate"),
    "usage",
    `${db} shows a certificate that is not trusted: bad certificate. ${certificate}`,
  );
}
test(
  says,
  error(undefined, "The server does not support SSL connections"),
  "usage",
  `${db} does not speak TLS. Take sslmode out of the URL, or turn TLS on at the server.`,
);
for (const message of ["received invalid response: 48", "There was an error establishing an SSL connection"]) {
  test(
    says,
    error(undefined, message),
    "usage",
    `${db} does not speak PostgreSQL's protocol: ${message}. Correct host and port.`,
  );
}
test(
  says,
  error(undefined, "SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string"),
  "usage",
  `${db} asks for a password and none was given. Add it to the URL.`,
);
test(
  says,
  error(undefined, "SASL: Last message was not SASL"),
  "usage",
  `${db} does not let us in: SASL: Last message was not SASL. Correct user and password.`,
);
test(
  says,
  error("25006", "cannot execute CREATE TABLE in a read-only transaction"),
  "usage",
  `${db} is read-only: cannot execute CREATE TABLE in a read-only transaction. Give the primary's address.`,
);
test(
  says,
  error("28000", 'no pg_hba.conf entry for host "1.2.3.4"'),
  "usage",
  `${db} does not let us in: no pg_hba.conf entry for host "1.2.3.4". Correct user or pg_hba.conf.`,
);
test(
  says,
  error("28P01", 'password authentication failed for user "x"'),
  "usage",
  `${db} does not let us in: password authentication failed for user "x". Correct user and password.`,
);
test(
  says,
  error("3D000", 'database "x" does not exist'),
  "usage",
  `${db}: database "x" does not exist. Create it, or correct the database's name.`,
);
test(
  says,
  error("42501", "permission denied for schema x"),
  "usage",
  `${db}: permission denied for schema x. Grant the role that right, or use another role.`,
);
for (const code of ["42P01", "42703", "42804", "3F000"]) {
  test(
    says,
    error(code, 'relation "x" does not exist'),
    "failed",
    `${db} has other tables than expected: relation "x" does not exist. Were they changed by hand? See: node worker migrate status.`,
  );
}
for (const code of ["40001", "40P01", "55P03"]) {
  test(
    says,
    error(code, "deadlock detected"),
    "databaseUnavailable",
    `${db} put another session first: deadlock detected. ${again}`,
  );
}
test(
  says,
  error("53100", "could not extend file: No space left on device"),
  "databaseUnavailable",
  `${db} has no space left: could not extend file: No space left on device. Free or add some.`,
);
test(
  says,
  error("53300", "sorry, too many clients already"),
  "databaseUnavailable",
  `${db} has too many connections: sorry, too many clients already. Try again later.`,
);
test(
  says,
  error("53200", "out of memory"),
  "databaseUnavailable",
  `${db} is not available: out of memory (53200). Try again later.`,
);
test(
  says,
  error("57P03", "the database system is starting up"),
  "databaseUnavailable",
  `${db} is not available: the database system is starting up. Try again later.`,
);
test(
  says,
  error("58030", "could not read file: I/O error"),
  "databaseUnavailable",
  `${db} is not available: could not read file: I/O error (58030). Try again later.`,
);
for (const code of ["57P01", "57P02", "57P05", "25P03", "25P04"]) {
  test(
    says,
    error(code, "terminating connection"),
    "databaseUnavailable",
    `The connection to the local database was lost: terminating connection. ${again}`,
  );
}
test(
  says,
  error("08006", "connection failure"),
  "databaseUnavailable",
  `The connection to the local database was lost: connection failure (08006). ${again}`,
);
test(says, error("57P04", "terminating connection"), "usage", `${db} was dropped while we used it. Create it again.`);
test(says, error("22012", "division by zero"), "failed", `${db} refused a statement: division by zero (22012).`);
test(says, error("23505", "duplicate key\nvalue"), "failed", `${db} refused a statement: duplicate key value (23505).`);

test("a connection that ends in a query is lost, one that ends while connecting was hung up", (t) => {
  const ended = () => error(undefined, "Connection terminated unexpectedly");
  t.is(
    asFailure(querying(ended()), "the local database").message,
    `The connection to the local database was lost: Connection terminated unexpectedly. ${again}`,
  );
  t.is(
    asFailure(connecting(ended()), "the local database").message,
    `${db} hung up before we were connected. Is it a PostgreSQL server, and does it run?`,
  );
});

test("waiting in vain for a connection of the pool is the database's unavailability", (t) => {
  const failure = asFailure(
    new ConnectionAcquireTimeoutError(error(undefined, "Operation timeout")),
    "the local database",
  );
  t.is((failure as Failure).kind, "databaseUnavailable");
});

test("what is not the database's comes back as it is", (t) => {
  const failure = new Failure("tooManyBadRecords", "Too many bad records.");
  const bug = new TypeError("Cannot read properties of undefined");
  const file = error("ENOENT", "open 'flights.csv'", { syscall: "open", path: "flights.csv" });
  const forbidden = error("EACCES", "open 'flights.csv'", { syscall: "open", path: "flights.csv" });
  for (const thrown of [failure, bug, file, forbidden]) {
    t.is(asFailure(thrown, "the local database"), thrown);
    t.false(isTransient(thrown));
    t.false(isConnectionLost(thrown));
  }
  t.is(asFailure("words", "the local database").message, "words");
});

test("a lost connection is told from a lost race", (t) => {
  t.true(isConnectionLost(querying(error("57P01", "terminating connection"))));
  t.true(isConnectionLost(querying(error(undefined, "Connection terminated unexpectedly"))));
  t.true(isConnectionLost(error("ECONNRESET", "read ECONNRESET")));
  t.false(isConnectionLost(querying(error("40P01", "deadlock detected"))));
  t.false(isConnectionLost(querying(error("22012", "division by zero"))));
});

test("the SQLSTATE is found below every wrapping, and a system's code is none", (t) => {
  t.is(sqlState(error(undefined, "umzug", { cause: querying(error("42P01", "no table")) })), "42P01");
  t.is(sqlState(connecting(error("EPIPE", "write EPIPE"))), undefined);
  t.is(sqlState(undefined), undefined);
});

interface Case {
  settings?: Partial<ConnectionSettings>;
  query?: string;
  kind: FailureKind;
  message: RegExp;
}

const really = test.macro({
  title: (title) => `from a real connection: ${title}`,
  async exec(t, { settings = {}, query = "SELECT 1", kind, message }: Case) {
    await asks(t, await testDatabase(t), { settings, query, kind, message });
  },
});

async function asks(t: ExecutionContext, database: Database, { settings = {}, query = "", kind, message }: Case) {
  const changed = { label: "the database", settings: async () => ({ ...(await database.settings()), ...settings }) };
  const sequelize = connect(changed, { applicationName: "test" });
  t.teardown(() => sequelize.close());
  const failure = asFailure(await t.throwsAsync(sequelize.query(query)), "the database") as Failure;
  t.regex(failure.message, message);
  t.is(failure.kind, kind);
}

test("nobody listens", really, {
  settings: { host: "127.0.0.1", port: 1 },
  kind: "databaseUnavailable",
  message: /^The database refuses connections/,
});
test("no such host", really, {
  settings: { host: "no-such-host.invalid" },
  kind: "usage",
  message: /nobody knows that host name|can't be reached/,
});
test("wrong password", really, {
  settings: { password: "wrong" },
  kind: "usage",
  message: /does not let us in: password authentication failed/,
});
test("no password", really, {
  settings: { password: "" },
  kind: "usage",
  message: /asks for a password and none was given/,
});
test("no such database", really, {
  settings: { database: "nope" },
  kind: "usage",
  message: /^The database: database "nope" does not exist\. Create it/,
});
test("no TLS", really, {
  settings: { ssl: { rejectUnauthorized: false } },
  kind: "usage",
  message: /^The database does not speak TLS/,
});
test("no such table", really, {
  query: "SELECT * FROM nope",
  kind: "failed",
  message: /has other tables than expected: relation "nope" does not exist/,
});
test("ended by an administrator", really, {
  query: "SELECT pg_terminate_backend(pg_backend_pid())",
  kind: "databaseUnavailable",
  message: /^The connection to the database was lost: terminating connection due to administrator command\./,
});

test.serial("a connection that is given up leaves no socket behind, which would keep the process alive", async (t) => {
  const sockets = () => process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
  const database = await testDatabase(t);
  const before = sockets();
  for (const settings of [{ password: "" }, { password: "wrong" }, { ssl: true }]) {
    await asks(t, database, { settings, kind: "usage", message: /./ });
  }
  // A socket is closed in the next turns of the event loop.
  for (let turn = 0; turn < 50 && sockets() > before; turn += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  t.true(sockets() <= before);
});

const foreign = test.macro({
  title: (title) => `from a server that is no PostgreSQL: ${title}`,
  async exec(t, answer: (socket: Socket) => void, { settings = {}, ...expected }: Case) {
    const server = await listening(createServer(answer));
    t.teardown(() => server.close());
    const { port } = server.address() as { port: number };
    const anywhere = { host: "127.0.0.1", port, database: "x", username: "x", password: "x" };
    await asks(t, { label: "", settings: async () => anywhere }, { settings, query: "SELECT 1", ...expected });
  },
});

test("one that hangs up", foreign, (socket) => socket.end(), {
  kind: "databaseUnavailable",
  message: /^The database hung up before we were connected/,
});
test("one that answers to TLS in HTTP", foreign, (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), {
  settings: { ssl: true },
  kind: "usage",
  message: /^The database does not speak PostgreSQL's protocol/,
});

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
