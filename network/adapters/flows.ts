import { readFileSync } from "node:fs";
import * as v from "valibot";
import { isPrivate, parseAddress, type Scalar } from "../reachability/address.ts";
import type { Flow, Place } from "../reachability/flow.ts";
import { isKnown } from "../reachability/known.ts";
import type { NetworkInterface, Topology } from "../reachability/topology.ts";

const verdicts = ["reachable", "partial", "not-reachable", "unknown"] as const;

const question = v.looseObject({
  source: v.string("must be a string"),
  destination: v.string("must be a string"),
  protocol: v.picklist(["tcp", "udp", "icmp"], "must be tcp, udp or icmp"),
  port: v.optional(
    v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(0, "must be at least 0"),
      v.maxValue(65_535, "must be at most 65535"),
    ),
  ),
  requests: v.optional(
    v.array(
      v.object({ action: v.string("must be a string"), resource: v.string("must be a string") }, "must be an object"),
      "must be an array",
    ),
  ),
  expect: v.optional(v.picklist(verdicts, `must be one of ${verdicts.join(", ")}`)),
});

/** A line of a flows file. */
export type Question = v.InferOutput<typeof question>;

/** What a file of flows can't be read for; all of it at once. */
export class FlowsError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}

/**
 * The flows of a JSON Lines file, as packets of `topology`.
 * @throws FlowsError with the line of each fault
 */
export function readFlows(file: string, topology: Topology): { question: Question; flow: Flow }[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new FlowsError([`${file} can't be read: ${(error as Error).message}`]);
  }
  const faults: string[] = [];
  const flows: { question: Question; flow: Flow }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      const asked = questionOf(line);
      flows.push({ question: asked, flow: flowOf(asked, topology) });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push(`${file}:${index + 1}: ${error.message}`);
    }
  }
  if (faults.length === 0 && flows.length === 0) faults.push(`${file} has no flows`);
  if (faults.length > 0) throw new FlowsError(faults);
  return flows;
}

function questionOf(line: string): Question {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new RangeError((error as Error).message);
  }
  const checked = v.safeParse(question, parsed);
  if (!checked.success) {
    const faults = checked.issues.map((issue) => `${v.getDotPath(issue) ?? "the line"} ${issue.message}`);
    throw new RangeError(faults.join("; "));
  }
  const { protocol, port } = checked.output;
  if (protocol === "icmp" && port !== undefined) throw new RangeError("port must be left out with icmp, which is echo");
  if (protocol !== "icmp" && port === undefined) throw new RangeError(`port is missing; ${protocol} needs one`);
  return checked.output;
}

function flowOf({ source, destination, protocol, port, requests }: Question, topology: Topology): Flow {
  const to = endOf(destination, topology, "destination");
  const from = endOf(source, topology, "source", to.family);
  if (from.family !== to.family) {
    throw new RangeError(`source ${source} is IPv${from.family} and destination ${destination} IPv${to.family}`);
  }
  return {
    source: from.place,
    destination: to.place,
    address: to.address,
    family: to.family,
    protocol,
    ports: port === undefined ? undefined : { from: port, to: port },
    ...(requests ? { requests } : {}),
  };
}

interface End {
  readonly place: Place;
  readonly address: Scalar;
  readonly family: 4 | 6;
}

/** An address, or the id of an interface, an instance or (as the source) a subnet. */
function endOf(text: string, topology: Topology, field: string, family: 4 | 6 = 4): End {
  if (/^subnet-[0-9a-f]+$/.test(text) && field === "source") return subnetEnd(text, topology, family);
  if (/^(eni|i)-[0-9a-f]+$/.test(text)) {
    const one = interfaceOf(text, topology);
    if (!one) throw new RangeError(`${field} ${text} is not in the snapshot`);
    const address = isKnown(one.addresses) ? one.addresses.find((address) => address.family === family) : undefined;
    if (!address) throw new RangeError(`${field} ${text} has no IPv${family} address`);
    return { place: { type: "interface", id: one.id, address: address.value }, address: address.value, family };
  }
  const { value, family: own } = addressOf(text, field);
  const owners = ownersOf(value, topology);
  if (owners.length > 1) {
    const ids = owners.map(({ id }) => id).join(", ");
    throw new RangeError(`${field} ${text} is the address of several interfaces; name one of ${ids}`);
  }
  const [owner] = owners;
  if (owner) return { place: { type: "interface", ...owner }, address: value, family: own };
  return { place: { type: isPrivate(value) ? "nowhere" : "internet", address: value }, address: value, family: own };
}

/**
 * Any interface that EC2 would make in a subnet where nothing else is asked for: with the default security group of the
 * VPC, a public address where the subnet gives one, and any address but the reserved ones, the first four and the last
 * (VPC user guide, Subnet sizing).
 */
function subnetEnd(id: string, { subnets, securityGroups }: Topology, family: 4 | 6): End {
  const subnet = isKnown(subnets) ? subnets.get(id) : undefined;
  if (!subnet) throw new RangeError(`source ${id} is not in the snapshot`);
  const block = isKnown(subnet.cidrBlocks) ? subnet.cidrBlocks.find((cidr) => cidr.family === family) : undefined;
  if (!block) throw new RangeError(`source ${id} has no IPv${family} block`);
  const [from, to] =
    typeof block.from === "bigint"
      ? [block.from + 4n, (block.to as bigint) - 1n]
      : [block.from + 4, (block.to as number) - 1];
  const groups = isKnown(securityGroups) ? [...securityGroups.values()] : [];
  const own = groups.find(({ vpcId, name }) => vpcId === subnet.vpcId && name === "default");
  const place: Place = {
    type: "subnet",
    id,
    vpcId: subnet.vpcId,
    address: { from, to },
    securityGroupIds: own ? [own.id] : [`the default group of ${subnet.vpcId}`],
    hasPublicAddress: isKnown(subnet.mapPublicIpOnLaunch) ? subnet.mapPublicIpOnLaunch : undefined,
  };
  return { place, address: from, family };
}

function addressOf(text: string, field: string) {
  try {
    return parseAddress(text);
  } catch {
    throw new RangeError(
      `${field} "${text}" is no IP address and no id of a network interface (eni-...), instance (i-...) or, as a source, subnet (subnet-...)`,
    );
  }
}

/** Interfaces that have the address, as their own or given by an internet gateway. */
function ownersOf(value: Scalar, { networkInterfaces }: Topology): { id: string; address: Scalar }[] {
  const owners: { id: string; address: Scalar }[] = [];
  for (const one of isKnown(networkInterfaces) ? networkInterfaces.values() : []) {
    for (const address of isKnown(one.addresses) ? one.addresses : []) {
      if (address.value === value || address.publicAddress === value)
        owners.push({ id: one.id, address: address.value });
    }
  }
  return owners;
}

/** By its own id, or an instance's first one. */
function interfaceOf(id: string, { networkInterfaces }: Topology): NetworkInterface | undefined {
  if (!isKnown(networkInterfaces)) return undefined;
  return networkInterfaces.get(id) ?? [...networkInterfaces.values()].find(({ instanceId }) => instanceId === id);
}
