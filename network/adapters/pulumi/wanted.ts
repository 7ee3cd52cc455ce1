import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import { Inputs, type Wanted } from "./inputs.ts";
import type { Program } from "./program.ts";
import type { ProgramResource } from "./resource.ts";

/*
 * What inputs refer to, by EC2's nouns. What AWS makes of its own accord with a VPC (its default group, table and network
 * ACL) has an id made of the VPC's: `URN#default-security-group`.
 */

export const types = {
  vpc: ["aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc"],
  subnet: ["aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet"],
  securityGroup: ["aws:ec2/securityGroup:SecurityGroup"],
  defaultSecurityGroup: ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"],
  routeTable: ["aws:ec2/routeTable:RouteTable"],
  defaultRouteTable: ["aws:ec2/defaultRouteTable:DefaultRouteTable"],
  networkAcl: ["aws:ec2/networkAcl:NetworkAcl"],
  defaultNetworkAcl: ["aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"],
  internetGateway: ["aws:ec2/internetGateway:InternetGateway"],
  egressOnlyInternetGateway: ["aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"],
  natGateway: ["aws:ec2/natGateway:NatGateway"],
  elasticAddress: ["aws:ec2/eip:Eip"],
  vpcEndpoint: ["aws:ec2/vpcEndpoint:VpcEndpoint"],
  hostedZone: ["aws:route53/zone:Zone"],
  managedPrefixList: ["aws:ec2/managedPrefixList:ManagedPrefixList"],
  vpcPeeringConnection: ["aws:ec2/vpcPeeringConnection:VpcPeeringConnection"],
  vpcPeeringConnectionAccepter: ["aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"],
  transitGateway: ["aws:ec2transitgateway/transitGateway:TransitGateway"],
  transitGatewayVpcAttachment: ["aws:ec2transitgateway/vpcAttachment:VpcAttachment"],
  transitGatewayPeeringAttachment: ["aws:ec2transitgateway/peeringAttachment:PeeringAttachment"],
  transitGatewayRouteTable: ["aws:ec2transitgateway/routeTable:RouteTable"],
  dhcpOptions: ["aws:ec2/vpcDhcpOptions:VpcDhcpOptions"],
  networkInterface: ["aws:ec2/networkInterface:NetworkInterface"],
  instance: ["aws:ec2/instance:Instance"],
} as const satisfies Record<string, readonly string[]>;

export const defaultGroupOf = (vpcId: string) => `${vpcId}#default-security-group`;
export const defaultTableOf = (id: string) => `${id}#default-route-table`;
export const defaultAclOf = (vpcId: string) => `${vpcId}#default-network-acl`;
/** AWS's own prefix list of a service: `com.amazonaws.eu-west-1.s3`. */
export const listOfService = (serviceName: string) => `#prefix-list:${serviceName}`;

const isOne = (own: readonly string[], { type }: ProgramResource) => own.includes(type);

/** The resource that another one names in an input of its own: `subnet.vpcId`. */
function through(key: string, wanted: () => Wanted) {
  return (program: Program, from: ProgramResource, attribute: string | undefined) => {
    if (attribute !== undefined && attribute !== key) return undefined;
    const inputs = new Inputs(program, from);
    return inputs.has(key) ? inputs.reference(key, wanted()) : undefined;
  };
}

export const vpcs: Wanted = {
  name: "VPC",
  types: types.vpc,
  by: through("vpcId", () => vpcs),
};

export const subnets: Wanted = {
  name: "subnet",
  types: types.subnet,
  by: through("subnetId", () => subnets),
};

export const securityGroups: Wanted = {
  name: "security group",
  types: [...types.securityGroup, ...types.defaultSecurityGroup],
  by: (program, from, attribute) => {
    if (isOne(types.vpc, from))
      return attribute === undefined || attribute === "defaultSecurityGroupId" ? defaultGroupOf(from.urn) : undefined;
    if (isOne(types.defaultSecurityGroup, from)) return ofVpc(program, from, "vpcId", vpcs, defaultGroupOf);
    if (isOne(types.securityGroup, from)) return undefined;
    return through("securityGroupId", () => securityGroups)(program, from, attribute);
  },
};

export const routeTables: Wanted = {
  name: "route table",
  types: [...types.routeTable, ...types.defaultRouteTable],
  by: (program, from, attribute) => {
    if (isOne(types.vpc, from)) {
      // A VPC says which table is its main one when it is made, and that is the default one.
      if (attribute === undefined || attribute === "defaultRouteTableId") return defaultTableOf(from.urn);
      return attribute === "mainRouteTableId" ? mainTable(program, from) : undefined;
    }
    if (isOne(types.defaultRouteTable, from)) {
      const inputs = new Inputs(program, from);
      return inputs.reference("defaultRouteTableId", routeTables);
    }
    if (isOne(types.routeTable, from)) return undefined;
    return through("routeTableId", () => routeTables)(program, from, attribute);
  },
};

/** What it says once it is there: an association may have made another table the main one since. */
function mainTable(program: Program, vpc: ProgramResource): Known<string | undefined> {
  for (const association of program.ofType("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation")) {
    const inputs = new Inputs(program, association);
    if (inputs.reference("vpcId", vpcs) === vpc.urn) return inputs.reference("routeTableId", routeTables);
  }
  return defaultTableOf(vpc.urn);
}

export const networkAcls: Wanted = {
  name: "network ACL",
  types: [...types.networkAcl, ...types.defaultNetworkAcl],
  by: (program, from, attribute) => {
    if (isOne(types.vpc, from))
      return attribute === undefined || attribute === "defaultNetworkAclId" ? defaultAclOf(from.urn) : undefined;
    if (isOne(types.defaultNetworkAcl, from))
      return new Inputs(program, from).reference("defaultNetworkAclId", networkAcls);
    if (isOne(types.networkAcl, from)) return undefined;
    return through("networkAclId", () => networkAcls)(program, from, attribute);
  },
};

export const internetGateways: Wanted = {
  name: "internet gateway",
  types: types.internetGateway,
  by: through("internetGatewayId", () => internetGateways),
};

export const egressOnlyInternetGateways: Wanted = {
  name: "egress-only internet gateway",
  types: types.egressOnlyInternetGateway,
};

export const natGateways: Wanted = { name: "NAT gateway", types: types.natGateway };
export const elasticAddresses: Wanted = { name: "elastic IP address", types: types.elasticAddress };
export const dhcpOptions: Wanted = {
  name: "set of DHCP options",
  types: types.dhcpOptions,
  by: through("dhcpOptionsId", () => dhcpOptions),
};

export const vpcEndpoints: Wanted = {
  name: "VPC endpoint",
  types: types.vpcEndpoint,
  by: through("vpcEndpointId", () => vpcEndpoints),
};

export const hostedZones: Wanted = { name: "hosted zone", types: types.hostedZone };

export const vpcPeeringConnections: Wanted = {
  name: "VPC peering connection",
  types: types.vpcPeeringConnection,
  by: through("vpcPeeringConnectionId", () => vpcPeeringConnections),
};

export const transitGateways: Wanted = {
  name: "transit gateway",
  types: types.transitGateway,
  by: through("transitGatewayId", () => transitGateways),
};

export const transitGatewayAttachments: Wanted = {
  name: "transit gateway attachment",
  types: [...types.transitGatewayVpcAttachment, ...types.transitGatewayPeeringAttachment],
  by: (program, from, attribute) =>
    isOne(transitGatewayAttachments.types, from)
      ? undefined
      : through("transitGatewayAttachmentId", () => transitGatewayAttachments)(program, from, attribute),
};

const defaultTables = ["associationDefaultRouteTableId", "propagationDefaultRouteTableId"];

export const transitGatewayRouteTables: Wanted = {
  name: "transit gateway route table",
  types: types.transitGatewayRouteTable,
  by: (program, from, attribute) => {
    if (isOne(types.transitGateway, from))
      return attribute === undefined || defaultTables.includes(attribute) ? defaultTableOf(from.urn) : undefined;
    if (isOne(types.transitGatewayRouteTable, from)) return undefined;
    return through("transitGatewayRouteTableId", () => transitGatewayRouteTables)(program, from, attribute);
  },
};

export const networkInterfaces: Wanted = {
  name: "network interface",
  types: types.networkInterface,
  by: (_, from, attribute) =>
    isOne(types.instance, from) && (attribute === undefined || attribute === "primaryNetworkInterfaceId")
      ? from.urn
      : undefined,
};

/** Customers' lists, and AWS's own by the service that they are for. */
export const prefixLists: Wanted = {
  name: "prefix list",
  types: types.managedPrefixList,
  by: (program, from, attribute) => {
    if (isOne(types.managedPrefixList, from)) return undefined;
    const inputs = new Inputs(program, from);
    if (isOne(types.vpcEndpoint, from)) {
      if (attribute !== undefined && attribute !== "prefixListId") return undefined;
      return listOf(inputs.text("serviceName"));
    }
    if (/^aws:ec2\/get(Managed)?PrefixList:/.test(from.type)) return listOf(inputs.text("name") ?? listName(inputs));
    return through("prefixListId", () => prefixLists)(program, from, attribute);
  },
};

function listName(inputs: Inputs): Known<string> {
  const name = inputs.output("name");
  return isKnown(name) ? String(name) : name;
}

function listOf(serviceName: Known<string | undefined>): Known<string | undefined> {
  return typeof serviceName === "string" ? listOfService(serviceName) : serviceName;
}

function ofVpc(
  program: Program,
  from: ProgramResource,
  key: string,
  wanted: Wanted,
  name: (id: string) => string,
): Known<string | undefined> {
  const inputs = new Inputs(program, from);
  const vpcId = inputs.reference(key, wanted);
  if (vpcId === undefined)
    return new Unknown(`the default VPC, which ${from.urn} stands for, is not part of the program`);
  return typeof vpcId === "string" ? name(vpcId) : vpcId;
}
