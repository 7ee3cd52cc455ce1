import type { Properties } from "../../pulumi/resource.ts";
import { ec2Id } from "../placeholders/facts.ts";

/** A resource that exists already, as far as the look-up itself tells. */
export interface FoundResource {
  readonly type: string;
  /** The look-up as a reader would write it: `getVpc({"default":true})`. */
  readonly name: string;
  /** A placeholder, or what the look-up asks for by id. */
  readonly id?: string;
  readonly outputs: Properties;
}

interface Found {
  readonly result: Properties;
  readonly found: readonly FoundResource[];
}

/** A look-up of resources of one type. */
interface LookUp {
  readonly type: string;
  /** Of EC2's ids. */
  readonly prefix: string;
  /** The result's property with the id. */
  readonly id?: string;
  /** The result's property with all ids. */
  readonly ids?: string;
}

/** How many resources stand for a list whose length nobody knows: enough for a subnet in each of the usual zones. */
const listLength = 3;

const lookUps: Readonly<Record<string, LookUp>> = {
  getVpc: { type: "aws:ec2/vpc:Vpc", prefix: "vpc", id: "id" },
  getVpcs: { type: "aws:ec2/vpc:Vpc", prefix: "vpc", ids: "ids" },
  getSubnet: { type: "aws:ec2/subnet:Subnet", prefix: "subnet", id: "id" },
  getSubnets: { type: "aws:ec2/subnet:Subnet", prefix: "subnet", ids: "ids" },
  getSubnetIds: { type: "aws:ec2/subnet:Subnet", prefix: "subnet", ids: "ids" },
  getSecurityGroup: { type: "aws:ec2/securityGroup:SecurityGroup", prefix: "sg", id: "id" },
  getSecurityGroups: { type: "aws:ec2/securityGroup:SecurityGroup", prefix: "sg", ids: "ids" },
  getRouteTable: { type: "aws:ec2/routeTable:RouteTable", prefix: "rtb", id: "routeTableId" },
  getRouteTables: { type: "aws:ec2/routeTable:RouteTable", prefix: "rtb", ids: "ids" },
  getNetworkAcls: { type: "aws:ec2/networkAcl:NetworkAcl", prefix: "acl", ids: "ids" },
  getInternetGateway: { type: "aws:ec2/internetGateway:InternetGateway", prefix: "igw", id: "internetGatewayId" },
  getNatGateway: { type: "aws:ec2/natGateway:NatGateway", prefix: "nat", id: "id" },
  getNatGateways: { type: "aws:ec2/natGateway:NatGateway", prefix: "nat", ids: "ids" },
  getVpcEndpoint: { type: "aws:ec2/vpcEndpoint:VpcEndpoint", prefix: "vpce", id: "id" },
  getVpcPeeringConnection: { type: "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", prefix: "pcx", id: "id" },
  getTransitGateway: { type: "aws:ec2transitgateway/transitGateway:TransitGateway", prefix: "tgw", id: "id" },
  getNetworkInterface: { type: "aws:ec2/networkInterface:NetworkInterface", prefix: "eni", id: "id" },
  getElasticIp: { type: "aws:ec2/eip:Eip", prefix: "eipalloc", id: "id" },
  getInstance: { type: "aws:ec2/instance:Instance", prefix: "i", id: "id" },
  getLaunchTemplate: { type: "aws:ec2/launchTemplate:LaunchTemplate", prefix: "lt", id: "id" },
  getAmi: { type: "aws:ec2/ami:Ami", prefix: "ami", id: "id" },
  getFileSystem: { type: "aws:efs/fileSystem:FileSystem", prefix: "fs", id: "fileSystemId" },
};

/** Modules whose functions those are: `aws:ec2/getVpc:getVpc`. */
const modules = /^aws:(ec2|ec2transitgateway|efs)\//;

/** What only the account knows. Of any other function nothing is known but its arguments. */
export function found(token: string, parameters: Properties): Found {
  const functionName = token.split(":").at(-1) ?? token;
  const name = `${functionName}(${Object.keys(parameters).length === 0 ? "" : JSON.stringify(parameters)})`;
  const lookUp = modules.test(token) && Object.hasOwn(lookUps, functionName) ? lookUps[functionName] : undefined;
  const said = echoed(parameters);
  if (lookUp === undefined) return { result: said, found: [{ type: token, name, outputs: said }] };
  const { type, prefix, id: idKey = "id", ids: idsKey } = lookUp;
  const one = (at: string): FoundResource => {
    const asked = parameters[idKey] ?? parameters.id;
    const id = typeof asked === "string" && idsKey === undefined ? asked : ec2Id(prefix, `${token} ${name}${at}`);
    return { type, name: `${name}${at}`, id, outputs: idsKey === undefined ? said : {} };
  };
  if (idsKey === undefined) {
    const resource = one("");
    return { result: { ...said, [idKey]: resource.id, id: resource.id }, found: [resource] };
  }
  const resources = Array.from({ length: listLength }, (_, at) => one(`[${at}]`));
  return { result: { ...said, [idsKey]: resources.map(({ id }) => id) }, found: resources };
}

/** What is found is as was asked; of filters and tags it has more. */
function echoed(parameters: Properties): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).filter(([key, value]) => key !== "filters" && key !== "tags" && value !== null),
  );
}
