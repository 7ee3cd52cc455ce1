import test from "ava";
import type * as T from "../../../network/reachability/topology.ts";
import { oneVpc as made } from "../one-vpc.ts";
import { brief, change, said, why } from "../resources.ts";
import { ask } from "../topology.ts";

const box = (routes: string[], changes: Partial<T.NetworkInterface>) =>
  change(made(routes), "networkInterfaces", "box", changes);

test("an appliance takes packets only with its source/destination check off, and then nobody knows", (t) => {
  t.is(
    brief(ask(box(["8.8.0.0/16 eni-1"], {}), "job", "8.8.8.8")),
    `unknown; unknown-value network-interface eni-1: Not known: eni-1, which is not in the topology.`,
  );
  const to = (changes: Partial<T.NetworkInterface>) => {
    const topology = box(["8.8.0.0/16 eni-x"], changes);
    const interfaces = new Map(topology.networkInterfaces as ReadonlyMap<string, T.NetworkInterface>);
    return {
      ...topology,
      networkInterfaces: interfaces.set("eni-x", { ...(interfaces.get("box") as T.NetworkInterface), id: "eni-x" }),
    };
  };
  t.is(
    said(ask(to({}), "job", "8.8.8.8")),
    `not-reachable
ENI_SOURCE_DEST_CHECK_RESTRICTION network-interface eni-x
  eni-x drops packets that are not for its own addresses: its source/destination check is on.
  Add to rtb a route: 8.8.0.0/16 -> igw-1.
-> job: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: with the fix 8.8.0.0/16 -> igw-1
    igw-1: source becomes 54.0.0.10
    8.8.8.8
<- igw-1: destination becomes 10.0.0.10
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    job`,
  );
  t.is(
    said(ask(to({ sourceDestCheck: false }), "job", "8.8.8.8")),
    `unknown
unknown-value network-interface eni-x
  Not known: what an appliance does with packets is not modelled.
-> job: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 8.8.0.0/16 -> eni-x
    eni-x
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0`,
  );
  t.is(
    said(ask(to({ sourceDestCheck: false, subnetId: "one" }), "job", "8.8.8.8")),
    `unknown
unknown-value network-interface eni-x
  Not known: what an appliance does with packets is not modelled.
-> job: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 8.8.0.0/16 -> eni-x
    eni-x`,
  );
  t.is(
    brief(ask(to({ sourceDestCheck: why }), "job", "8.8.8.8")),
    `unknown; unknown-value network-interface eni-x: Not known: somebody sets it later.`,
  );
  t.is(
    brief(ask(to({ addresses: why }), "job", "8.8.8.8")),
    `unknown; unknown-value network-interface eni-x: Not known: somebody sets it later.`,
  );
});

test("a route to the interface that has the address itself leads there", (t) => {
  const topology = made(["10.0.1.0/24 eni-x"]);
  const interfaces = new Map(topology.networkInterfaces as ReadonlyMap<string, T.NetworkInterface>);
  const it = { ...(interfaces.get("box") as T.NetworkInterface), id: "eni-x" };
  interfaces.delete("box");
  t.is(
    said(ask({ ...topology, networkInterfaces: interfaces.set("eni-x", it) }, "job", "10.0.1.10")),
    `reachable
-> job: outbound all traffic to 0.0.0.0/0 (open)
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.1.0/24 -> eni-x
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    eni-x
    open: inbound all traffic from 0.0.0.0/0 (open)
<- eni-x
    acl: outbound rule 100: allow all traffic to 0.0.0.0/0
    rtb: 10.0.0.0/16 -> local
    acl: inbound rule 100: allow all traffic from 0.0.0.0/0
    job`,
  );
});
