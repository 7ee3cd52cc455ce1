import test from "ava";
import { Unknown } from "../../../network/reachability/known.ts";
import { faultsOf, type Json, networkInterface, read, responses, subnet } from "./snapshot-files.ts";

type Change = (all: Record<string, Json>) => void;

const first =
  (key: string, fields: Json): Change =>
  (all) =>
    Object.assign(all[key][0], fields);
const rule =
  (fields: Json): Change =>
  (all) =>
    Object.assign(all.NetworkAcls[0].Entries[0], fields);
const permission =
  (fields: Json): Change =>
  (all) =>
    Object.assign(all.SecurityGroups[0].IpPermissions[0], fields);
const route =
  (fields: Json): Change =>
  (all) =>
    Object.assign(all.RouteTables[0].Routes[1], fields);
const nat =
  (fields: Json): Change =>
  (all) => {
    all.NatGateways = [{ NatGatewayId: "nat-1", VpcId: "vpc-1", SubnetId: "subnet-1", State: "available", ...fields }];
  };
const endpoint =
  (fields: Json): Change =>
  (all) => {
    all.VpcEndpoints = [
      {
        VpcEndpointId: "vpce-1",
        VpcEndpointType: "Interface",
        VpcId: "vpc-1",
        ServiceName: "com.amazonaws.us-east-1.ecs",
        State: "available",
        ...fields,
      },
    ];
  };

const cases: readonly (readonly [title: string, change: Change, faults: readonly string[]])[] = [
  ["a response that is no list", (all) => Object.assign(all, { Vpcs: {} }), ["Vpcs is an object; it must be an array"]],
  ["a member that is no object", (all) => all.Vpcs.push(null), ["Vpcs[1] is null; it must be an object"]],
  ["a member without an id", first("Subnets", { SubnetId: 7 }), ["a member of Subnets has no SubnetId"]],
  [
    "several faults of one resource",
    first("Subnets", { VpcId: 1, CidrBlock: "10.0.1.0/240", MapPublicIpOnLaunch: "yes" }),
    [
      "subnet-1: VpcId is a number; it must be a string",
      'subnet-1: CidrBlock "10.0.1.0/240" is no IPv4 CIDR block',
      "subnet-1: MapPublicIpOnLaunch is a string; it must be true or false",
    ],
  ],
  [
    "a required field that is missing",
    first("Subnets", { VpcId: undefined }),
    ["subnet-1: VpcId is missing; it must be a string"],
  ],
  [
    "an address that is none",
    first("NetworkInterfaces", { PrivateIpAddresses: [{ PrivateIpAddress: "10.0.1" }] }),
    ['eni-1: PrivateIpAddresses[0].PrivateIpAddress "10.0.1" is no IPv4 address'],
  ],
  [
    "a port that is none",
    permission({ ToPort: 65_536 }),
    ["sg-1: IpPermissions[0].ToPort is 65536; it must be a whole number from -1 to 65535"],
  ],
  [
    "a port with a fraction",
    permission({ ToPort: 443.5 }),
    ["sg-1: IpPermissions[0].ToPort is 443.5; it must be a whole number from -1 to 65535"],
  ],
  [
    "a port as text",
    permission({ ToPort: "443" }),
    ["sg-1: IpPermissions[0].ToPort is a string; it must be a number from -1 to 65535"],
  ],
  [
    "ports the wrong way round",
    permission({ ToPort: 442 }),
    ["sg-1: IpPermissions[0].ToPort is 442; it must be at least 443, which FromPort is"],
  ],
  [
    "a protocol that is none",
    permission({ IpProtocol: "tpc" }),
    ['sg-1: IpPermissions[0].IpProtocol "tpc" is no protocol'],
  ],
  [
    "an IPv6 block in an IPv4 range",
    permission({ IpRanges: [{ CidrIp: "::/0" }] }),
    ['sg-1: IpPermissions[0].IpRanges[0].CidrIp "::/0" is no IPv4 CIDR block'],
  ],
  [
    "a rule number that is none",
    rule({ RuleNumber: 0 }),
    ["acl-1: Entries[0].RuleNumber is 0; it must be a whole number from 1 to 32768"],
  ],
  [
    "two rules of one number",
    rule({ RuleNumber: 32_767 }),
    ["acl-1: Entries[1].RuleNumber is 32767, as another's in this direction is"],
  ],
  [
    "an action that is none",
    rule({ RuleAction: "drop" }),
    ['acl-1: Entries[0].RuleAction is "drop"; it must be allow or deny'],
  ],
  [
    "a direction that is not told",
    rule({ Egress: undefined }),
    ["acl-1: Entries[0].Egress is missing; it must be true or false"],
  ],
  [
    "a rule without a block",
    rule({ CidrBlock: undefined }),
    ["acl-1: Entries[0].CidrBlock is missing; it must be a string"],
  ],
  [
    "ICMP's type and code, which have no order",
    permission({ IpProtocol: "icmp", FromPort: 8, ToPort: 300 }),
    ["sg-1: IpPermissions[0].ToPort is 300; it must be a whole number from -1 to 255"],
  ],
  [
    "a destination that is none",
    route({ DestinationCidrBlock: "everywhere" }),
    ['rtb-1: Routes[1].DestinationCidrBlock "everywhere" is no IPv4 CIDR block'],
  ],
  ["a policy that is no JSON", endpoint({ PolicyDocument: "{" }), ["vpce-1: PolicyDocument is not JSON"]],
  [
    "a line break in a value",
    first("Vpcs", { CidrBlockAssociationSet: [], CidrBlock: "a\nb" }),
    ['vpc-1: CidrBlock "a\\nb" is no IPv4 CIDR block'],
  ],
  // References
  [
    "a subnet's VPC",
    first("Subnets", { VpcId: "vpc-9", SubnetId: "subnet-3", CidrBlock: "10.0.3.0/24" }),
    [
      "subnet-3: VpcId is vpc-9, which Vpcs do not have",
      "acl-1: Associations.SubnetId is subnet-1, which Subnets do not have",
      "eni-1: SubnetId is subnet-1, which Subnets do not have",
    ],
  ],
  [
    "a route table's VPC and subnet",
    (all) => {
      all.RouteTables[0].VpcId = "vpc-9";
      all.RouteTables[0].Associations.push({ SubnetId: "subnet-9" });
    },
    [
      "rtb-1: VpcId is vpc-9, which Vpcs do not have",
      "rtb-1: Associations.SubnetId is subnet-9, which Subnets do not have",
    ],
  ],
  [
    "an interface's group",
    first("NetworkInterfaces", { Groups: [{ GroupId: "sg-9" }] }),
    ["eni-1: Groups.GroupId is sg-9, which SecurityGroups do not have"],
  ],
  [
    "an interface in another VPC than its subnet",
    first("NetworkInterfaces", { VpcId: "vpc-9" }),
    ["eni-1: VpcId is vpc-9, and that of its subnet-1 is vpc-1", "eni-1: VpcId is vpc-9, which Vpcs do not have"],
  ],
  ["a NAT gateway's subnet", nat({ SubnetId: "subnet-9" }), ["nat-1: SubnetId is subnet-9, which Subnets do not have"]],
  [
    "an endpoint's subnets, tables, interfaces and groups",
    endpoint({
      SubnetIds: ["subnet-9"],
      RouteTableIds: ["rtb-9"],
      NetworkInterfaceIds: ["eni-9"],
      Groups: [{ GroupId: "sg-9" }],
    }),
    [
      "vpce-1: SubnetIds is subnet-9, which Subnets do not have",
      "vpce-1: RouteTableIds is rtb-9, which RouteTables do not have",
      "vpce-1: NetworkInterfaceIds is eni-9, which NetworkInterfaces do not have",
      "vpce-1: Groups.GroupId is sg-9, which SecurityGroups do not have",
    ],
  ],
  [
    "an internet gateway's VPC",
    first("InternetGateways", { Attachments: [{ State: "available", VpcId: "vpc-9" }] }),
    ["igw-1: Attachments.VpcId is vpc-9, which Vpcs do not have"],
  ],
  [
    "an attachment's VPC and subnets",
    (all) => {
      all.TransitGatewayVpcAttachments = [
        {
          TransitGatewayAttachmentId: "tgw-attach-1",
          TransitGatewayId: "tgw-1",
          VpcId: "vpc-9",
          SubnetIds: ["subnet-9"],
          State: "available",
        },
      ];
    },
    [
      "tgw-attach-1: VpcId is vpc-9, which Vpcs do not have",
      "tgw-attach-1: SubnetIds is subnet-9, which Subnets do not have",
    ],
  ],
  // What can't be true
  [
    "subnets that overlap",
    first("Subnets", { CidrBlock: "10.0.0.0/22" }),
    ["subnet-2: 10.0.2.0/24 overlaps 10.0.0.0/22 of subnet-1 in us-east-1/all.json"],
  ],
  [
    "an address that two interfaces hold",
    (all) => all.NetworkInterfaces.push(networkInterface("eni-3", "subnet-1", "10.0.1.10")),
    ["eni-3: 10.0.1.10 is an address of eni-1 in us-east-1/all.json too"],
  ],
  [
    "a public address that Addresses have otherwise",
    (all) => {
      all.NetworkInterfaces[0].PrivateIpAddresses[0].Association = { PublicIp: "3.0.0.1" };
      all.Addresses = [{ PublicIp: "3.0.0.2", NetworkInterfaceId: "eni-1", PrivateIpAddress: "10.0.1.10" }];
    },
    ["eni-1: PrivateIpAddresses[0].Association.PublicIp is 3.0.0.1, and 3.0.0.2 in Addresses of us-east-1/all.json"],
  ],
  [
    "a public address that is two interfaces'",
    (all) => {
      for (const one of all.NetworkInterfaces) one.PrivateIpAddresses[0].Association = { PublicIp: "3.0.0.1" };
    },
    ["eni-2: 3.0.0.1 is an address of eni-1 in us-east-1/all.json too"],
  ],
  [
    "a subnet with two network ACLs",
    (all) =>
      all.NetworkAcls.push({ ...all.NetworkAcls[0], NetworkAclId: "acl-2", Associations: [{ SubnetId: "subnet-1" }] }),
    ["acl-2: it is the network ACL of subnet-1, and so is acl-1"],
  ],
  [
    "a VPC with two main route tables",
    (all) => all.RouteTables.push({ ...all.RouteTables[0], RouteTableId: "rtb-2" }),
    ["rtb-2: it is the main route table of vpc-1, and so is rtb-1"],
  ],
  [
    "a page of several",
    (all) => Object.assign(all, { NextToken: "x" }),
    [...Object.keys(responses())].map(
      (key) => `us-east-1/all.json has a NextToken: ${key} have more pages; save them all`,
    ),
  ],
];

for (const [title, change, faults] of cases) {
  test(`${title}: ${faults.length === 1 ? "a fault" : "faults"}, each with file and id`, async (t) => {
    const all = responses();
    change(all);
    t.deepEqual(await faultsOf(t, { "us-east-1/all.json": all }), faults);
  });
}

test("what the files of two accounts say of one resource is one where they agree, whoever is told more", async (t) => {
  const [first] = responses().NetworkInterfaces;
  const withAddress = networkInterface("eni-1", "subnet-1", "10.0.1.10");
  withAddress.PrivateIpAddresses[0].Association = { PublicIp: "3.0.0.1" };
  const topology = await read(t, {
    "accounts/111111111111/us-east-1/all.json": { ...responses(), NetworkInterfaces: [first] },
    "accounts/222222222222/us-east-1/all.json": {
      Subnets: [{ ...responses().Subnets[0], AvailabilityZone: "us-east-1f" }],
      NetworkInterfaces: [withAddress],
      RouteTables: [{ ...responses().RouteTables[0], Associations: [] }],
      InternetGateways: [],
      NatGateways: [],
      VpcEndpoints: [],
    },
  });
  const [one] = (topology.networkInterfaces as ReadonlyMap<string, Json>).values();
  t.is(one.addresses[0].publicAddress, 0x03000001);
  const [table] = (topology.routeTables as ReadonlyMap<string, Json>).values();
  t.deepEqual(table.associations, [{ isMain: true }]);
});

test("where two accounts are told different things of a resource its owner is right, whichever is read first", async (t) => {
  const participants = networkInterface("eni-1", "subnet-1", "10.0.1.10", { OwnerId: "000000000000" });
  const reservation = { ReservationId: "r-1", Instances: [{ InstanceId: "i-1", State: { Name: "stopped" } }] };
  // Whoever shares the subnet is not told whose instance it is.
  const shared = { ...participants, RequesterId: "amazon-elb", Attachment: { DeviceIndex: 0 } };
  for (const account of ["000000000000", "999999999999"]) {
    const all = responses();
    all.NetworkInterfaces = [{ ...participants, OwnerId: account }];
    all.Vpcs[0].DhcpOptionsId = "dopt-9";
    const topology = await read(t, {
      "accounts/111111111111/us-east-1/all.json": {
        ...responses(),
        NetworkInterfaces: [{ ...shared, OwnerId: account }],
      },
      [`accounts/${account}/us-east-1/all.json`]: { ...all, Reservations: [reservation] },
    });
    const [one] = (topology.networkInterfaces as ReadonlyMap<string, Json>).values();
    t.like(one, { type: "interface", isInUse: false });
    const [vpc] = (topology.vpcs as ReadonlyMap<string, Json>).values();
    t.is(vpc.dhcpOptionsId, "dopt-1");
  }
});

test("what two files say differently of one resource is a fault that names both", async (t) => {
  const other = subnet("subnet-1", "10.0.5.0/24");
  t.deepEqual(await faultsOf(t, { "us-east-1/all.json": responses(), "us-east-1/more.json": { Subnets: [other] } }), [
    "us-east-1/more.json: subnet-1: its cidrBlocks differs from what us-east-1/all.json tells",
  ]);
  const shorter = { ...responses().RouteTables[0], Routes: [] };
  t.deepEqual(
    await faultsOf(t, { "us-east-1/all.json": responses(), "us-east-1/more.json": { RouteTables: [shorter] } }),
    ["us-east-1/more.json: rtb-1: its routes differs from what us-east-1/all.json tells"],
  );
});

test("the same resource twice, in another order, is one", async (t) => {
  const again = responses();
  for (const list of Object.values(again)) list.reverse();
  again.NetworkAcls[0].Entries.reverse();
  await t.notThrowsAsync(read(t, { "us-east-1/1.json": responses(), "us-east-1/2.json": again }));
});

const legitimate: readonly (readonly [title: string, change: Change])[] = [
  [
    "a rule that refers to a group of a peered VPC",
    permission({ UserIdGroupPairs: [{ GroupId: "sg-9", UserId: "2" }] }),
  ],
  ["a route to what is gone", route({ GatewayId: undefined, NatGatewayId: "nat-9", State: "blackhole" })],
  [
    "a peering of VPCs that are others'",
    (all) => {
      const side = (VpcId: string) => ({ VpcId, OwnerId: "2", Region: "us-west-2" });
      all.VpcPeeringConnections = [
        {
          VpcPeeringConnectionId: "pcx-1",
          Status: { Code: "deleted" },
          AccepterVpcInfo: side("vpc-8"),
          RequesterVpcInfo: side("vpc-9"),
        },
      ];
    },
  ],
  [
    "an interface in a subnet that another account shares",
    (all) => {
      all.Subnets.push(subnet("subnet-9", "10.9.0.0/24", { VpcId: "vpc-9", OwnerId: "222222222222" }));
      all.NetworkInterfaces.push(networkInterface("eni-9", "subnet-9", "10.9.0.10", { VpcId: "vpc-9" }));
    },
  ],
  [
    "a participant's interface, with its own group, in a shared subnet",
    (all) => {
      all.NetworkInterfaces.push(
        networkInterface("eni-9", "subnet-1", "10.0.1.99", { OwnerId: "2", Groups: [{ GroupId: "sg-9" }] }),
      );
    },
  ],
  ["a NAT gateway that was deleted with its subnet", nat({ SubnetId: "subnet-9", State: "deleted" })],
  [
    "an attachment of another account's VPC",
    (all) => {
      all.TransitGatewayVpcAttachments = [
        {
          TransitGatewayAttachmentId: "tgw-attach-1",
          TransitGatewayId: "tgw-1",
          VpcId: "vpc-9",
          VpcOwnerId: "2",
          SubnetIds: ["subnet-9"],
          State: "available",
        },
      ];
    },
  ],
  [
    "a NAT gateway of another account's VPC, in a subnet that is not shared",
    (all) => {
      all.Vpcs.push({ ...all.Vpcs[0], VpcId: "vpc-9", OwnerId: "222222222222" });
      all.InternetGateways = [];
      nat({ VpcId: "vpc-9", SubnetId: "subnet-9" })(all);
    },
  ],
  [
    "empty texts where there is nothing to say",
    (all) => {
      all.Addresses = [{ PublicIp: "3.0.0.1", InstanceId: "", NetworkInterfaceId: "", PrivateIpAddress: "" }];
      all.NetworkInterfaces[0].Attachment.InstanceId = "";
      Object.assign(all.RouteTables[0].Routes[1], { InstanceId: "", NatGatewayId: "", DestinationPrefixListId: "" });
    },
  ],
  ["a carrier's address", (all) => Object.assign(all, { Addresses: [{ CarrierIp: "3.0.0.1" }] })],
  [
    "a rule for a group that is told by its name",
    permission({ UserIdGroupPairs: [{ GroupName: "old", UserId: "1" }] }),
  ],
  ["empty ranges", rule({ PortRange: {}, IcmpTypeCode: {} })],
  ["a policy as the object that its text is of", endpoint({ PolicyDocument: { Statement: [] } })],
  ["references into a response that no file holds", (all) => delete all.Subnets],
];

for (const [title, change] of legitimate) {
  test(`no fault: ${title}`, async (t) => {
    const all = responses();
    change(all);
    await t.notThrowsAsync(read(t, { "us-east-1/all.json": all }));
  });
}

test("an address of an interface that nobody lists makes nothing known, and pages that go on to the last are whole", async (t) => {
  const { Vpcs, ...rest } = responses();
  const { vpcs, prefixLists } = await read(t, {
    "us-east-1/1.json": { Vpcs, NextToken: "2" },
    "us-east-1/2.json": { Vpcs: [], ...rest },
  });
  t.false(vpcs instanceof Unknown);
  t.true(prefixLists instanceof Unknown);
});
