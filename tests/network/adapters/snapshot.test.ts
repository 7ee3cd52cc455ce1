import test, { type ExecutionContext } from "ava";
import { readSnapshot } from "../../../network/adapters/snapshot.ts";
import { parseCidr } from "../../../network/reachability/address.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import type { Collection, Topology, Vpc } from "../../../network/reachability/topology.ts";
import { at } from "../topology.ts";
import { type Json, networkInterface, read, readOne, responses } from "./snapshot-files.ts";

/** A resource of a collection that is known to hold it. */
function get<R>(collection: Collection<R>, id: string): R {
  const found = collection instanceof Unknown ? undefined : collection.get(id);
  if (!found) throw new Error(`${id} is missing`);
  return found;
}

/** What `change` makes of the small network. */
function readWith(t: ExecutionContext, change: (all: Record<string, Json>) => void): Promise<Topology> {
  const all = responses();
  change(all);
  return readOne(t, all);
}

const interfaceWith = async (t: ExecutionContext, more: Json, rest: Json = {}) =>
  get(
    (
      await readWith(t, (all) => {
        Object.assign(all, rest).NetworkInterfaces = [networkInterface("eni-1", "subnet-1", "10.0.1.10", more)];
      })
    ).networkInterfaces,
    "eni-1",
  );

test("a network interface: index, prefixes, the primary address first, its public addresses", async (t) => {
  const one = await interfaceWith(t, {
    Attachment: { InstanceId: "i-1", DeviceIndex: 1 },
    PrivateIpAddresses: [
      { Primary: false, PrivateIpAddress: "10.0.1.11", Association: { PublicIp: "3.0.0.1" } },
      { Primary: true, PrivateIpAddress: "10.0.1.10" },
    ],
    Ipv6Addresses: [{ Ipv6Address: "2600::1" }, { Ipv6Address: "2600::2", IsPrimaryIpv6: true }],
    Ipv4Prefixes: [{ Ipv4Prefix: "10.0.1.32/28" }],
    Ipv6Prefixes: [{ Ipv6Prefix: "2600:0:0:0:1::/80" }],
  });
  t.like(one, { instanceId: "i-1", deviceIndex: 1, isInUse: true, type: "interface" });
  t.deepEqual(one.delegatedPrefixes, [parseCidr("10.0.1.32/28"), parseCidr("2600:0:0:0:1::/80")]);
  t.deepEqual(one.addresses, [
    { family: 4, value: at("10.0.1.10"), publicAddress: undefined },
    { family: 4, value: at("10.0.1.11"), publicAddress: at("3.0.0.1") },
    { family: 6, value: at("2600::2"), publicAddress: undefined },
    { family: 6, value: at("2600::1"), publicAddress: undefined },
  ]);
});

const types: readonly (readonly [fields: Json, type: string])[] = [
  [{ InterfaceType: "natGateway" }, "nat_gateway"],
  [{ InterfaceType: "nat_gateway" }, "nat_gateway"],
  [{ InterfaceType: "vpc_endpoint" }, "vpc_endpoint"],
  [{ InterfaceType: "efa" }, "interface"],
  [{ InterfaceType: "lambda" }, "other"],
  [{ InterfaceType: "network_load_balancer" }, "other"],
  [{ InterfaceType: "gateway_load_balancer" }, "other"],
  [{ Description: "ELB app/main/50dc6c495c0c9188" }, "other"],
  [{ RequesterId: "amazon-elb" }, "other"],
  [{ RequesterId: "amazon-elasticloadbalancing" }, "other"],
];

for (const [fields, type] of types) {
  test(`an interface with ${JSON.stringify(fields)} is of type ${type}`, async (t) => {
    t.is<string, string>((await interfaceWith(t, fields)).type, type);
  });
}

const instances = (state: string) => ({
  Reservations: [{ Instances: [{ InstanceId: "i-1", State: { Name: state } }] }],
});
const uses: readonly (readonly [title: string, fields: Json, rest: Json, isInUse: boolean | "unknown"])[] = [
  ["is available", { Status: "available" }, {}, false],
  ["is in use, its instance not told", {}, {}, true],
  ["is in use, its instance not among those told", {}, { Reservations: [] }, true],
  ["is of a running instance", {}, instances("running"), true],
  ["is of a stopped instance", {}, instances("stopped"), false],
  ["is of an instance that is shutting down", {}, instances("shutting-down"), false],
  ["is of an instance that starts", {}, instances("pending"), "unknown"],
];

for (const [title, fields, rest, isInUse] of uses) {
  test(`an interface that ${title} is ${isInUse === false ? "not " : ""}in use${isInUse === "unknown" ? ", or not" : ""}`, async (t) => {
    const one = await interfaceWith(t, fields, rest);
    if (isInUse === "unknown") t.true(one.isInUse instanceof Unknown);
    else t.is(one.isInUse, isInUse);
  });
}

test("an elastic address counts where the interface shows none", async (t) => {
  const Addresses = [
    { PublicIp: "3.0.0.9", AssociationId: "a", NetworkInterfaceId: "eni-1", PrivateIpAddress: "10.0.1.10" },
    { PublicIp: "3.0.0.10" },
  ];
  const { addresses } = await interfaceWith(t, {}, { Addresses });
  t.deepEqual(addresses, [{ family: 4, value: at("10.0.1.10"), publicAddress: at("3.0.0.9") }]);
});

test("an interface shows the association of its primary address twice; of one without an address it is unknown", async (t) => {
  const publicOf = async (more: Json) => ((await interfaceWith(t, more)).addresses as Json)[0].publicAddress;
  t.is(await publicOf({ Association: { PublicIp: "3.0.0.1" } }), at("3.0.0.1"));
  t.is(await publicOf({ Association: { CarrierIp: "155.0.0.1" } }), undefined);
  t.true((await publicOf({ Association: { AllocationId: "eipalloc-1" } })) instanceof Unknown);
});

test("an interface of a service of AWS has the ports that it answers; what is an instance's is none", async (t) => {
  const managed = (Description: string, more: Json = {}) => interfaceWith(t, { Attachment: {}, Description, ...more });
  t.deepEqual((await managed("EFS mount target for fs-1 (fsmt-1)")).service, { name: "EFS", ports: [2049] });
  t.is((await managed("", { RequesterId: "amazon-rds" })).service?.name, "RDS");
  t.is((await managed("arn:aws:ecs:us-east-1:1:attachment/1")).service, undefined);
  t.is((await interfaceWith(t, { Description: "RDSNetworkInterface" })).service, undefined);
});

test("of a load balancer's interface the listeners are known where they are told, and that an application one answers echo", async (t) => {
  const arn = (kind: string, name: string) => `arn:aws:elasticloadbalancing:us-east-1:1:${kind}/${name}`;
  const serviceOf = async (name: string, listeners: Json) => {
    const all = responses();
    all.NetworkInterfaces[0] = networkInterface("eni-1", "subnet-1", "10.0.1.10", { Description: `ELB ${name}` });
    all.LoadBalancers = [{ LoadBalancerArn: arn("loadbalancer", "net/one/1") }];
    Object.assign(all, listeners);
    return get((await readOne(t, all)).networkInterfaces, "eni-1").service;
  };
  const own = { LoadBalancerListeners: [{ ListenerArn: arn("listener", "net/one/1/2"), Port: 82 }, {}] };
  const name = "load balancer net/one/1";
  t.deepEqual(await serviceOf("net/one/1", own), { name, ports: [], answersEcho: false, listeners: [82] });
  t.deepEqual(await serviceOf("net/one/1", { LoadBalancerListeners: [] }), {
    name,
    ports: [],
    answersEcho: false,
    listeners: [],
  });
  t.deepEqual(await serviceOf("net/one/1", {}), { name, ports: [], answersEcho: false });
  t.like(await serviceOf("app/two/1", own), { answersEcho: true, listeners: undefined });
  t.is(await serviceOf("classic", own), undefined);
});

test("an interface that does not tell its type is an instance's, or nobody knows what", async (t) => {
  t.is((await interfaceWith(t, { InterfaceType: undefined })).type, "interface");
  const untold = { InterfaceType: undefined, Attachment: { DeviceIndex: 1 } };
  t.is((await interfaceWith(t, untold)).type, "other");
  t.is((await interfaceWith(t, { ...untold, Description: "Interface for NAT Gateway nat-1" })).type, "nat_gateway");
});

test("a VPC's DNS attributes: its own, those of VpcAttributes, else unknown with the call that tells", async (t) => {
  const own = await readWith(t, ({ Vpcs }) =>
    Object.assign(Vpcs[0], { EnableDnsSupport: true, EnableDnsHostnames: { Value: false } }),
  );
  t.like(get(own.vpcs, "vpc-1"), { enableDnsSupport: true, enableDnsHostnames: false });
  const told = await readWith(t, (all) => {
    all.VpcAttributes = [
      { VpcId: "vpc-1", EnableDnsSupport: { Value: false } },
      { VpcId: "vpc-1", EnableDnsHostnames: { Value: true } },
    ];
  });
  t.like(get(told.vpcs, "vpc-1"), { enableDnsSupport: false, enableDnsHostnames: true });
  const { enableDnsSupport } = get((await readOne(t, responses())).vpcs, "vpc-1");
  t.regex((enableDnsSupport as Unknown).reason, /EnableDnsSupport of vpc-1, which DescribeVpcAttribute does/);
});

test("Block Public Access: its mode, and the exclusions that are in force", async (t) => {
  const options = { AwsAccountId: "111111111111", AwsRegion: "us-east-1", InternetGatewayBlockMode: "block-ingress" };
  const exclusion = (State: string, what: string, region = "us-east-1") => ({
    ExclusionId: "vpcbpa-exclude-1",
    ResourceArn: `arn:aws:ec2:${region}:111111111111:${what}`,
    InternetGatewayExclusionMode: "allow-egress",
    State,
  });
  const reads = async (VpcBlockPublicAccessExclusions: Json) =>
    (await readOne(t, { ...responses(), VpcBlockPublicAccessOptions: options, VpcBlockPublicAccessExclusions }))
      .blockPublicAccess as readonly Json[];
  const [one] = await reads([
    exclusion("create-complete", "vpc/vpc-1"),
    exclusion("update-complete", "subnet/subnet-1"),
    exclusion("delete-complete", "vpc/vpc-2"),
    exclusion("create-complete", "vpc/vpc-3", "us-west-2"),
  ]);
  t.deepEqual(one, {
    ownerId: "111111111111",
    region: "us-east-1",
    mode: "block-ingress",
    exclusions: [
      { resourceId: "vpc-1", mode: "allow-egress" },
      { resourceId: "subnet-1", mode: "allow-egress" },
    ],
  });
  t.true((await reads([exclusion("create-in-progress", "vpc/vpc-1")]))[0].exclusions instanceof Unknown);
  t.true((await reads(undefined))[0].exclusions instanceof Unknown);
  t.deepEqual((await readOne(t, { ...responses(), VpcBlockPublicAccessExclusions: [] })).blockPublicAccess, []);
  const off = { InternetGatewayBlockMode: "off" };
  t.deepEqual((await readOne(t, { ...responses(), VpcBlockPublicAccessOptions: off })).blockPublicAccess, []);
});

test("NAT gateways: the primary address first; a deleted one has none; of a regional one the subnet is unknown", async (t) => {
  const gateway = (NatGatewayId: string, more: Json) => ({
    NatGatewayId,
    VpcId: "vpc-1",
    SubnetId: "subnet-1",
    State: "available",
    NatGatewayAddresses: [
      { PrivateIp: "10.0.1.8", PublicIp: "3.0.0.8", IsPrimary: false },
      { PrivateIp: "10.0.1.7", PublicIp: "3.0.0.7", IsPrimary: true },
    ],
    ...more,
  });
  const { natGateways } = await readWith(t, (all) => {
    all.NatGateways = [
      gateway("nat-1", {}),
      gateway("nat-2", { State: "deleted" }),
      gateway("nat-3", { AvailabilityMode: "regional", NatGatewayAddresses: [] }),
      gateway("nat-4", { SubnetId: undefined, ConnectivityType: "private", NatGatewayAddresses: [] }),
    ];
  });
  t.deepEqual(get(natGateways, "nat-1").addresses, [
    { privateAddress: at("10.0.1.7") as number, publicAddress: at("3.0.0.7") as number },
    { privateAddress: at("10.0.1.8") as number, publicAddress: at("3.0.0.8") as number },
  ]);
  t.deepEqual(get(natGateways, "nat-2").addresses, []);
  for (const id of ["nat-3", "nat-4"])
    t.is((get(natGateways, id).subnetId as Unknown).reason, "regional NAT gateways are not modelled");
  t.is(get(natGateways, "nat-4").connectivityType, "private");
});

test("VPC endpoints: their type, state and private names", async (t) => {
  const endpoint = (VpcEndpointId: string, VpcEndpointType: string, more: Json = {}) => ({
    VpcEndpointId,
    VpcEndpointType,
    VpcId: "vpc-1",
    ServiceName: "com.amazonaws.us-east-1.s3",
    State: "Available",
    PrivateDnsEnabled: true,
    RouteTableIds: [],
    SubnetIds: [],
    NetworkInterfaceIds: [],
    Groups: [],
    ...more,
  });
  const { vpcEndpoints } = await readWith(t, (all) => {
    all.VpcEndpoints = [
      endpoint("vpce-1", "Interface", { DnsOptions: { PrivateDnsOnlyForInboundResolverEndpoint: true } }),
      endpoint("vpce-2", "GatewayLoadBalancer"),
      endpoint("vpce-3", "Resource", { ServiceName: undefined }),
      endpoint("vpce-4", "Interface", { SubnetIds: undefined }),
    ];
  });
  t.like(get(vpcEndpoints, "vpce-1"), {
    type: "Interface",
    state: "available",
    privateDnsEnabled: true,
    privateDnsOnlyForInboundResolverEndpoint: true,
  });
  t.is(get(vpcEndpoints, "vpce-2").type, "other");
  t.is(get(vpcEndpoints, "vpce-3").type, "other");
  t.true(get(vpcEndpoints, "vpce-4").subnetIds instanceof Unknown);
});

test("routes: targets that are not modelled, states that are not told, gateways' tables", async (t) => {
  const { routeTables } = await readWith(t, ({ RouteTables: [table] }) => {
    const to = (target: Json, State: string | undefined = "active") => ({
      DestinationCidrBlock: "9.0.0.0/8",
      State,
      ...target,
    });
    table.Routes = [
      to({ CoreNetworkArn: "arn:aws:networkmanager::1:core-network/core-network-1" }),
      to({ OdbNetworkArn: "arn:aws:odb:us-east-1:1:odb-network/odbnet-1" }),
      to({ LocalGatewayId: "lgw-1" }),
      to({ CarrierGatewayId: "cagw-1" }),
      to({ InstanceId: "i-1" }),
      to({ GatewayId: "vgw-1" }),
      to({ InstanceId: "i-1", NetworkInterfaceId: "eni-1" }),
      to({}, "blackhole"),
      to({}),
      { DestinationCidrBlock: "9.0.0.0/8", NatGatewayId: "nat-1" },
      { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local" },
      to({ NatGatewayId: "nat-1" }, "filtered"),
    ];
    table.Associations.push({ GatewayId: "igw-1", Main: false, AssociationState: { State: "associated" } });
  });
  const { routes, associations } = get(routeTables, "rtb-1");
  const told = (routes as readonly Json[]).map(({ target, state }) => [target, state]);
  const kind = ([target, state]: Json) => [
    target instanceof Unknown ? "unknown" : (target.name ?? target.type),
    state instanceof Unknown ? "unknown" : state,
  ];
  t.deepEqual(told.map(kind), [
    ["core network", "active"],
    ["ODB network", "active"],
    ["local gateway", "active"],
    ["carrier gateway", "active"],
    ["instance", "active"],
    ["virtual private gateway", "active"],
    ["network-interface", "active"],
    ["deleted target", "blackhole"],
    ["unknown", "active"],
    ["nat-gateway", "unknown"],
    ["local", "active"],
    ["nat-gateway", "unknown"],
  ]);
  t.deepEqual(associations, [{ isMain: true }, { isMain: false, gatewayId: "igw-1" }]);
});

test("rules of TCP without ports are rules of ports that nobody knows, not of all", async (t) => {
  const { securityGroups, networkAcls } = await readWith(t, (all) => {
    all.SecurityGroups[0].IpPermissions = [{ IpProtocol: "tcp", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    all.NetworkAcls[0].Entries = [
      { RuleNumber: 1, Egress: false, RuleAction: "allow", Protocol: "6", CidrBlock: "0.0.0.0/0" },
    ];
  });
  t.true((get(securityGroups, "sg-1").rules as Json)[0].portRange instanceof Unknown);
  t.true((get(networkAcls, "acl-1").entries as Json)[0].portRange instanceof Unknown);
});

test("a rule for nobody and an association with nothing are ones of which a file leaves something out", async (t) => {
  const { securityGroups, routeTables } = await readWith(t, (all) => {
    delete all.SecurityGroups[0].IpPermissions[0].IpRanges;
    all.RouteTables[0].Associations.push({ Main: false });
  });
  t.true((get(securityGroups, "sg-1").rules as Json)[0].peer instanceof Unknown);
  t.true(get(routeTables, "rtb-1").associations instanceof Unknown);
});

test("prefix lists: AWS's with their blocks, the customers' with entries or unknown, an id in both once", async (t) => {
  const { prefixLists } = await readOne(t, {
    PrefixLists: [{ PrefixListId: "pl-1", PrefixListName: "com.amazonaws.us-east-1.s3", Cidrs: ["52.216.0.0/15"] }],
    ManagedPrefixLists: [
      { PrefixListId: "pl-1", PrefixListName: "com.amazonaws.us-east-1.s3" },
      { PrefixListId: "pl-2", PrefixListName: "mine", Entries: [{ Cidr: "10.0.0.0/8" }, { Cidr: "2600::/16" }] },
      { PrefixListId: "pl-3", PrefixListName: "other" },
    ],
  });
  t.deepEqual(get(prefixLists, "pl-1").cidrs, [parseCidr("52.216.0.0/15")]);
  t.deepEqual(get(prefixLists, "pl-2").cidrs, [parseCidr("10.0.0.0/8"), parseCidr("2600::/16")]);
  t.true(get(prefixLists, "pl-3").cidrs instanceof Unknown);
});

const gatewayFiles = (more: Json = {}) => ({
  ...responses(),
  TransitGateways: [
    { TransitGatewayId: "tgw-1", State: "available", Options: { SecurityGroupReferencingSupport: "enable" } },
  ],
  TransitGatewayVpcAttachments: [
    {
      TransitGatewayAttachmentId: "tgw-attach-1",
      TransitGatewayId: "tgw-1",
      VpcId: "vpc-1",
      SubnetIds: ["subnet-1"],
      State: "available",
      Options: { Ipv6Support: "enable" },
    },
  ],
  TransitGatewayAttachments: [
    attachment("tgw-attach-1", "vpc", "vpc-1"),
    attachment("tgw-attach-2", "peering", "tgw-2"),
    attachment("tgw-attach-2", "peering", "tgw-1", { TransitGatewayId: "tgw-2" }),
    attachment("tgw-attach-3", "vpn", "vpn-1", { Association: { State: "associating" } }),
    attachment("tgw-attach-4", "vpn", "vpn-2", { Association: undefined }),
  ],
  TransitGatewayRouteTables: [{ TransitGatewayRouteTableId: "tgw-rtb-1", TransitGatewayId: "tgw-1" }],
  TransitGatewayStaticRoutes: [
    {
      TransitGatewayRouteTableId: "tgw-rtb-1",
      Routes: [
        {
          PrefixListId: "pl-1",
          Type: "static",
          State: "active",
          TransitGatewayAttachments: [{ TransitGatewayAttachmentId: "tgw-attach-2" }],
        },
        { DestinationCidrBlock: "10.9.0.0/16", Type: "static", State: "blackhole" },
        {
          DestinationCidrBlock: "10.0.0.0/16",
          Type: "propagated",
          State: "active",
          TransitGatewayAttachments: [{ TransitGatewayAttachmentId: "tgw-attach-1" }],
        },
      ],
    },
  ],
  TransitGatewayPropagations: [
    {
      TransitGatewayRouteTableId: "tgw-rtb-1",
      TransitGatewayRouteTablePropagations: [
        { TransitGatewayAttachmentId: "tgw-attach-1", State: "enabled" },
        { TransitGatewayAttachmentId: "tgw-attach-2", State: "disabled" },
      ],
    },
  ],
  VpnConnections: [
    {
      VpnConnectionId: "vpn-1",
      TransitGatewayId: "tgw-1",
      Options: { StaticRoutesOnly: true },
      Routes: [{ DestinationCidrBlock: "172.16.0.0/12", State: "available" }],
    },
    { VpnConnectionId: "vpn-2", TransitGatewayId: "tgw-1", Options: { StaticRoutesOnly: false }, Routes: [] },
  ],
  ...more,
});

function attachment(TransitGatewayAttachmentId: string, ResourceType: string, ResourceId: string, more: Json = {}) {
  return {
    TransitGatewayAttachmentId,
    TransitGatewayId: "tgw-1",
    ResourceType,
    ResourceId,
    State: "available",
    Association: { State: "associated", TransitGatewayRouteTableId: "tgw-rtb-1" },
    ...more,
  };
}

test("transit gateways: attachments of VPCs, peerings from both sides, VPNs; associations that come", async (t) => {
  const { transitGatewayAttachments, transitGateways } = await readOne(t, gatewayFiles());
  t.true(get(transitGateways, "tgw-1").securityGroupReferencingSupport);
  const one = (id: string, gateway = "tgw-1") => get(transitGatewayAttachments, `${gateway}/${id}`);
  t.like(one("tgw-attach-1"), { subnetIds: ["subnet-1"], ipv6Support: true, routeTableId: "tgw-rtb-1" });
  t.deepEqual(one("tgw-attach-2").resource, { type: "peering", transitGatewayId: "tgw-2" });
  t.deepEqual(one("tgw-attach-2", "tgw-2").resource, { type: "peering", transitGatewayId: "tgw-1" });
  t.like(one("tgw-attach-3").resource, { name: "vpn", cidrBlocks: [parseCidr("172.16.0.0/12")] });
  t.true(one("tgw-attach-3").routeTableId instanceof Unknown);
  t.true((one("tgw-attach-4").resource as Json).cidrBlocks instanceof Unknown);
  t.is(one("tgw-attach-4").routeTableId, undefined);
});

const telemetry: readonly (readonly [title: string, counts: readonly (number | undefined)[], isKnown: boolean])[] = [
  ["with no route accepted brings nothing", [0, 0], true],
  ["with a route accepted by one tunnel brings what nobody knows", [0, 1], false],
  ["without a count brings what nobody knows", [0, undefined], false],
  ["without telemetry brings what nobody knows", [], false],
];

for (const [title, counts, isKnown] of telemetry) {
  test(`a VPN connection by BGP ${title}`, async (t) => {
    const files = gatewayFiles();
    files.VpnConnections[1].VgwTelemetry = counts.map((AcceptedRouteCount) => ({ AcceptedRouteCount, Status: "DOWN" }));
    const { transitGatewayAttachments } = await readOne(t, files);
    const { cidrBlocks } = get(transitGatewayAttachments, "tgw-1/tgw-attach-4").resource as Json;
    if (isKnown) t.deepEqual(cidrBlocks, []);
    else t.true(cidrBlocks instanceof Unknown);
  });
}

test("transit gateway route tables: prefix lists, blackholes, propagations; what more there is", async (t) => {
  const { transitGatewayRouteTables } = await readOne(t, gatewayFiles());
  const table = get(transitGatewayRouteTables, "tgw-rtb-1");
  t.deepEqual(table.staticRoutes, [
    { destination: { prefixListId: "pl-1" }, state: "active", attachmentIds: ["tgw-attach-2"], isPropagated: false },
    { destination: { cidr: parseCidr("10.9.0.0/16") }, state: "blackhole", attachmentIds: [], isPropagated: false },
  ]);
  t.deepEqual(table.propagatingAttachmentIds, ["tgw-attach-1"]);
  for (const [key, field] of [
    ["TransitGatewayStaticRoutes", "staticRoutes"],
    ["TransitGatewayPropagations", "propagatingAttachmentIds"],
  ] as const) {
    for (const value of [undefined, []]) {
      const read = await readOne(t, gatewayFiles({ [key]: value }));
      t.true(get(read.transitGatewayRouteTables, "tgw-rtb-1")[field] instanceof Unknown, key);
    }
  }
  const more = gatewayFiles();
  more.TransitGatewayStaticRoutes = more.TransitGatewayStaticRoutes.map((one: Json) => ({
    ...one,
    AdditionalRoutesAvailable: true,
  }));
  t.true(get((await readOne(t, more)).transitGatewayRouteTables, "tgw-rtb-1").staticRoutes instanceof Unknown);
});

test("whom a transit gateway is shared with is not told associations, which are unknown, not missing", async (t) => {
  const shared = attachment("tgw-attach-1", "vpc", "vpc-1", {
    TransitGatewayOwnerId: "222222222222",
    Association: undefined,
  });
  const { transitGatewayAttachments } = await read(t, {
    "accounts/111111111111/us-east-1/all.json": gatewayFiles({ TransitGatewayAttachments: [shared] }),
  });
  t.true(get(transitGatewayAttachments, "tgw-1/tgw-attach-1").routeTableId instanceof Unknown);
});

const collections: readonly (readonly [key: string, collection: keyof Topology])[] = [
  ["Vpcs", "vpcs"],
  ["Subnets", "subnets"],
  ["RouteTables", "routeTables"],
  ["NetworkAcls", "networkAcls"],
  ["SecurityGroups", "securityGroups"],
  ["NetworkInterfaces", "networkInterfaces"],
  ["InternetGateways", "internetGateways"],
  ["EgressOnlyInternetGateways", "egressOnlyInternetGateways"],
  ["NatGateways", "natGateways"],
  ["VpcEndpoints", "vpcEndpoints"],
  ["PrefixLists", "prefixLists"],
  ["VpcPeeringConnections", "vpcPeeringConnections"],
  ["TransitGateways", "transitGateways"],
  ["TransitGatewayAttachments", "transitGatewayAttachments"],
  ["TransitGatewayRouteTables", "transitGatewayRouteTables"],
  ["DhcpOptions", "dhcpOptions"],
];

for (const [key, collection] of collections) {
  test(`without ${key} a snapshot says nothing of ${collection}`, async (t) => {
    const found = (await readWith(t, (all) => delete all[key]))[collection];
    t.deepEqual(found, new Unknown(`the snapshot has no ${key}`));
  });
}

for (const key of ["NetworkInterfaces", "InternetGateways", "NatGateways", "VpcEndpoints"] as const) {
  test(`${key} of one of two accounts alone are not all: who sought one there would take it for absent`, async (t) => {
    const other = responses();
    for (const list of Object.values(other)) list.splice(0, list.length);
    other.Vpcs = [{ ...responses().Vpcs[0], VpcId: "vpc-2", OwnerId: "222222222222" }];
    delete other[key];
    const topology = await read(t, {
      "accounts/111111111111/us-east-1/all.json": responses(),
      "accounts/222222222222/us-east-1/all.json": other,
    });
    const collection = `${key.charAt(0).toLowerCase()}${key.slice(1)}` as keyof Topology;
    t.deepEqual(topology[collection], new Unknown(`the snapshot has no ${key} of 222222222222/us-east-1`));
  });
}

const lists = [
  ["RouteTables", "Routes", "routeTables", "routes"],
  ["RouteTables", "Associations", "routeTables", "associations"],
  ["NetworkAcls", "Entries", "networkAcls", "entries"],
  ["NetworkAcls", "Associations", "networkAcls", "subnetIds"],
  ["SecurityGroups", "IpPermissions", "securityGroups", "rules"],
  ["SecurityGroups", "IpPermissionsEgress", "securityGroups", "rules"],
  ["NetworkInterfaces", "Groups", "networkInterfaces", "securityGroupIds"],
  ["NetworkInterfaces", "PrivateIpAddresses", "networkInterfaces", "addresses"],
  ["NetworkInterfaces", "Status", "networkInterfaces", "isInUse"],
  ["InternetGateways", "Attachments", "internetGateways", "vpcIds"],
  ["Subnets", "MapPublicIpOnLaunch", "subnets", "mapPublicIpOnLaunch"],
] as const;

for (const [key, field, collection, property] of lists) {
  test(`${key} without ${field}: ${property} are unknown, not none`, async (t) => {
    const topology = await readWith(t, (all) => delete all[key][0][field]);
    const [first] = (topology[collection] as ReadonlyMap<string, Json>).values();
    t.true(first[property] instanceof Unknown);
  });
}

test("zones go by name within an account, and by id between accounts, whose names differ", async (t) => {
  t.is(get((await readOne(t, responses())).subnets, "subnet-1").availabilityZone, "us-east-1a");
  const { subnets } = await read(t, {
    "accounts/111111111111/us-east-1/all.json": responses(),
    "accounts/222222222222/us-east-1/Subnets.json": {
      Subnets: [{ ...responses().Subnets[0], AvailabilityZone: "us-east-1b" }],
    },
  });
  t.is(get(subnets, "subnet-1").availabilityZone, "use1-az1");
});

test("the folder may be a Region's own, or one account's in a Region", (t) => {
  const labs = new URL("../../fixtures/labs/", import.meta.url).pathname;
  const regionOf = (folder: string) => {
    const { vpcs } = readSnapshot(`${labs}${folder}`);
    return [...(vpcs as ReadonlyMap<string, Vpc>).values()].map(({ region }) => region);
  };
  t.deepEqual(regionOf("aws_vpc_endpoints/aws_configs/us-east-1"), ["us-east-1"]);
  t.deepEqual(regionOf("aws_tgw_peering/aws_configs/accounts/028403472736/us-west-1"), ["us-west-1"]);
});

test("a file may begin with a byte order mark", async (t) => {
  const { vpcs } = await read(t, { "us-east-1/Vpcs.json": `\uFEFF${JSON.stringify({ Vpcs: responses().Vpcs })}` });
  t.is(get(vpcs, "vpc-1").region, "us-east-1");
});
