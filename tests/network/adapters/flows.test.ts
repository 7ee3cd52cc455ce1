import { writeFile } from "node:fs/promises";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import { FlowsError, flowOf, Places, type Question, readFlows } from "../../../network/adapters/flows.ts";
import type { Flow } from "../../../network/reachability/flow.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { at } from "../topology.ts";
import { type Json, networkInterface, readOne, responses, subnet } from "./snapshot-files.ts";

/** The small network with an instance of two interfaces, a NAT gateway, an endpoint and a subnet of both families. */
function network(): Record<string, Json> {
  const all = responses();
  all.Subnets.push(
    subnet("subnet-6", "10.0.6.0/24", {
      MapPublicIpOnLaunch: true,
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: "2600::/64", Ipv6CidrBlockState: { State: "associated" } }],
    }),
  );
  const attached = (InstanceId: string, DeviceIndex: number) => ({ Attachment: { InstanceId, DeviceIndex } });
  all.NetworkInterfaces.push(
    networkInterface("eni-31", "subnet-1", "10.0.1.31", attached("i-3", 1)),
    networkInterface("eni-30", "subnet-1", "10.0.1.30", {
      ...attached("i-3", 0),
      PrivateIpAddresses: [
        { Primary: false, PrivateIpAddress: "10.0.1.29" },
        { Primary: true, PrivateIpAddress: "10.0.1.30", Association: { PublicIp: "3.0.0.30" } },
      ],
    }),
    networkInterface("eni-6", "subnet-6", "10.0.6.10", {
      PrivateIpAddresses: [],
      Ipv6Addresses: [{ Ipv6Address: "2600::10" }],
      Ipv4Prefixes: [{ Ipv4Prefix: "10.0.6.32/28" }],
    }),
    networkInterface("eni-7", "subnet-1", "10.0.1.7", { InterfaceType: "nat_gateway", Attachment: {} }),
  );
  all.NatGateways = [
    {
      NatGatewayId: "nat-1",
      VpcId: "vpc-1",
      SubnetId: "subnet-1",
      State: "available",
      NatGatewayAddresses: [{ PrivateIp: "10.0.1.7", PublicIp: "3.0.0.7" }],
    },
  ];
  all.VpcEndpoints = [
    {
      VpcEndpointId: "vpce-1",
      VpcEndpointType: "Gateway",
      VpcId: "vpc-1",
      ServiceName: "s3",
      State: "available",
      RouteTableIds: [],
    },
  ];
  return all;
}

const ask = (source: string, destination: string): Question => ({ source, destination, protocol: "tcp", port: 443 });

async function flow(t: ExecutionContext, source: string, destination: string, all = network()): Promise<Flow> {
  return flowOf(ask(source, destination), new Places(await readOne(t, all)));
}

const eni = (id: string, address: string) => ({ type: "interface", id, address: at(address) });

const cases: readonly (readonly [source: string, destination: string, expected: Json])[] = [
  ["10.0.1.10", "10.0.2.10", { source: eni("eni-1", "10.0.1.10"), destination: eni("eni-2", "10.0.2.10"), family: 4 }],
  ["eni-1", "i-3", { source: eni("eni-1", "10.0.1.10"), destination: eni("eni-30", "10.0.1.30") }],
  ["eni-1", "3.0.0.30", { destination: eni("eni-30", "10.0.1.30"), address: at("3.0.0.30") }],
  ["3.0.0.30", "eni-1", { source: eni("eni-30", "10.0.1.30") }],
  ["eni-1", "3.0.0.7", { destination: eni("eni-7", "10.0.1.7"), address: at("3.0.0.7") }],
  ["eni-1", "8.8.8.8", { destination: { type: "internet", address: at("8.8.8.8") } }],
  ["eni-1", "10.0.1.99", { destination: { type: "nowhere", address: at("10.0.1.99") } }],
  ["eni-1", "127.0.0.1", { destination: { type: "nowhere", address: at("127.0.0.1") } }],
  ["eni-1", "255.255.255.255", { destination: { type: "nowhere", address: at("255.255.255.255") } }],
  [
    "eni-6",
    "2a00::1",
    { source: eni("eni-6", "2600::10"), destination: { type: "internet", address: at("2a00::1") }, family: 6 },
  ],
  ["subnet-6", "eni-6", { destination: eni("eni-6", "2600::10"), family: 6 }],
  ["eni-1", "vpce-1", { destination: { type: "endpoint", id: "vpce-1" }, family: 4 }],
  ["eni-1", "ecr.api", { destination: { type: "service", name: "ecr.api" }, family: 4 }],
  ["eni-6", "s3", { destination: { type: "service", name: "s3" }, family: 6 }],
];

for (const [source, destination, expected] of cases) {
  test(`${source} -> ${destination}`, async (t) => {
    const found: Json = await flow(t, source, destination);
    for (const [key, value] of Object.entries(expected)) t.deepEqual(found[key], value, key);
    t.is("address" in found, "address" in expected, "an address is told where it is not the interface's own");
  });
}

test("an elastic address that is given to nothing is no host on the internet", async (t) => {
  const all = network();
  all.Addresses = [{ PublicIp: "3.0.0.99", AllocationId: "eipalloc-1" }];
  const { destination } = await flow(t, "eni-1", "3.0.0.99", all);
  t.deepEqual(destination, { type: "nowhere", address: at("3.0.0.99") });
});

test("a subnet stands for any interface in it that the default group is given to, as either end", async (t) => {
  const { source, destination } = await flow(t, "subnet-6", "subnet-2");
  t.deepEqual(source, {
    type: "subnet",
    id: "subnet-6",
    vpcId: "vpc-1",
    address: { from: at("10.0.6.4"), to: at("10.0.6.254") },
    securityGroupIds: ["sg-1"],
    hasPublicAddress: true,
  });
  t.like(destination, { type: "subnet", id: "subnet-2", hasPublicAddress: false });
  const all = network();
  all.SecurityGroups[0].GroupName = "other";
  const { source: unsure } = await flow(t, "subnet-6", "subnet-2", all);
  t.true((unsure as Json).securityGroupIds instanceof Unknown);
});

test("an address of a delegated prefix is somebody's in its subnet, and nobody knows with which groups", async (t) => {
  const { source } = await flow(t, "10.0.6.33", "eni-1");
  t.like(source, { type: "subnet", id: "subnet-6", address: { from: at("10.0.6.33"), to: at("10.0.6.33") } });
  t.regex((source as Json).securityGroupIds.reason, /of a prefix that is delegated to eni-6/);
});

test("without network interfaces an address of a subnet may be one's, and a public one is no host on the internet", async (t) => {
  const { NetworkInterfaces: _, ...all } = network();
  const { source, destination } = await flow(t, "10.0.1.10", "3.0.0.30", all);
  t.like(source, { type: "subnet", id: "subnet-1", hasPublicAddress: undefined });
  t.is((source as Json).securityGroupIds.reason, "the snapshot has no NetworkInterfaces");
  t.is(destination.type, "nowhere");
  await t.throwsAsync(flow(t, "eni-1", "8.8.8.8", all), {
    message: /source eni-1 is not known: .* no NetworkInterfaces/,
  });
});

const faults: readonly (readonly [source: string, destination: string, fault: RegExp])[] = [
  ["vpce-1", "eni-1", /^source vpce-1 is a VPC endpoint, which starts nothing; it may be a destination$/],
  ["ecr.api", "eni-1", /^source ecr\.api is the name of a service, which starts nothing/],
  ["eni-1", "vpce-9", /^destination vpce-9 is not in the snapshot$/],
  ["subnet-9", "eni-1", /^source subnet-9 is not in the snapshot$/],
  ["i-9", "eni-1", /^source i-9 is not in the snapshot$/],
  [
    "eni-1",
    "vpc-0ce3585be7ea715d8",
    /^destination "vpc-0ce3585be7ea715d8" is no IP address and no id of a network interface/,
  ],
  [
    "eni-1",
    "10.0.1",
    /^destination "10\.0\.1" is no IP address .*, VPC endpoint \(vpce-\.\.\.\) or name of a service \(ecr\.api\)$/,
  ],
  ["eni-1", "ECR", /^destination "ECR" is no IP address/],
  ["eni-1\n", "eni-1", /^source "eni-1\\n" is no IP address/],
  ["eni-1", "eni-6", /^source eni-1 is IPv4 and destination eni-6 IPv6$/],
];

for (const [source, destination, fault] of faults) {
  test(`${JSON.stringify(source)} -> ${destination} is a fault`, async (t) => {
    await t.throwsAsync(flow(t, source, destination), { instanceOf: RangeError, message: fault });
  });
}

test("an address that interfaces of two VPCs have must be told apart as the source", async (t) => {
  const all = network();
  all.Vpcs.push({ ...all.Vpcs[0], VpcId: "vpc-2" });
  all.Subnets.push(subnet("subnet-9", "10.0.1.0/24", { VpcId: "vpc-2" }));
  all.NetworkInterfaces.push(networkInterface("eni-9", "subnet-9", "10.0.1.10", { VpcId: "vpc-2" }));
  await t.throwsAsync(flow(t, "10.0.1.10", "eni-2", all), { message: /several interfaces; name one of eni-1, eni-9$/ });
});

test("an address that interfaces of several VPCs have is the source's own VPC's, else whose the routes lead to", async (t) => {
  const all = network();
  for (const vpc of ["vpc-2", "vpc-3"]) {
    const own = vpc.at(-1);
    all.Vpcs.push({ ...all.Vpcs[0], VpcId: vpc });
    all.Subnets.push(subnet(`subnet-9${own}`, "10.0.1.0/24", { VpcId: vpc }));
    all.NetworkInterfaces.push(networkInterface(`eni-9${own}`, `subnet-9${own}`, "10.0.1.10", { VpcId: vpc }));
  }
  t.deepEqual((await flow(t, "eni-2", "10.0.1.10", all)).destination, {
    type: "interface",
    id: "eni-1",
    address: at("10.0.1.10"),
  });
  t.deepEqual((await flow(t, "8.8.8.8", "10.0.1.10", all)).destination, { type: "nowhere", address: at("10.0.1.10") });
});

test("a file's faults are told all at once, each with its line", async (t) => {
  const file = path.join(await temporaryFolder(t), "flows.jsonl");
  const lines = ["\uFEFF{", "", JSON.stringify(ask("eni-1", "eni-2")), JSON.stringify(ask("eni-8", "eni-2")), "[]", ""];
  await writeFile(file, lines.join("\r\n"));
  const topology = await readOne(t, network());
  const error = t.throws(() => readFlows(file, topology), { instanceOf: FlowsError });
  const told = error?.faults.map((fault) => fault.replace(file, "")) ?? [];
  t.is(told.length, 3);
  t.regex(told[0] ?? "", /^:1: .*JSON[^\n]*$/);
  t.is(told[1], ":4: source eni-8 is not in the snapshot");
  t.regex(told[2] ?? "", /^:5: /);
});
