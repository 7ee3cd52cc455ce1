import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

/** What a job on AWS Batch asks for, each by HTTPS. All but S3, which has a gateway endpoint, have interface endpoints. */
export const services = [
  "ecs",
  "ecs-agent",
  "ecs-telemetry",
  "ecr.api",
  "ecr.dkr",
  "s3",
  "logs",
  "secretsmanager",
  "sts",
  "ssm",
  "monitoring",
  "kms",
] as const;

/** Those that every fourth VPC has no endpoint for: its jobs ask them by transit gateway and a NAT gateway of VPC 0. */
const withoutEndpoint = new Set<string>(["sts", "ssm", "monitoring", "kms"]);

export const subnetsPerVpc = 100;
const zones = ["us-east-1a", "us-east-1b", "us-east-1c"];
const owner = "111122223333";
const rulesPerVpc = 100;
const interfacesPerVpc = 200;

type Json = Record<string, unknown>;

/**
 * Writes an account as `Describe*` responses, the same at every call: `vpcs` VPCs of 100 subnets, each subnet with a route
 * table of its own (as the CDK and awsx make them), 200 network interfaces, 100 rules of security groups, 4 network ACLs,
 * 3 NAT gateways, and an attachment to the one transit gateway. In every tenth VPC a network ACL loses the replies.
 */
export async function writeAccount(folder: string, vpcs: number): Promise<void> {
  const all = new Map<string, Json[]>();
  const add = (key: string, ...resources: Json[]) => all.set(key, [...(all.get(key) ?? []), ...resources]);
  for (let vpc = 0; vpc < vpcs; vpc++) {
    for (const [key, resources] of Object.entries(vpcOf(vpc))) {
      const known = all.get(key) ?? [];
      all.set(key, known);
      known.push(...resources);
    }
  }
  const tgw = { TransitGatewayId: id("tgw", 1) };
  const table = { ...tgw, TransitGatewayRouteTableId: id("tgw-rtb", 1) };
  add("TransitGateways", { ...tgw, State: "available", OwnerId: owner, Options: { DnsSupport: "enable" } });
  add("TransitGatewayRouteTables", { ...table, State: "available", DefaultAssociationRouteTable: true, Tags: [] });
  add("TransitGatewayStaticRoutes", {
    TransitGatewayRouteTableId: table.TransitGatewayRouteTableId,
    Routes: [
      {
        DestinationCidrBlock: "0.0.0.0/0",
        State: "active",
        Type: "static",
        TransitGatewayAttachments: [
          { ResourceId: id("vpc", 0), ResourceType: "vpc", TransitGatewayAttachmentId: id("tgw-attach", 0) },
        ],
      },
    ],
  });
  add("TransitGatewayPropagations", {
    TransitGatewayRouteTableId: table.TransitGatewayRouteTableId,
    TransitGatewayRouteTablePropagations: Array.from({ length: vpcs }, (_, vpc) => ({
      ResourceId: id("vpc", vpc),
      ResourceType: "vpc",
      State: "enabled",
      TransitGatewayAttachmentId: id("tgw-attach", vpc),
    })),
  });
  add("PrefixLists", {
    PrefixListId: "pl-63a5400a",
    PrefixListName: "com.amazonaws.us-east-1.s3",
    Cidrs: ["54.231.0.0/17", "52.216.0.0/15", "3.5.16.0/21", "3.5.0.0/20"],
  });
  for (const key of ["VpcPeeringConnections", "EgressOnlyInternetGateways"]) all.set(key, []);
  add("DhcpOptions", {
    DhcpOptionsId: "dopt-3bb56641",
    DhcpConfigurations: [{ Key: "domain-name-servers", Values: [{ Value: "AmazonProvidedDNS" }] }],
  });
  const region = path.join(folder, "us-east-1");
  await mkdir(region, { recursive: true });
  for (const [key, resources] of all)
    await writeFile(path.join(region, `${key}.json`), JSON.stringify({ [key]: resources }));
}

/** A resource's id: AWS's form, the number readable. */
const id = (prefix: string, number: number) => `${prefix}-${number.toString(16).padStart(17, "0")}`;

/** The 0-based subnets of a VPC by what they are for. */
const publicSubnets = [0, 1, 2];
const innerSubnets = [3, 4, 5];

function vpcOf(vpc: number): Record<string, Json[]> {
  const VpcId = id("vpc", vpc);
  const subnetId = (subnet: number) => id("subnet", vpc * subnetsPerVpc + subnet);
  const tableId = (subnet: number) => id("rtb", vpc * subnetsPerVpc + subnet);
  const subnets = Array.from({ length: subnetsPerVpc }, (_, subnet) => subnet);
  const isSpoke = vpc % 4 === 3;
  const interfaces = interfacesOf(vpc);
  const attachmentId = id("tgw-attach", vpc);
  return {
    Vpcs: [
      {
        VpcId,
        OwnerId: owner,
        State: "available",
        CidrBlock: `10.${vpc}.0.0/16`,
        CidrBlockAssociationSet: [
          {
            AssociationId: id("vpc-cidr-assoc", vpc),
            CidrBlock: `10.${vpc}.0.0/16`,
            CidrBlockState: { State: "associated" },
          },
        ],
        DhcpOptionsId: "dopt-3bb56641",
        InstanceTenancy: "default",
        IsDefault: false,
        Tags: [{ Key: "Name", Value: `vpc ${vpc}` }],
      },
    ],
    VpcAttributes: [
      { VpcId, EnableDnsSupport: { Value: true } },
      { VpcId, EnableDnsHostnames: { Value: true } },
    ],
    Subnets: subnets.map((subnet) => ({
      SubnetId: subnetId(subnet),
      SubnetArn: `arn:aws:ec2:us-east-1:${owner}:subnet/${subnetId(subnet)}`,
      VpcId,
      OwnerId: owner,
      State: "available",
      AvailabilityZone: zones[subnet % 3],
      AvailableIpAddressCount: 240,
      CidrBlock: `10.${vpc}.${subnet}.0/24`,
      Ipv6CidrBlockAssociationSet: [],
      DefaultForAz: false,
      MapPublicIpOnLaunch: publicSubnets.includes(subnet),
      Tags: [{ Key: "Name", Value: `vpc ${vpc} subnet ${subnet}` }],
    })),
    RouteTables: [
      {
        RouteTableId: id("rtb", 0xfff000 + vpc),
        VpcId,
        OwnerId: owner,
        Associations: [{ Main: true, AssociationState: { State: "associated" } }],
        Routes: [localRoute(vpc)],
        Tags: [],
      },
      ...subnets.map((subnet) => ({
        RouteTableId: tableId(subnet),
        VpcId,
        OwnerId: owner,
        Associations: [
          {
            Main: false,
            RouteTableAssociationId: id("rtbassoc", vpc * subnetsPerVpc + subnet),
            RouteTableId: tableId(subnet),
            SubnetId: subnetId(subnet),
            AssociationState: { State: "associated" },
          },
        ],
        Routes: routesOf(vpc, subnet, isSpoke),
        Tags: [{ Key: "Name", Value: `vpc ${vpc} subnet ${subnet}` }],
      })),
    ],
    NetworkAcls: networkAclsOf(vpc, subnets.map(subnetId)),
    SecurityGroups: securityGroupsOf(vpc),
    NetworkInterfaces: interfaces.map(({ json }) => json),
    InternetGateways: [
      {
        InternetGatewayId: id("igw", vpc),
        OwnerId: owner,
        Attachments: [{ State: "available", VpcId }],
        Tags: [],
      },
    ],
    NatGateways: publicSubnets.map((subnet) => ({
      NatGatewayId: id("nat", vpc * 3 + subnet),
      VpcId,
      SubnetId: subnetId(subnet),
      State: "available",
      ConnectivityType: "public",
      NatGatewayAddresses: [
        {
          NetworkInterfaceId: interfaces.find(({ name }) => name === `nat ${subnet}`)?.json.NetworkInterfaceId,
          PrivateIp: `10.${vpc}.${subnet}.10`,
          PublicIp: `54.${vpc}.${subnet}.10`,
          Status: "succeeded",
        },
      ],
      Tags: [],
    })),
    VpcEndpoints: endpointsOf(vpc, isSpoke).map(({ service, number }) => ({
      VpcEndpointId: id("vpce", number),
      VpcId,
      OwnerId: owner,
      ServiceName: `com.amazonaws.us-east-1.${service}`,
      State: "available",
      PolicyDocument: '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
      RequesterManaged: false,
      Tags: [],
      ...(service === "s3"
        ? { VpcEndpointType: "Gateway", RouteTableIds: subnets.map(tableId), PrivateDnsEnabled: false, Groups: [] }
        : {
            VpcEndpointType: "Interface",
            PrivateDnsEnabled: true,
            SubnetIds: innerSubnets.slice(0, 2).map(subnetId),
            Groups: [{ GroupId: groupId(vpc, 1), GroupName: "endpoints" }],
            NetworkInterfaceIds: interfaces
              .filter(({ name }) => name === `endpoint ${service}`)
              .map(({ json }) => json.NetworkInterfaceId),
          }),
    })),
    TransitGatewayAttachments: [
      {
        TransitGatewayAttachmentId: attachmentId,
        TransitGatewayId: id("tgw", 1),
        TransitGatewayOwnerId: owner,
        ResourceId: VpcId,
        ResourceOwnerId: owner,
        ResourceType: "vpc",
        State: "available",
        Association: { State: "associated", TransitGatewayRouteTableId: id("tgw-rtb", 1) },
        Tags: [],
      },
    ],
    TransitGatewayVpcAttachments: [
      {
        TransitGatewayAttachmentId: attachmentId,
        TransitGatewayId: id("tgw", 1),
        VpcId,
        VpcOwnerId: owner,
        State: "available",
        SubnetIds: innerSubnets.map(subnetId),
        Options: { DnsSupport: "enable", Ipv6Support: "disable" },
        Tags: [],
      },
    ],
  };
}

const endpointsOf = (vpc: number, isSpoke: boolean) =>
  services
    .map((service, index) => ({ service, number: vpc * services.length + index }))
    .filter(({ service }) => !(isSpoke && withoutEndpoint.has(service)));

const localRoute = (vpc: number) => ({
  DestinationCidrBlock: `10.${vpc}.0.0/16`,
  GatewayId: "local",
  Origin: "CreateRouteTable",
  State: "active",
});

function routesOf(vpc: number, subnet: number, isSpoke: boolean): Json[] {
  const route = (to: Json, by: Json) => ({ ...to, ...by, Origin: "CreateRoute", State: "active" });
  const tgw = { TransitGatewayId: id("tgw", 1) };
  const byDefault = publicSubnets.includes(subnet)
    ? { GatewayId: id("igw", vpc) }
    : isSpoke
      ? tgw
      : { NatGatewayId: id("nat", vpc * 3 + (subnet % 3)) };
  return [
    localRoute(vpc),
    route({ DestinationCidrBlock: "10.0.0.0/8" }, tgw),
    route({ DestinationCidrBlock: "0.0.0.0/0" }, byDefault),
    route(
      { DestinationPrefixListId: "pl-63a5400a" },
      { GatewayId: id("vpce", vpc * services.length + services.indexOf("s3")) },
    ),
  ];
}

/** The default one, and one each for the public subnets, the inner ones, and half of those for jobs. */
function networkAclsOf(vpc: number, subnetIds: readonly string[]): Json[] {
  const entry = (
    Egress: boolean,
    RuleNumber: number,
    RuleAction: string,
    CidrBlock: string,
    ports?: [number, number],
  ) => ({
    Egress,
    RuleNumber,
    RuleAction,
    CidrBlock,
    Protocol: ports ? "6" : "-1",
    ...(ports ? { PortRange: { From: ports[0], To: ports[1] } } : {}),
  });
  const closing = [entry(true, 32_767, "deny", "0.0.0.0/0"), entry(false, 32_767, "deny", "0.0.0.0/0")];
  const open = [entry(true, 100, "allow", "0.0.0.0/0"), entry(false, 100, "allow", "0.0.0.0/0"), ...closing];
  const strict = (losesReplies: boolean) =>
    [true, false].flatMap((egress) => [
      entry(egress, 10, "deny", "192.168.0.0/16"),
      entry(egress, 20, "deny", "172.16.0.0/12", [0, 1023]),
      entry(egress, 100, "allow", "0.0.0.0/0", [443, 443]),
      entry(egress, 110, "allow", "10.0.0.0/8", [5432, 5432]),
      ...(losesReplies && !egress ? [] : [entry(egress, 120, "allow", "0.0.0.0/0", [1024, 65_535])]),
      entry(egress, 32_767, "deny", "0.0.0.0/0"),
    ]);
  const jobs = subnetIds.slice(6);
  const acls: [string, Json[], readonly string[]][] = [
    ["default", open, jobs.filter((_, index) => index % 2 === 0)],
    ["public", strict(false), subnetIds.slice(0, 3)],
    ["inner", strict(false), subnetIds.slice(3, 6)],
    ["jobs", strict(vpc % 10 === 9), jobs.filter((_, index) => index % 2 === 1)],
  ];
  return acls.map(([name, Entries, own], index) => {
    const NetworkAclId = id("acl", vpc * 4 + index);
    return {
      NetworkAclId,
      VpcId: id("vpc", vpc),
      OwnerId: owner,
      IsDefault: name === "default",
      Entries,
      Associations: own.map((SubnetId) => ({
        NetworkAclAssociationId: SubnetId.replace("subnet", "aclassoc"),
        NetworkAclId,
        SubnetId,
      })),
      Tags: [{ Key: "Name", Value: name }],
    };
  });
}

const groupId = (vpc: number, group: number) => id("sg", vpc * 16 + group);

/** `default`, `endpoints`, `jobs`, and eight of applications that have the other rules. */
function securityGroupsOf(vpc: number): Json[] {
  const permission = (port: number | undefined, peer: { cidr: string } | { group: number }) => ({
    IpProtocol: port === undefined ? "-1" : "tcp",
    ...(port === undefined ? {} : { FromPort: port, ToPort: port }),
    IpRanges: "cidr" in peer ? [{ CidrIp: peer.cidr }] : [],
    Ipv6Ranges: [],
    PrefixListIds: [],
    UserIdGroupPairs: "group" in peer ? [{ GroupId: groupId(vpc, peer.group), UserId: owner }] : [],
  });
  const outward = permission(undefined, { cidr: "0.0.0.0/0" });
  const jobsOutward = Array.from({ length: 9 }, (_, index) => permission(5000 + index, { cidr: `10.${index}.0.0/16` }));
  const groups: [string, Json[], Json[]][] = [
    ["default", [permission(undefined, { group: 0 })], [outward]],
    ["endpoints", [permission(443, { group: 2 }), permission(443, { cidr: `10.${vpc}.0.0/16` })], [outward]],
    ["jobs", [], [...jobsOutward, permission(443, { cidr: "0.0.0.0/0" })]],
  ];
  const applications = 8;
  const rest = rulesPerVpc - groups.reduce((sum, [, inbound, out]) => sum + inbound.length + out.length, 0);
  for (let index = 0; index < applications; index++) {
    const rules = Math.floor(rest / applications) + (index < rest % applications ? 1 : 0);
    const inbound = Array.from({ length: rules - 1 }, (_, rule) =>
      permission(
        8000 + rule,
        rule % 3 === 0 ? { group: 3 + ((index + rule) % 8) } : { cidr: `10.${rule}.${index}.0/24` },
      ),
    );
    groups.push([`application ${index}`, inbound, [outward]]);
  }
  return groups.map(([GroupName, IpPermissions, IpPermissionsEgress], group) => ({
    GroupId: groupId(vpc, group),
    GroupName,
    Description: GroupName,
    VpcId: id("vpc", vpc),
    OwnerId: owner,
    IpPermissions,
    IpPermissionsEgress,
    Tags: [],
  }));
}

/** Those of NAT gateways, attachments and endpoints, and the instances' that make it 200. */
function interfacesOf(vpc: number): { name: string; json: Json }[] {
  const found: { name: string; json: Json }[] = [];
  const used = new Map<number, number>();
  const add = (name: string, InterfaceType: string, subnet: number, groups: number[], publicAddress?: string) => {
    const host = (used.get(subnet) ?? 9) + 1;
    used.set(subnet, host);
    const PrivateIpAddress = `10.${vpc}.${subnet}.${host}`;
    const number = vpc * interfacesPerVpc + found.length;
    const Association = publicAddress && { Association: { PublicIp: publicAddress, IpOwnerId: owner } };
    found.push({
      name,
      json: {
        NetworkInterfaceId: id("eni", number),
        InterfaceType,
        Description: name,
        VpcId: id("vpc", vpc),
        SubnetId: id("subnet", vpc * subnetsPerVpc + subnet),
        AvailabilityZone: zones[subnet % 3],
        OwnerId: owner,
        MacAddress: `12:ee:${number.toString(16).padStart(8, "0").match(/../g)?.join(":")}`,
        PrivateIpAddress,
        PrivateIpAddresses: [{ Primary: true, PrivateIpAddress, ...Association }],
        Ipv6Addresses: [],
        ...Association,
        Groups: groups.map((group) => ({ GroupId: groupId(vpc, group) })),
        Attachment: {
          AttachmentId: id("eni-attach", number),
          DeviceIndex: InterfaceType === "interface" ? 0 : 1,
          Status: "attached",
          ...(InterfaceType === "interface" ? { InstanceId: id("i", number) } : {}),
        },
        RequesterManaged: InterfaceType !== "interface",
        SourceDestCheck: InterfaceType !== "nat_gateway",
        Status: "in-use",
        TagSet: [],
      },
    });
  };
  for (const subnet of publicSubnets) add(`nat ${subnet}`, "nat_gateway", subnet, [], `54.${vpc}.${subnet}.10`);
  for (const subnet of innerSubnets) add("attachment", "transit_gateway", subnet, []);
  for (const { service } of endpointsOf(vpc, vpc % 4 === 3)) {
    if (service === "s3") continue;
    for (const subnet of innerSubnets.slice(0, 2)) add(`endpoint ${service}`, "vpc_endpoint", subnet, [1]);
  }
  const jobSubnets = subnetsPerVpc - publicSubnets.length - innerSubnets.length;
  for (let index = 0; found.length < interfacesPerVpc; index++)
    add("instance", "interface", 6 + (index % jobSubnets), [0, 3 + (index % 8)]);
  return found;
}
