import { Failure, type FailureKind } from "../failure.ts";

/** What went wrong and the way out; `label` is the database's name with a capital, `message` the server's or driver's words. */
type Sentence = (label: string, message: string) => string;
type Outcome = readonly [kind: FailureKind, sentence: Sentence];

const refused: Outcome = [
  "databaseUnavailable",
  (label) => `${label} refuses connections. Start the server, or correct host and port.`,
];
const unreachable: Outcome = [
  "databaseUnavailable",
  (label, message) =>
    `${label} can't be reached: ${message}. Check that it runs, its security group and the route to it.`,
];
const lost: Outcome = [
  "databaseUnavailable",
  (label, message) => `The connection to ${label} was lost: ${message}. Run the same command again.`,
];
const hungUp: Outcome = [
  "databaseUnavailable",
  (label) => `${label} hung up before we were connected. Is it a PostgreSQL server, and does it run?`,
];
const unavailable: Outcome = [
  "databaseUnavailable",
  (label, message) => `${label} is not available: ${message}. Try again later.`,
];
const conflict: Outcome = [
  "databaseUnavailable",
  (label, message) => `${label} put another session first: ${message}. Run the same command again.`,
];
const certificate: Outcome = [
  "usage",
  (label, message) => `${label} shows a certificate that is not trusted: ${message}. Correct sslmode or the authority.`,
];
const noPassword: Outcome = ["usage", (label) => `${label} asks for a password and none was given. Add it to the URL.`];
const foreign: Outcome = [
  "usage",
  (label, message) => `${label} does not speak PostgreSQL's protocol: ${message}. Correct host and port.`,
];
const otherSchema: Outcome = [
  "failed",
  (label, message) =>
    `${label} has other tables than expected: ${message}. Were they changed by hand? See: node worker migrate status.`,
];
const statementFailed: Outcome = ["failed", (label, message) => `${label} refused a statement: ${message}.`];

/** By the code of the system (Node's `error.code`), of TLS, or by SQLSTATE (PostgreSQL manual, appendix A). */
const byCode: Readonly<Record<string, Outcome>> = {
  ECONNREFUSED: refused,
  ENOENT: refused,
  ENOTFOUND: ["usage", (label) => `${label}: nobody knows that host name. Correct it.`],
  EAI_AGAIN: unreachable,
  ETIMEDOUT: unreachable,
  EHOSTUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  ENETUNREACH: unreachable,
  ENETDOWN: unreachable,
  ECONNRESET: lost,
  ECONNABORTED: lost,
  EPIPE: lost,
  EACCES: ["usage", (label, message) => `${label} may not be opened: ${message}. Correct the socket's permissions.`],
  EINVAL: ["usage", (label, message) => `${label} has an invalid address: ${message}. Correct host and port.`],
  ERR_SOCKET_BAD_PORT: ["usage", (label, message) => `${label} has an invalid port: ${message}. Correct it.`],
  CERT_HAS_EXPIRED: certificate,
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate,
  SELF_SIGNED_CERT_IN_CHAIN: certificate,
  UNABLE_TO_GET_ISSUER_CERT: certificate,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate,
  ERR_TLS_CERT_ALTNAME_INVALID: certificate,
  "25006": ["usage", (label, message) => `${label} is read-only: ${message}. Give the primary's address.`],
  "25P03": lost,
  "25P04": lost,
  "28000": ["usage", (label, message) => `${label} does not let us in: ${message}. Correct user or pg_hba.conf.`],
  "28P01": ["usage", (label, message) => `${label} does not let us in: ${message}. Correct user and password.`],
  "3D000": ["usage", (label, message) => `${label}: ${message}. Create it, or correct the database's name.`],
  "3F000": otherSchema,
  "40001": conflict,
  "40P01": conflict,
  "42501": ["usage", (label, message) => `${label}: ${message}. Grant the role that right, or use another role.`],
  "42703": otherSchema,
  "42804": otherSchema,
  "42P01": otherSchema,
  "53100": ["databaseUnavailable", (label, message) => `${label} has no space left: ${message}. Free or add some.`],
  "53300": [
    "databaseUnavailable",
    (label, message) => `${label} has too many connections: ${message}. Try again later.`,
  ],
  "55P03": conflict,
  "57P01": lost,
  "57P02": lost,
  "57P03": unavailable,
  "57P04": ["usage", (label) => `${label} was dropped while we used it. Create it again.`],
  "57P05": lost,
};

const bySqlStateClass: Readonly<Record<string, Outcome>> = { "08": lost, "53": unavailable, "58": unavailable };

/** Errors that bear no code: pg's, and those of Sequelize's pool. */
const byMessage: readonly (readonly [RegExp, Outcome])[] = [
  [/Connection terminated|connection error and is not queryable|Client was closed|Connection ended/i, lost],
  [/timeout expired|timeout exceeded|Connection timed out|Query read timeout|Operation timeout/i, unreachable],
  [/password must be a (non-empty )?string/, noPassword],
  [/^SASL: /, ["usage", (label, message) => `${label} does not let us in: ${message}. Correct user and password.`]],
  [
    /does not support SSL/,
    ["usage", (label) => `${label} does not speak TLS. Take sslmode out of the URL, or turn TLS on at the server.`],
  ],
  [/received invalid response|There was an error establishing an SSL connection/, foreign],
];

/** Codes that the file system has too: they are the database's only where Sequelize or a socket says so. */
const ambiguous = new Set(["ENOENT", "EACCES", "EINVAL", "EPIPE"]);

/**
 * The Failure that a database's error amounts to, for whoever awaited the database: `throw asFailure(error, database.label)`.
 * A Failure, or an error that is not the database's (a bug), comes back as it is.
 */
export function asFailure(error: unknown, label: string): Error {
  if (error instanceof Failure) return error;
  const found = outcome(error);
  if (!found) return error instanceof Error ? error : new Error(String(error));
  const [[kind, sentence], message] = found;
  const text = sentence(label, message);
  return new Failure(kind, text.charAt(0).toUpperCase() + text.slice(1), { cause: error });
}

/** Whether the same command may succeed later without anybody doing anything: worth a retry. */
export function isTransient(error: unknown): boolean {
  if (error instanceof Failure) return error.kind === "databaseUnavailable";
  return outcome(error)?.[0][0] === "databaseUnavailable";
}

/** Whether the connection is gone, and with it what the session had: transaction, locks. */
export function isConnectionLost(error: unknown): boolean {
  const found = outcome(error)?.[0];
  return found === lost || found === unreachable || found === hungUp;
}

/** SQLSTATE of a database's error, however Sequelize has wrapped it. */
export function sqlState(error: unknown): string | undefined {
  return chain(error)
    .map(({ code }) => code)
    .find((code): code is string => typeof code === "string" && isSqlState(code));
}

/** What the server or the driver said, without its last full stop. */
export function databaseMessage(error: unknown): string {
  const innermost = chain(error).at(-1);
  const message = String(innermost?.message || innermost?.code || error);
  // Of a violated constraint the detail names the key: the row that is to blame.
  const isViolation = typeof innermost?.code === "string" && /^23/.test(innermost.code);
  const detail = isViolation && typeof innermost.detail === "string" ? `: ${innermost.detail.slice(0, 300)}` : "";
  return oneLine(message + detail).replace(/\.$/, "");
}

interface Wrapped {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  detail?: unknown;
  syscall?: unknown;
  path?: unknown;
  parent?: unknown;
  original?: unknown;
  cause?: unknown;
}

function outcome(error: unknown): readonly [Outcome, string] | undefined {
  const errors = chain(error);
  const message = databaseMessage(error);
  const fromSequelize = errors.some(({ name }) => typeof name === "string" && name.startsWith("Sequelize"));
  for (const { code, syscall } of errors) {
    if (typeof code !== "string") continue;
    const isOurs =
      !ambiguous.has(code) || fromSequelize || syscall === "connect" || (code === "EPIPE" && syscall === "write");
    const known = byCode[code];
    if (known && isOurs) return [known, message];
    if (isSqlState(code)) return [bySqlStateClass[code.slice(0, 2)] ?? statementFailed, `${message} (${code})`];
  }
  const found = byMessage.find(([pattern]) => pattern.test(message))?.[1];
  // Sequelize's ConnectionError is of the hand-shake; later ones are DatabaseErrors.
  const atHandShake = errors.some(({ name }) => name === "SequelizeConnectionError");
  return found && [found === lost && atHandShake ? hungUp : found, message];
}

/** The error and what it wraps, outermost first. Sequelize says `parent`, Umzug and JavaScript `cause`. */
function chain(error: unknown): Wrapped[] {
  const errors: Wrapped[] = [];
  for (let next = error; typeof next === "object" && next !== null && !errors.includes(next); ) {
    const wrapped: Wrapped = next;
    errors.push(wrapped);
    next = wrapped.parent ?? wrapped.original ?? wrapped.cause;
  }
  return errors;
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
