import { unknownValue } from "../../pulumi/resource.ts";
import { ec2Id } from "./facts.ts";
import type { Placeholder, PlaceholderTable } from "./placeholder.ts";

/** An id of EC2's form, and the ARN `ec2:REGION:ACCOUNT:KIND/ID` where the provider has an output for it. */
function ec2Resource(prefix: string, kind?: string, outputs?: Placeholder["outputs"]): Placeholder {
  return {
    id: (resource) => resource.ec2Id(prefix),
    outputs: (resource, id) => ({
      ...(kind === undefined ? {} : { arn: resource.arn("ec2", `${kind}/${id}`), ownerId: resource.account }),
      ...outputs?.(resource, id),
    }),
  };
}

// A VPC comes with these; the resources that adopt them (`aws.ec2.DefaultSecurityGroup`) have the same ids.
const defaultSecurityGroup = (vpcId: string) => ec2Id("sg", `${vpcId} default security group`);
const defaultRouteTable = (vpcId: string) => ec2Id("rtb", `${vpcId} main route table`);
const defaultNetworkAcl = (vpcId: string) => ec2Id("acl", `${vpcId} default network ACL`);

const vpc = ec2Resource("vpc", "vpc", (resource, id) => ({
  defaultSecurityGroupId: defaultSecurityGroup(id),
  defaultRouteTableId: defaultRouteTable(id),
  mainRouteTableId: defaultRouteTable(id),
  defaultNetworkAclId: defaultNetworkAcl(id),
  ...(resource.inputs.assignGeneratedIpv6CidrBlock === true
    ? { ipv6AssociationId: resource.ec2Id("vpc-cidr-assoc") }
    : {}),
}));

const subnet = ec2Resource("subnet", "subnet");

const securityGroup: Placeholder = {
  autoname: "name",
  ...ec2Resource("sg", "security-group"),
};

const routeTable = ec2Resource("rtb", "route-table");
const networkAcl = ec2Resource("acl", "network-acl");

/** Where the id is that of another resource, which the input names. */
const sameAs = (key: string, outputs?: Placeholder["outputs"]): Placeholder => ({
  id: (resource) => resource.text(key, unknownValue),
  ...(outputs === undefined ? {} : { outputs }),
});

const securityGroupRule: Placeholder = {
  id: (resource) => resource.ec2Id("sgr"),
  outputs: (resource, id) => ({ securityGroupRuleId: id, arn: resource.arn("ec2", `security-group-rule/${id}`) }),
};

/** EC2's nouns; ids as in https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html. */
export const ec2: PlaceholderTable = {
  "aws:ec2/vpc:Vpc": vpc,
  "aws:ec2/defaultVpc:DefaultVpc": vpc,
  "aws:ec2/subnet:Subnet": subnet,
  "aws:ec2/defaultSubnet:DefaultSubnet": subnet,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    id: (resource) => defaultSecurityGroup(resource.text("vpcId", `the default VPC of ${resource.region}`)),
    outputs: (resource, id) => ({
      arn: resource.arn("ec2", `security-group/${id}`),
      name: "default",
      ownerId: resource.account,
    }),
  },
  "aws:ec2/securityGroupRule:SecurityGroupRule": { id: (resource) => `sgrule-${parseInt(resource.digits(8), 16)}` },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": securityGroupRule,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": securityGroupRule,
  "aws:ec2/routeTable:RouteTable": routeTable,
  "aws:ec2/defaultRouteTable:DefaultRouteTable": sameAs("defaultRouteTableId", (resource, id) => ({
    arn: resource.arn("ec2", `route-table/${id}`),
    ownerId: resource.account,
  })),
  "aws:ec2/route:Route": { id: (resource) => `r-${resource.text("routeTableId", "rtb")}${resource.digits(10)}` },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ec2Resource("rtbassoc"),
  "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": ec2Resource("rtbassoc"),
  "aws:ec2/networkAcl:NetworkAcl": networkAcl,
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": sameAs("defaultNetworkAclId", (resource, id) => ({
    arn: resource.arn("ec2", `network-acl/${id}`),
    ownerId: resource.account,
  })),
  "aws:ec2/networkAclRule:NetworkAclRule": { id: (resource) => `nacl-${parseInt(resource.digits(8), 16)}` },
  "aws:ec2/networkAclAssociation:NetworkAclAssociation": ec2Resource("aclassoc"),
  "aws:ec2/internetGateway:InternetGateway": ec2Resource("igw", "internet-gateway"),
  "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": {
    id: (resource) => `${resource.text("internetGatewayId", unknownValue)}:${resource.text("vpcId", unknownValue)}`,
  },
  "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": ec2Resource("eigw"),
  "aws:ec2/natGateway:NatGateway": ec2Resource("nat", undefined, (resource) => ({
    networkInterfaceId: resource.ec2Id("eni"),
    associationId: resource.ec2Id("eipassoc"),
  })),
  "aws:ec2/eip:Eip": {
    ...ec2Resource("eipalloc", undefined, (resource, id) => ({
      allocationId: id,
      arn: resource.arn("ec2", `elastic-ip/${id}`),
    })),
  },
  "aws:ec2/eipAssociation:EipAssociation": ec2Resource("eipassoc"),
  "aws:ec2/networkInterface:NetworkInterface": ec2Resource("eni", "network-interface"),
  "aws:ec2/instance:Instance": ec2Resource("i", "instance", (resource) => ({
    primaryNetworkInterfaceId: resource.ec2Id("eni"),
  })),
  "aws:ec2/launchTemplate:LaunchTemplate": {
    autoname: "name",
    id: (resource) => resource.ec2Id("lt"),
    outputs: (resource, id) => ({
      arn: resource.arn("ec2", `launch-template/${id}`),
      latestVersion: 1,
      defaultVersion: 1,
    }),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": ec2Resource("vpce", "vpc-endpoint", (resource) => ({
    // Only those of gateway type have a prefix list: AWS's own of the service, one in a Region.
    ...(resource.text("vpcEndpointType", "Gateway") === "Gateway"
      ? { prefixListId: ec2Id("pl", resource.text("serviceName", unknownValue)) }
      : {}),
  })),
  "aws:ec2/vpcEndpointService:VpcEndpointService": ec2Resource("vpce-svc", "vpc-endpoint-service", (resource, id) => ({
    serviceName: `com.amazonaws.vpce.${resource.region}.${id}`,
  })),
  "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": sameAs("vpcEndpointId"),
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": ec2Resource("pcx"),
  "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": sameAs("vpcPeeringConnectionId"),
  "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions": sameAs("vpcPeeringConnectionId"),
  "aws:ec2/managedPrefixList:ManagedPrefixList": ec2Resource("pl", "prefix-list"),
  "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": ec2Resource("dopt", "dhcp-options"),
  "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": {
    id: (resource) => `${resource.text("dhcpOptionsId", unknownValue)}-${resource.text("vpcId", unknownValue)}`,
  },
  "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": ec2Resource("vpc-cidr-assoc"),
  "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation": ec2Resource("vpc-cidr-assoc"),
  "aws:ec2/flowLog:FlowLog": ec2Resource("fl", "vpc-flow-log"),
  "aws:ec2/customerGateway:CustomerGateway": ec2Resource("cgw", "customer-gateway"),
  "aws:ec2/vpnGateway:VpnGateway": ec2Resource("vgw", "vpn-gateway"),
  "aws:ec2/vpnConnection:VpnConnection": ec2Resource("vpn", "vpn-connection"),
  "aws:ec2/carrierGateway:CarrierGateway": ec2Resource("cagw", "carrier-gateway"),
  "aws:ec2/ami:Ami": ec2Resource("ami"),
  "aws:ebs/volume:Volume": ec2Resource("vol", "volume"),
  "aws:ec2/placementGroup:PlacementGroup": {
    autoname: "name",
    id: (resource) => resource.text("name", resource.autoname),
  },
  "aws:ec2/keyPair:KeyPair": {
    autoname: "keyName",
    id: (resource) => resource.text("keyName", resource.autoname),
  },
  "aws:ec2transitgateway/transitGateway:TransitGateway": ec2Resource("tgw", "transit-gateway", (resource, id) => ({
    associationDefaultRouteTableId: ec2Id("tgw-rtb", `${id} default route table`),
    propagationDefaultRouteTableId: ec2Id("tgw-rtb", `${id} default route table`),
    transitGatewayId: resource.ec2Id("tgw"),
  })),
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": ec2Resource("tgw-attach"),
  "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter": sameAs("transitGatewayAttachmentId"),
  "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": ec2Resource("tgw-attach"),
  "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter": sameAs("transitGatewayAttachmentId"),
  "aws:ec2transitgateway/routeTable:RouteTable": ec2Resource("tgw-rtb", "transit-gateway-route-table"),
  "aws:ec2transitgateway/route:Route": {
    id: (resource) =>
      `${resource.text("transitGatewayRouteTableId", unknownValue)}_${resource.text("destinationCidrBlock", unknownValue)}`,
  },
  "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation": {
    id: (resource) =>
      `${resource.text("transitGatewayRouteTableId", unknownValue)}_${resource.text("transitGatewayAttachmentId", unknownValue)}`,
  },
};
