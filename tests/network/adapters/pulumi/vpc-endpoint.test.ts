import test from "ava";
import type { VpcEndpoint } from "../../../../network/reachability/topology.ts";
import { base, ec2, modes, one, type Stack, short, topology } from "./judged.ts";

const names = { s3: "com.amazonaws.eu-west-1.s3", ecs: "com.amazonaws.eu-west-1.ecs" };

/** An interface endpoint of ECS unless told otherwise. */
function endpoint(stack: Stack, inputs: Readonly<Record<string, unknown>> = {}) {
  const { vpc, subnet } = base(stack);
  const first = { vpcId: vpc.out(), serviceName: names.ecs, vpcEndpointType: "Interface", subnetIds: [subnet.out()] };
  return { vpc, subnet, own: stack.add(ec2("VpcEndpoint"), "own", { ...first, ...inputs }) };
}

type Case = readonly [
  what: string,
  declare: (stack: Stack) => void,
  expected: Partial<Record<keyof VpcEndpoint, unknown>>,
];

const cases: readonly Case[] = [
  [
    "an interface endpoint that says little has the VPC's default group and no private DNS",
    (stack) => endpoint(stack),
    {
      type: "Interface",
      serviceName: names.ecs,
      state: "available",
      privateDnsEnabled: false,
      policyDocument: undefined,
      subnetIds: ["jobs"],
      securityGroupIds: ["main#default-security-group"],
    },
  ],
  [
    "without a type it is a gateway endpoint",
    (stack) => {
      const { vpc } = base(stack);
      const table = stack.add(ec2("RouteTable"), "table", { vpcId: vpc.out() });
      stack.add(ec2("VpcEndpoint"), "own", { vpcId: vpc.out(), serviceName: names.s3, routeTableIds: [table.out()] });
    },
    { type: "Gateway", routeTableIds: ["table"], state: "available" },
  ],
  [
    "associations add subnets and groups, and take the default group's place where they say so",
    (stack) => {
      const { own, vpc } = endpoint(stack, { subnetIds: undefined });
      const group = stack.add(ec2("SecurityGroup"), "group", { vpcId: vpc.out() });
      const subnet = stack.add(ec2("Subnet"), "other", { vpcId: vpc.out(), cidrBlock: "10.0.2.0/24" });
      stack.add(ec2("VpcEndpointSubnetAssociation"), "one", { vpcEndpointId: own.out(), subnetId: subnet.out() });
      const inputs = { vpcEndpointId: own.out(), securityGroupId: group.out(), replaceDefaultAssociation: true };
      stack.add(ec2("SecurityGroupAssociation"), "two", inputs);
    },
    { subnetIds: ["other"], securityGroupIds: ["group"] },
  ],
  [
    "subnets named with their addresses count too",
    (stack) => {
      const { vpc, subnet } = base(stack);
      const subnetConfigurations = [{ subnetId: subnet.out(), ipv4: "10.0.1.9" }];
      const inputs = { vpcId: vpc.out(), serviceName: names.ecs, vpcEndpointType: "Interface", subnetConfigurations };
      stack.add(ec2("VpcEndpoint"), "own", inputs);
    },
    { subnetIds: ["jobs"] },
  ],
  [
    "private DNS by a resource of its own",
    (stack) => {
      const { own } = endpoint(stack);
      const inputs = { vpcEndpointId: own.out(), privateDnsEnabled: true };
      stack.add("aws:vpc/endpointPrivateDns:EndpointPrivateDns", "dns", inputs);
    },
    { privateDnsEnabled: true },
  ],
  [
    "a policy of its own",
    (stack) => endpoint(stack, { policy: '{"Statement":[]}' }),
    { policyDocument: { Statement: [] } },
  ],
  [
    "a policy by a resource",
    (stack) => {
      const { own } = endpoint(stack);
      stack.add(ec2("VpcEndpointPolicy"), "policy", { vpcEndpointId: own.out(), policy: '{"Statement":[]}' });
    },
    { policyDocument: { Statement: [] } },
  ],
  [
    "two policies, of which nobody knows the later one",
    (stack) => {
      const { own } = endpoint(stack, { policy: '{"Statement":[]}' });
      stack.add(ec2("VpcEndpointPolicy"), "policy", { vpcEndpointId: own.out(), policy: '{"Statement":[1]}' });
    },
    { policyDocument: "?" },
  ],
  ["a policy that is no JSON", (stack) => endpoint(stack, { policy: "all" }), { policyDocument: "?" }],
  [
    "whose name S3's interface endpoint has is not sure unless the program says it",
    (stack) => endpoint(stack, { serviceName: names.s3, privateDnsEnabled: true }),
    { privateDnsOnlyForInboundResolverEndpoint: "?", privateDnsEnabled: true },
  ],
  [
    "S3's interface endpoint with a name for the VPC",
    (stack) =>
      endpoint(stack, {
        serviceName: names.s3,
        dnsOptions: { privateDnsOnlyForInboundResolverEndpoint: false },
      }),
    { privateDnsOnlyForInboundResolverEndpoint: false },
  ],
  [
    "other services' names are the VPC's",
    (stack) => endpoint(stack, { privateDnsEnabled: true }),
    { privateDnsOnlyForInboundResolverEndpoint: false },
  ],
  [
    "with addresses of IPv6 alone it is not modelled",
    (stack) => endpoint(stack, { ipAddressType: "ipv6" }),
    { state: "?" },
  ],
  [
    "with addresses of both families it is",
    (stack) => endpoint(stack, { ipAddressType: "dualstack" }),
    { state: "available" },
  ],
  [
    "somebody's own service has to accept it",
    (stack) => endpoint(stack, { serviceName: "com.amazonaws.vpce.eu-west-1.vpce-svc-1" }),
    { state: "?" },
  ],
  [
    "of one that is looked up nothing else is known",
    (stack) => {
      const { vpc } = base(stack);
      const inputs = { vpcId: vpc.out(), serviceName: names.ecs };
      stack.add(ec2("VpcEndpoint"), "own", inputs, {}, { isRead: true });
    },
    {
      type: "?",
      state: "?",
      policyDocument: "?",
      privateDnsEnabled: "?",
      subnetIds: "?",
      securityGroupIds: "?",
      routeTableIds: "?",
    },
  ],
  ["one of another kind", (stack) => endpoint(stack, { vpcEndpointType: "GatewayLoadBalancer" }), { type: "other" }],
];

for (const mode of modes) {
  for (const [what, declare, expected] of cases) {
    test(`${mode}: VPC endpoint: ${what}`, (t) => {
      const found = one(topology(mode, declare).vpcEndpoints, "::own");
      const told = Object.keys(expected).map((key) => [key, short(found[key as keyof VpcEndpoint])]);
      t.deepEqual(Object.fromEntries(told), expected);
    });
  }
}

const associations: readonly (readonly [
  type: string,
  key: keyof VpcEndpoint,
  inputs: Readonly<Record<string, unknown>>,
])[] = [
  [ec2("VpcEndpointSubnetAssociation"), "subnetIds", { subnetId: "subnet-1" }],
  [ec2("VpcEndpointRouteTableAssociation"), "routeTableIds", { routeTableId: "rtb-1" }],
  [ec2("SecurityGroupAssociation"), "securityGroupIds", { securityGroupId: "sg-1" }],
  [ec2("VpcEndpointPolicy"), "policyDocument", { policy: "{}" }],
  ["aws:vpc/endpointPrivateDns:EndpointPrivateDns", "privateDnsEnabled", { privateDnsEnabled: true }],
];

for (const [type, key, inputs] of associations) {
  test(`${type} of nobody knows which endpoint may be of each`, (t) => {
    const { vpcEndpoints } = topology("preview", (stack) => {
      endpoint(stack);
      const elsewhere = stack.add("pulumi:pulumi:StackReference", "network", {}, { id: "vpce-1" });
      stack.add(type, "stray", { vpcEndpointId: elsewhere.out(), ...inputs });
    });
    t.is(short(one(vpcEndpoints, "::own")[key]), "?");
  });
}
