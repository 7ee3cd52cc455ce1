import test from "ava";
import { Unknown } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { ask, topologyOf } from "../topology.ts";

/** An interface that no rule lets send anything, in a subnet that nothing leaves. */
function shut(vpc: Partial<T.Vpc> = {}): T.Topology {
  const made = topologyOf({
    vpcs: { vpc: ["10.0.0.0/16", "10.9.0.0/16"] },
    subnets: { subnet: ["vpc", "a", "10.0.1.0/24"] },
    interfaces: { job: ["subnet", [], "10.0.1.10"] },
    tables: { rtb: ["vpc", ["main"]] },
    more: { networkAcls: new Map() },
  });
  const [own] = (made.vpcs as ReadonlyMap<string, T.Vpc>).values();
  return { ...made, vpcs: new Map([["vpc", { ...(own as T.Vpc), ...vpc }]]) };
}

const cases = [
  ["10.0.0.2", "udp", 53, "reachable"],
  ["10.0.0.2", "tcp", 53, "reachable"],
  ["169.254.169.253", "udp", 53, "reachable"],
  ["10.0.0.2", "tcp", 443, "not-reachable"],
  ["10.9.0.2", "udp", 53, "not-reachable"],
  ["169.254.169.123", "udp", 123, "reachable"],
  ["169.254.169.123", "tcp", 123, "not-reachable"],
  ["169.254.169.254", "tcp", 80, "unknown"],
  ["169.254.169.254", "tcp", 443, "not-reachable"],
  ["169.254.170.2", "tcp", 80, "unknown"],
] as const;

for (const [address, protocol, port, verdict] of cases) {
  test(`${address} ${protocol}/${port}, which no rule filters: ${verdict}`, (t) => {
    t.is(ask(shut(), "job", address, { protocol, ports: { from: port, to: port } }).verdict, verdict);
  });
}

test("the resolver is there where the VPC has DNS support", (t) => {
  const resolver = { protocol: "udp", ports: { from: 53, to: 53 } } as const;
  const { verdict, explanations } = ask(shut({ enableDnsSupport: false }), "job", "10.0.0.2", resolver);
  t.is(verdict, "not-reachable");
  t.deepEqual(
    explanations.map(({ code, fix }) => [code, fix]),
    [["dns-support-disabled", "Set enableDnsSupport of vpc to true."]],
  );
  const unsure = shut({ enableDnsSupport: new Unknown("not asked") });
  t.is(ask(unsure, "job", "10.0.0.2", resolver).verdict, "unknown");
});

test("the way to a local service is to it and back", (t) => {
  const { forwardPath, returnPath } = ask(shut(), "job", "10.0.0.2", { protocol: "udp", ports: { from: 53, to: 53 } });
  t.deepEqual(
    [forwardPath, returnPath].map((path) => path.map(({ component }) => component.id)),
    [["job", "10.0.0.2"], ["job"]],
  );
});
