import { addressText, parseAddress, type Scalar } from "./address.ts";
import { isKnown, type Known, Unknown } from "./known.ts";
import type { View } from "./network-interface.ts";
import { value } from "./packet-set.ts";
import { drop, end, hop, lose, type Outcome, type Packets, reply } from "./path.ts";
import type { Walk } from "./walk.ts";

/** What AWS answers on each host, whatever the tables, security groups and network ACLs say. */
interface LocalService {
  readonly name: string;
  readonly protocols: readonly string[];
  readonly port: number;
  readonly isOn: Known<boolean>;
}

/**
 * Packets for the Amazon resolver, the instance metadata and the time service; undefined for others. They are filtered by
 * nothing (VPC user guide, Security groups: traffic to Amazon DNS, instance metadata and Time Sync is not filtered).
 */
export function toLocalService(walk: Walk, view: View, packets: Packets): Outcome[] | undefined {
  const address = value(packets.set, packets.header.destination);
  const service = address === undefined ? undefined : serviceAt(walk, view.vpcId, address);
  if (address === undefined || !service) return undefined;
  const { name, protocols, port, isOn } = service;
  const component = { type: "local-service", id: addressText(address) };
  const there = hop(hop(packets, view.component), component, name);
  const { protocol, set } = walk.errand;
  const { from, to } = set.destinationPort;
  if (!protocols.includes(protocol) || from !== port || to !== port) {
    const message = `${component.id} is ${name}, which answers ${protocols.join(" and ")} port ${port} alone.`;
    return drop(there, { code: "NO_POSSIBLE_DESTINATION", component, message });
  }
  if (!isKnown(isOn)) return lose(there, component, isOn.reason);
  if (isOn) return end(hop(reply(there), view.component));
  const message = `${component.id} is ${name}, which is off in ${view.vpcId}: its enableDnsSupport is false.`;
  return drop(there, {
    code: "dns-support-disabled",
    component,
    message,
    fix: `Set enableDnsSupport of ${view.vpcId} to true.`,
  });
}

function serviceAt(walk: Walk, vpcId: string, address: Scalar): LocalService | undefined {
  const vpc = walk.index.vpc(vpcId);
  const blocks = isKnown(vpc) && isKnown(vpc.cidrBlocks) ? vpc.cidrBlocks : [];
  const first = blocks.find(({ family }) => family === 4);
  if (resolvers.has(address) || (first && address === Number(first.from) + 2)) {
    const isOn = isKnown(vpc) ? vpc.enableDnsSupport : vpc;
    return { name: "the Amazon resolver", protocols: ["tcp", "udp"], port: 53, isOn };
  }
  if (clocks.has(address)) return { name: "the Amazon Time Sync Service", protocols: ["udp"], port: 123, isOn: true };
  if (!metadata.has(address)) return undefined;
  const isOn = new Unknown("whether the instance's metadata options let it answer");
  return { name: "the instance metadata service", protocols: ["tcp"], port: 80, isOn };
}

const addresses = (...texts: string[]) => new Set(texts.map((text) => parseAddress(text).value));

const resolvers = addresses("169.254.169.253", "fd00:ec2::253");
const clocks = addresses("169.254.169.123", "fd00:ec2::123");
/** Of instances, and of tasks on ECS. */
const metadata = addresses("169.254.169.254", "fd00:ec2::254", "169.254.170.2");
