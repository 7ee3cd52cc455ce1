import type { Cidr, Family, Scalar } from "./address.ts";
import type { Known, Unknown } from "./known.ts";

/**
 * What decides where packets can go, in EC2's names. Every value may be unknown; a collection that is unknown as a whole
 * (no file of it in a snapshot) makes everything that depends on it unknown.
 */
export interface Topology {
  readonly vpcs: Collection<Vpc>;
  readonly subnets: Collection<Subnet>;
  readonly routeTables: Collection<RouteTable>;
  readonly networkAcls: Collection<NetworkAcl>;
  readonly securityGroups: Collection<SecurityGroup>;
  readonly networkInterfaces: Collection<NetworkInterface>;
  readonly internetGateways: Collection<InternetGateway>;
  readonly egressOnlyInternetGateways: Collection<InternetGateway>;
  readonly natGateways: Collection<NatGateway>;
  readonly vpcEndpoints: Collection<VpcEndpoint>;
  readonly prefixLists: Collection<PrefixList>;
  readonly vpcPeeringConnections: Collection<VpcPeeringConnection>;
  readonly transitGateways: Collection<TransitGateway>;
  readonly transitGatewayAttachments: Collection<TransitGatewayAttachment>;
  readonly transitGatewayRouteTables: Collection<TransitGatewayRouteTable>;
  readonly dhcpOptions: Collection<DhcpOptions>;
  /** Elastic IP addresses that are given to nothing: nobody answers there. */
  readonly idleAddresses: ReadonlySet<Scalar>;
  /** Private hosted zones of Route 53; absent: there are none. */
  readonly hostedZones?: Known<readonly HostedZone[]>;
  /** Of each account and Region where it is known not to be off. */
  readonly blockPublicAccess: Known<readonly BlockPublicAccess[]>;
}

export type Collection<Resource> = Known<ReadonlyMap<string, Resource>>;

export interface Vpc {
  readonly id: string;
  readonly ownerId: string;
  readonly region: string;
  readonly cidrBlocks: Known<readonly Cidr[]>;
  readonly enableDnsSupport: Known<boolean>;
  readonly enableDnsHostnames: Known<boolean>;
  readonly dhcpOptionsId: Known<string | undefined>;
  /** Why what else is in it is not known, where the topology does not tell all: its tables, endpoints, gateways. */
  readonly others?: Unknown;
}

export interface Subnet {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: Known<string>;
  readonly cidrBlocks: Known<readonly Cidr[]>;
  readonly mapPublicIpOnLaunch: Known<boolean>;
}

export type RouteTarget =
  | { readonly type: "local" }
  | {
      readonly type:
        | "internet-gateway"
        | "egress-only-internet-gateway"
        | "nat-gateway"
        | "vpc-endpoint"
        | "vpc-peering-connection"
        | "transit-gateway"
        | "network-interface";
      readonly id: string;
    }
  /** What is not modelled: `name` says what it is. */
  | { readonly type: "unsupported"; readonly name: string; readonly id: string };

export interface Route {
  readonly destination: Known<{ readonly cidr: Cidr } | { readonly prefixListId: string }>;
  readonly target: Known<RouteTarget>;
  readonly state: Known<"active" | "blackhole">;
  readonly isPropagated: boolean;
}

export interface RouteTable {
  readonly id: string;
  readonly vpcId: string;
  readonly routes: Known<readonly Route[]>;
  readonly associations: Known<
    readonly { readonly isMain: boolean; readonly subnetId?: string; readonly gatewayId?: string }[]
  >;
}

/** IP protocol numbers, or all of them. */
export type RuleProtocol = number | "all";

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

export interface NetworkAclEntry {
  readonly ruleNumber: number;
  readonly isEgress: boolean;
  readonly action: Known<"allow" | "deny">;
  readonly protocol: Known<RuleProtocol>;
  readonly cidr: Known<Cidr>;
  /** TCP and UDP; absent: all. */
  readonly portRange: Known<PortRange | undefined>;
  /** ICMP; -1: all. */
  readonly icmp: Known<{ readonly type: number; readonly code: number } | undefined>;
}

export interface NetworkAcl {
  readonly id: string;
  readonly vpcId: string;
  readonly isDefault: boolean;
  readonly entries: Known<readonly NetworkAclEntry[]>;
  readonly subnetIds: Known<readonly string[]>;
}

export type RulePeer =
  | { readonly cidr: Cidr }
  | { readonly prefixListId: string }
  | { readonly securityGroupId: string };

export interface SecurityGroupRule {
  readonly isEgress: boolean;
  readonly protocol: Known<RuleProtocol>;
  /** TCP and UDP: ports; ICMP: type and code, -1 for all; absent: all. */
  readonly portRange: Known<PortRange | undefined>;
  readonly peer: Known<RulePeer>;
}

export interface SecurityGroup {
  readonly id: string;
  readonly vpcId: string;
  /** The VPCs that it is associated with besides. */
  readonly otherVpcIds?: Known<readonly string[]>;
  readonly name: string;
  readonly rules: Known<readonly SecurityGroupRule[]>;
}

export interface InterfaceAddress {
  readonly family: Family;
  readonly value: Scalar;
  /** IPv4: the public or elastic address that the internet gateway gives it. */
  readonly publicAddress: Known<Scalar | undefined>;
}

export interface ManagedService {
  readonly name: string;
  /** The TCP ports that it is known to answer. */
  readonly ports: readonly number[];
  /** Of a load balancer: nothing else is listened on. */
  readonly listeners?: readonly number[];
  readonly answersEcho?: boolean;
}

export interface NetworkInterface {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly type:
    | "interface"
    | "nat_gateway"
    | "vpc_endpoint"
    | "transit_gateway"
    | "gateway_load_balancer_endpoint"
    | "other";
  /** The AWS service whose interface it is. */
  readonly service?: ManagedService | undefined;
  readonly instanceId: string | undefined;
  /** 0: the instance's primary interface. */
  readonly deviceIndex: number | undefined;
  /** The primary one first. */
  readonly addresses: Known<readonly InterfaceAddress[]>;
  readonly securityGroupIds: Known<readonly string[]>;
  /** Prefixes given to it as a whole: who has an address of them only its instance knows. */
  readonly delegatedPrefixes: readonly Cidr[];
  readonly sourceDestCheck: Known<boolean>;
  /** Attached to something that runs. */
  readonly isInUse: Known<boolean>;
}

export interface InternetGateway {
  readonly id: string;
  readonly vpcIds: Known<readonly string[]>;
}

export interface NatGateway {
  readonly id: string;
  readonly vpcId: string;
  /** A regional NAT gateway has none, and is not modelled. */
  readonly subnetId: Known<string>;
  readonly connectivityType: Known<"public" | "private">;
  readonly state: Known<string>;
  readonly addresses: Known<readonly { readonly privateAddress: number; readonly publicAddress: number | undefined }[]>;
}

export interface VpcEndpoint {
  readonly id: string;
  readonly vpcId: string;
  readonly type: Known<"Gateway" | "Interface" | "other">;
  readonly serviceName: string;
  readonly state: Known<string>;
  readonly policyDocument: Known<unknown>;
  readonly privateDnsEnabled: Known<boolean>;
  /** Interface endpoints of S3: the private name is for resolver endpoints alone, not for the VPC. */
  readonly privateDnsOnlyForInboundResolverEndpoint: Known<boolean>;
  readonly routeTableIds: Known<readonly string[]>;
  readonly subnetIds: Known<readonly string[]>;
  /** Why it may have interfaces in some of `subnetIds` alone. */
  readonly subnetsInDoubt?: string;
  readonly networkInterfaceIds: Known<readonly string[]>;
  readonly securityGroupIds: Known<readonly string[]>;
}

export interface PrefixList {
  readonly id: string;
  readonly name: string;
  readonly cidrs: Known<readonly Cidr[]>;
}

export interface VpcPeeringConnection {
  readonly id: string;
  readonly state: Known<string>;
  readonly sides: readonly [PeeringSide, PeeringSide];
}

export interface PeeringSide {
  readonly vpcId: string;
  readonly region: string;
  readonly cidrBlocks: Known<readonly Cidr[]>;
}

export interface TransitGateway {
  readonly id: string;
  readonly state: Known<string>;
  readonly securityGroupReferencingSupport: Known<boolean>;
}

export interface TransitGatewayAttachment {
  readonly id: string;
  readonly transitGatewayId: string;
  readonly state: Known<string>;
  readonly resource:
    | { readonly type: "vpc"; readonly vpcId: string }
    | { readonly type: "peering"; readonly transitGatewayId: string }
    /** `cidrBlocks`: what it propagates. */
    | { readonly type: "unsupported"; readonly name: string; readonly cidrBlocks: Known<readonly Cidr[]> };
  /** VPC attachments. */
  readonly subnetIds: Known<readonly string[]>;
  readonly ipv6Support: Known<boolean>;
  readonly securityGroupReferencingSupport: Known<boolean>;
  /** The table that what comes in by this attachment is routed with. */
  readonly routeTableId: Known<string | undefined>;
}

export interface TransitGatewayRoute {
  readonly destination: Known<{ readonly cidr: Cidr } | { readonly prefixListId: string }>;
  readonly state: Known<"active" | "blackhole">;
  readonly attachmentIds: readonly string[];
  readonly isPropagated: boolean;
}

export interface TransitGatewayRouteTable {
  readonly id: string;
  readonly transitGatewayId: string;
  /** Static ones; propagated ones come from `propagatingAttachmentIds` and the attached VPCs' blocks. */
  readonly staticRoutes: Known<readonly TransitGatewayRoute[]>;
  readonly propagatingAttachmentIds: Known<readonly string[]>;
}

export interface DhcpOptions {
  readonly id: string;
  readonly domainNameServers: Known<readonly string[]>;
}

export interface BlockPublicAccess {
  readonly ownerId: string;
  readonly region: string;
  readonly mode: Known<"off" | "block-bidirectional" | "block-ingress">;
  readonly exclusions: Known<
    readonly { readonly resourceId: string; readonly mode: "allow-bidirectional" | "allow-egress" }[]
  >;
}

/** A private hosted zone. */
export interface HostedZone {
  readonly id: string;
  /** `api.ecr.us-east-1.amazonaws.com` */
  readonly name: string;
  /** The VPCs that are associated with it. */
  readonly vpcIds: Known<readonly string[]>;
  /** Records with addresses, and aliases; each with its whole name, of which `*` may be the first label. */
  readonly records: Known<readonly { readonly name: string; readonly target: Known<HostedZoneTarget> }[]>;
}

export type HostedZoneTarget =
  /** By a DNS name of an interface endpoint. */
  { readonly endpointId: string } | { readonly addresses: readonly Scalar[] };
