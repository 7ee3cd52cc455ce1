import type { Family, Scalar } from "../../../network/reachability/address.ts";
import type {
  NatGateway,
  NetworkInterface,
  Subnet,
  TransitGatewayAttachment,
  VpcEndpoint,
} from "../../../network/reachability/topology.ts";
import type { Facts } from "./facts.ts";

export type Protocol = "tcp" | "udp" | "icmp";

/** One packet, as its sender makes it. ICMP is echo, and has no ports: 0. */
export interface ConcretePacket {
  readonly source: { readonly interfaceId: string; readonly address: Scalar } | { readonly internet: Scalar };
  /** As the source uses it: private, public, or an internet host's. */
  readonly destination: Scalar;
  /** The interface that has to get it; absent: a host outside of the topology. */
  readonly destinationInterfaceId?: string;
  readonly protocol: Protocol;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** What every NAT gateway on the way chooses. */
  readonly natPort: number;
}

/** A packet on its way. */
export interface Packet {
  readonly src: Scalar;
  readonly dst: Scalar;
  readonly sport: number;
  readonly dport: number;
  readonly isReply: boolean;
}

/** Where a packet is. */
export type Place =
  /** About to leave a subnet, sent by an interface in it or brought by a transit gateway. */
  | { readonly at: "subnet"; readonly subnet: Subnet }
  /** At a NAT gateway that a route leads to. */
  | { readonly at: "nat-gateway"; readonly nat: NatGateway }
  /** At who has its destination address in a VPC. */
  | { readonly at: "receiver"; readonly receiver: Receiver }
  | { readonly at: "gateway-endpoint"; readonly endpoint: VpcEndpoint }
  /** `ingress`: how it came to this transit gateway; `first`: how it left its VPC, from `zone`. */
  | {
      readonly at: "transit-gateway";
      readonly ingress: TransitGatewayAttachment;
      readonly first: TransitGatewayAttachment;
      readonly zone: string;
    }
  | { readonly at: "internet" };

export type Receiver = { readonly nat: NatGateway } | { readonly networkInterface: NetworkInterface };

/** Where a walk ends. */
export type Arrival = { readonly packet: Packet } & (
  | { readonly at: "interface"; readonly networkInterface: NetworkInterface }
  | { readonly at: "host" }
  | { readonly at: "gateway-endpoint"; readonly endpoint: VpcEndpoint }
);

/** One connection: what its request and its reply have in common. */
export interface Connection {
  readonly facts: Facts;
  readonly family: Family;
  readonly protocol: Protocol;
  readonly sourceInterface: NetworkInterface | undefined;
  readonly natPort: () => number;
  /** One of several that AWS may take; all of them are tried. */
  readonly choose: <T>(what: string, options: readonly T[]) => T;
  readonly natSessions: { readonly nat: NatGateway; readonly before: Packet; readonly after: Packet }[];
  readonly egressOnlySessions: { readonly vpcId: string; readonly packet: Packet }[];
  /** What the request meets that security groups don't see through. */
  readonly trail: {
    isTranslated: boolean;
    changesRegion: boolean;
    crossesTransitGateway: boolean;
    lacksReferencingSupport: boolean;
  };
  /** Names of what was met, for the counts of the tests. */
  readonly met: Set<string>;
}

export class Dropped extends Error {}
export class Unmodelled extends Error {}

export function drop(why: string): never {
  throw new Dropped(why);
}
