import type { Family, Interval, Scalar } from "./address.ts";
import type { PolicyRequest } from "./endpoint-policy.ts";
import type { Known } from "./known.ts";

/** Where packets come from or go to. */
export type Place =
  /** An interface of the topology, by one of its addresses. */
  | { readonly type: "interface"; readonly id: string; readonly address: Scalar }
  /** Any interface that may be made in a subnet with these groups; `address`: all that it may get, of one family. */
  | {
      readonly type: "subnet";
      readonly id: string;
      readonly vpcId: string;
      readonly address: Interval;
      readonly securityGroupIds: Known<readonly string[]>;
      /** Whether it gets a public IPv4 address. */
      readonly hasPublicAddress: boolean | undefined;
      /** The interface endpoint that it is made for. */
      readonly endpointId?: string;
    }
  /** A host outside of the topology. */
  | { readonly type: "internet"; readonly address: Scalar }
  /** An address that belongs to nothing: packets for it can only be lost. */
  | { readonly type: "nowhere"; readonly address: Scalar };

/** What has no one address of its own: it is asked for by its name, or by all its interfaces. */
export type Service =
  /** A VPC endpoint: each interface of it; for a gateway endpoint each address of its service, by way of it. */
  | { readonly type: "endpoint"; readonly id: string }
  /** An AWS service as its clients find it: `ecr.api`, or `com.amazonaws.us-east-1.ecr.api`; or a host of the internet. */
  | { readonly type: "service"; readonly name: string }
  /** What has a name that leads into one of some subnets, and may move: a database, a file system. */
  | {
      readonly type: "host";
      readonly id: string;
      readonly places: readonly SubnetPlace[];
      /** Why it may be in some of `places` alone. */
      readonly inDoubt?: string;
    };

export type SubnetPlace = Extract<Place, { type: "subnet" }>;

export interface Flow {
  readonly source: Place;
  readonly destination: Place | Service;
  /** The destination's address as the source uses it, where that is not its own but a public one. */
  readonly address?: Scalar;
  readonly family: Family;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** TCP and UDP. */
  readonly ports: Interval | undefined;
  /** What the client's system chooses its port from; Linux's range unless told. */
  readonly sourcePorts?: Interval;
  /** What is asked through an endpoint, if one is on the path: its policy decides. */
  readonly requests?: readonly PolicyRequest[];
}

/** net.ipv4.ip_local_port_range of Linux. */
export const ephemeralPorts: Interval = { from: 32_768, to: 60_999 };
/** What NAT gateways choose from (VPC user guide, NAT gateway basics). */
export const natPorts: Interval = { from: 1024, to: 65_535 };
