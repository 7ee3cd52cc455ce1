import { X509Certificate } from "node:crypto";
import test from "ava";
import { tlsOf } from "../../../worker/data/tls.ts";

const rdsHost = "batch.c1a2b3.eu-west-1.rds.amazonaws.com";

test("RDS's certificates are checked against RDS's own authorities, the Region's among them", (t) => {
  const tls = tlsOf("verify-full", rdsHost);
  t.true(tls !== false && tls.rejectUnauthorized);
  const names = (tls === false ? [] : (tls.ca ?? [])).map((text) => new X509Certificate(text).subject);
  t.true(names.some((name) => name.includes("Amazon RDS eu-west-1 Root CA RSA2048 G1")));
});

for (const [mode, host] of [
  ["verify-full", "db.example"],
  ["verify-full", "rds.amazonaws.com.example"],
  ["verify-ca", "127.0.0.1"],
] as const) {
  test(`${mode} of ${host}: the authorities that Node knows`, (t) => {
    t.deepEqual<unknown, unknown>(tlsOf(mode, host), { rejectUnauthorized: true });
  });
}

test("without a check RDS's authorities are not read", (t) => {
  t.deepEqual<unknown, unknown>(tlsOf("require", rdsHost), { rejectUnauthorized: false });
  t.false(tlsOf("disable", rdsHost));
});
