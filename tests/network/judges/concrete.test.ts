import { readFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { readSnapshot } from "../../../network/adapters/snapshot.ts";
import { parseAddress } from "../../../network/reachability/address.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { labs } from "../labs.ts";
import { judge } from "./concrete.ts";
import { factsOf, known } from "./facts.ts";
import { cuts, flowOf, flowPlan, packetOf as packetOfFlow } from "./flows.ts";
import type { ConcretePacket, Protocol } from "./packet.ts";
import { topologies } from "./topologies.ts";

interface Probe {
  source: string;
  destination: string;
  protocol: Protocol;
  port?: number;
  expect: "reachable" | "not-reachable";
  outOfScope?: string;
}

/** The interface that has an address, as its own or as its public one. */
function ownerOf(topology: Topology, text: string) {
  const { value } = parseAddress(text);
  for (const { id, addresses } of factsOf(topology).networkInterfaces) {
    for (const own of known(addresses)) {
      if (own.value === value || known(own.publicAddress) === value) return { interfaceId: id, address: own.value };
    }
  }
  return undefined;
}

function packetOf(topology: Topology, { source, destination, protocol, port = 0 }: Probe): ConcretePacket {
  const receiver = ownerOf(topology, destination);
  return {
    source: ownerOf(topology, source) ?? { internet: parseAddress(source).value },
    destination: parseAddress(destination).value,
    ...(receiver && { destinationInterfaceId: receiver.interfaceId }),
    protocol,
    sourcePort: protocol === "icmp" ? 0 : 45_000,
    destinationPort: port,
    natPort: 30_000,
  };
}

for (const [lab, count] of labs) {
  test(`${lab}: the judge sees all ${count} probes as AWS did`, (t) => {
    const folder = new URL(`../../fixtures/labs/${lab}/`, import.meta.url).pathname;
    const topology = readSnapshot(`${folder}aws_configs`);
    const probes = readFileSync(`${folder}probes.jsonl`, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map((line) => JSON.parse(line) as Probe)
      .filter(({ outOfScope }) => outOfScope === undefined);
    t.is(probes.length, count);
    for (const probe of probes) {
      const { answer, why } = judge(topology, packetOf(topology, probe));
      t.is(answer, probe.expect, `${JSON.stringify(probe)}: ${why}`);
    }
  });
}

/** What random packets have to meet, so that agreement about them means something. */
const components = [
  "network ACL",
  "group reference",
  "prefix list in a group",
  "prefix list in a route",
  "propagated route",
  "internet gateway",
  "internet gateway inwards",
  "edge route table",
  "egress-only internet gateway",
  "public NAT gateway",
  "private NAT gateway",
  "gateway endpoint",
  "interface endpoint",
  "peering",
  "transit gateway",
  "transit gateway in the sender's subnet",
  "transit gateway peering",
  "route to an interface",
  "appliance",
  "Block Public Access",
];

test("random networks are varied: packets arrive, get lost, and meet every component on the way", (t) => {
  const sample = fc.sample(fc.tuple(topologies, fc.array(flowPlan, { minLength: 4, maxLength: 4 })), {
    numRuns: 1000,
    seed: 20_240_607,
  });
  const answers = { reachable: 0, "not-reachable": 0, ambiguous: 0, unmodelled: 0 };
  const met = new Map<string, number>();
  const metByReachable = new Set<string>();
  for (const [topology, plans] of sample) {
    for (const plan of plans) {
      const flow = flowOf(topology, plan);
      if (!flow) continue;
      const judgement = judge(topology, packetOfFlow(flow, flow.protocol === "icmp" ? 0 : 45_000, 30_000));
      answers[judgement.answer] += 1;
      for (const name of judgement.met) met.set(name, (met.get(name) ?? 0) + 1);
      if (judgement.answer === "reachable") for (const name of judgement.met) metByReachable.add(name);
    }
  }
  t.log(answers, Object.fromEntries(met));
  const packets = Object.values(answers).reduce((sum, count) => sum + count);
  t.true(packets > 2500);
  t.true(answers.reachable > 0.25 * packets, `${answers.reachable} of ${packets} are reachable`);
  t.true(answers["not-reachable"] > 0.25 * packets);
  t.true(answers.unmodelled > 5);
  for (const name of components) t.true((met.get(name) ?? 0) >= 5, `${name} was met ${met.get(name)} times`);
  for (const name of ["public NAT gateway", "transit gateway", "peering", "gateway endpoint", "edge route table"]) {
    t.true(metByReachable.has(name), `no packet gets through ${name}`);
  }
});

test("packets of one flow differ by their ports", (t) => {
  const sample = fc.sample(fc.tuple(topologies, flowPlan), { numRuns: 1000, seed: 20_240_607 });
  const partial = sample.filter(([topology, plan]) => {
    const flow = flowOf(topology, plan);
    if (!flow) return false;
    const { sourcePort, natPort } = cuts(topology, flow);
    const answers = sourcePort.flatMap((port) =>
      natPort.map((chosen) => judge(topology, packetOfFlow(flow, port, chosen)).answer),
    );
    return new Set(answers).size > 1;
  });
  t.true(partial.length > 10, `${partial.length} flows are partial`);
});
