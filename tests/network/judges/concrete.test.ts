import { readFileSync } from "node:fs";
import test from "ava";
import { readSnapshot } from "../../../network/adapters/snapshot.ts";
import { parseAddress } from "../../../network/reachability/address.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { judge } from "./concrete.ts";
import { factsOf, known } from "./facts.ts";
import type { ConcretePacket, Protocol } from "./packet.ts";

interface Probe {
  source: string;
  destination: string;
  protocol: Protocol;
  port?: number;
  expect: "reachable" | "not-reachable";
  outOfScope?: string;
}

/** Snapshots of real networks, and what real instances in them saw (batfish/lab-validation, Apache-2.0). */
const labs = [
  ["aws_instance_multiple_interface", 108],
  ["aws_multi_account_vpc_peering", 16],
  ["aws_tgw_peering", 36],
  ["aws_traffic_in_igw_out_ngw", 26],
  ["aws_vpc_endpoints", 45],
] as const;

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
