import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { readSnapshot, SnapshotError } from "../../../network/adapters/snapshot.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

// biome-ignore lint/suspicious/noExplicitAny: JSON that tests take apart
export type Json = any;

const owner = { OwnerId: "111111111111" };

/** One VPC with a public and a private subnet, as EC2 would describe them; each call makes it anew. */
export function responses(): Record<string, Json> {
  return {
    Vpcs: [
      {
        VpcId: "vpc-1",
        CidrBlock: "10.0.0.0/16",
        CidrBlockAssociationSet: [{ CidrBlock: "10.0.0.0/16", CidrBlockState: { State: "associated" } }],
        DhcpOptionsId: "dopt-1",
        ...owner,
      },
    ],
    Subnets: [subnet("subnet-1", "10.0.1.0/24"), subnet("subnet-2", "10.0.2.0/24")],
    RouteTables: [
      {
        RouteTableId: "rtb-1",
        VpcId: "vpc-1",
        Associations: [{ Main: true, AssociationState: { State: "associated" } }],
        Routes: [
          { DestinationCidrBlock: "10.0.0.0/16", GatewayId: "local", State: "active", Origin: "CreateRouteTable" },
          { DestinationCidrBlock: "0.0.0.0/0", GatewayId: "igw-1", State: "active", Origin: "CreateRoute" },
        ],
        ...owner,
      },
    ],
    NetworkAcls: [
      {
        NetworkAclId: "acl-1",
        VpcId: "vpc-1",
        IsDefault: true,
        Associations: [{ SubnetId: "subnet-1" }, { SubnetId: "subnet-2" }],
        Entries: [false, true].flatMap((Egress) => [
          { RuleNumber: 100, Egress, RuleAction: "allow", Protocol: "-1", CidrBlock: "0.0.0.0/0" },
          { RuleNumber: 32_767, Egress, RuleAction: "deny", Protocol: "-1", CidrBlock: "0.0.0.0/0" },
          { RuleNumber: 32_768, Egress, RuleAction: "deny", Protocol: "-1", Ipv6CidrBlock: "::/0" },
        ]),
        ...owner,
      },
    ],
    SecurityGroups: [
      {
        GroupId: "sg-1",
        GroupName: "default",
        VpcId: "vpc-1",
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
        IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
        ...owner,
      },
    ],
    NetworkInterfaces: [
      networkInterface("eni-1", "subnet-1", "10.0.1.10"),
      networkInterface("eni-2", "subnet-2", "10.0.2.10"),
    ],
    InternetGateways: [{ InternetGatewayId: "igw-1", Attachments: [{ State: "available", VpcId: "vpc-1" }], ...owner }],
    NatGateways: [],
    VpcEndpoints: [],
  };
}

export function subnet(SubnetId: string, CidrBlock: string, more: Json = {}): Json {
  return {
    SubnetId,
    VpcId: "vpc-1",
    AvailabilityZone: "us-east-1a",
    AvailabilityZoneId: "use1-az1",
    CidrBlock,
    MapPublicIpOnLaunch: false,
    ...owner,
    ...more,
  };
}

export function networkInterface(NetworkInterfaceId: string, SubnetId: string, address: string, more: Json = {}): Json {
  return {
    NetworkInterfaceId,
    SubnetId,
    VpcId: "vpc-1",
    InterfaceType: "interface",
    Status: "in-use",
    SourceDestCheck: true,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address }],
    Groups: [{ GroupId: "sg-1" }],
    Attachment: { InstanceId: `i-${NetworkInterfaceId.slice(4)}`, DeviceIndex: 0 },
    ...owner,
    ...more,
  };
}

/** What is read of files with these contents; `us-east-1/all.json` unless told. */
export async function read(t: ExecutionContext, files: Record<string, Json>): Promise<Topology> {
  const folder = await temporaryFolder(t);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), typeof content === "string" ? content : JSON.stringify(content));
  }
  return readSnapshot(folder);
}

export const readOne = (t: ExecutionContext, content: Json): Promise<Topology> =>
  read(t, { "us-east-1/all.json": content });

/** The faults of files, without the name of the one file. */
export async function faultsOf(t: ExecutionContext, files: Record<string, Json>): Promise<readonly string[]> {
  const error = await t.throwsAsync(read(t, files), { instanceOf: SnapshotError });
  return error?.faults.map((fault) => fault.replace("us-east-1/all.json: ", "")) ?? [];
}
