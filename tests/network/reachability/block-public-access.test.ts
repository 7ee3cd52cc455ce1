import test from "ava";
import { Unknown } from "../../../network/reachability/known.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { ask, type Parts, topologyOf } from "../topology.ts";

const natGateways = new Map<string, T.NatGateway>([
  [
    "nat-1",
    {
      id: "nat-1",
      vpcId: "vpc",
      subnetId: "public",
      connectivityType: "public",
      state: "available",
      addresses: [{ privateAddress: 0x0a00_0005, publicAddress: 0x3600_0005 }],
    },
  ],
]);

const parts: Parts = {
  vpcs: { vpc: ["10.0.0.0/16", "2600:1f00::/56"] },
  subnets: {
    public: ["vpc", "a", "10.0.0.0/24", "2600:1f00:0:0::/64"],
    private: ["vpc", "a", "10.0.1.0/24", "2600:1f00:0:1::/64"],
  },
  interfaces: {
    front: ["public", ["open"], "10.0.0.10=54.0.0.10", "2600:1f00::10"],
    back: ["private", ["open"], "10.0.1.10", "2600:1f00:0:1::10"],
    "eni-nat": ["public", [], "10.0.0.5=54.0.0.5"],
  },
  tables: {
    "rtb-public": ["vpc", ["main"], "0.0.0.0/0 igw-1", "::/0 igw-1"],
    "rtb-private": ["vpc", ["private"], "0.0.0.0/0 nat-1", "::/0 eigw-1"],
  },
  more: {
    natGateways,
    internetGateways: new Map([["igw-1", { id: "igw-1", vpcIds: ["vpc"] }]]),
    egressOnlyInternetGateways: new Map([["eigw-1", { id: "eigw-1", vpcIds: ["vpc"] }]]),
  },
};

function topology(mode: T.BlockPublicAccess["mode"], exclusions: T.BlockPublicAccess["exclusions"] = []): T.Topology {
  const made = topologyOf({
    ...parts,
    more: { ...parts.more, blockPublicAccess: [{ ownerId: "1", region: "r", mode, exclusions }] },
  });
  const interfaces = new Map(made.networkInterfaces as ReadonlyMap<string, T.NetworkInterface>);
  interfaces.set("eni-nat", { ...(interfaces.get("eni-nat") as T.NetworkInterface), type: "nat_gateway" });
  return { ...made, networkInterfaces: interfaces };
}

const flows = {
  "out by the internet gateway": ["front", "8.8.8.8"],
  "in by the internet gateway": ["8.8.8.8", "54.0.0.10"],
  "out by the NAT gateway": ["back", "8.8.8.8"],
  "out by the egress-only gateway": ["back", "2a00:1450::1"],
  "within the VPC": ["front", "10.0.1.10"],
} as const;

const bidirectional = (resourceId: string) => ({ resourceId, mode: "allow-bidirectional" as const });
const egress = (resourceId: string) => ({ resourceId, mode: "allow-egress" as const });

/** Mode, exclusions, and of the flows above in their order what comes through (+), does not (-), nobody knows (?). */
const cases: [T.BlockPublicAccess["mode"], T.BlockPublicAccess["exclusions"], string][] = [
  ["off", [], "+++++"],
  ["block-bidirectional", [], "----+"],
  ["block-ingress", [], "--+++"],
  ["block-bidirectional", [bidirectional("vpc")], "+++++"],
  ["block-bidirectional", [egress("vpc")], "--+++"],
  ["block-ingress", [egress("vpc")], "--+++"],
  ["block-ingress", [bidirectional("public")], "+++++"],
  ["block-bidirectional", [bidirectional("public")], "++?-+"],
  ["block-bidirectional", [egress("private")], "--?++"],
  ["block-bidirectional", [egress("private"), egress("public")], "--+++"],
  ["block-bidirectional", new Unknown("not asked"), "????+"],
  ["block-ingress", new Unknown("not asked"), "??+++"],
  [new Unknown("not asked"), [], "????+"],
  [new Unknown("not asked"), [bidirectional("vpc")], "+++++"],
];

const signs = { reachable: "+", "not-reachable": "-", unknown: "?", partial: "~" };

for (const [mode, exclusions, expected] of cases) {
  const text = exclusions instanceof Unknown ? "unknown exclusions" : JSON.stringify(exclusions);
  test(`VPC Block Public Access ${mode instanceof Unknown ? "unknown" : mode}, ${text}: ${expected}`, (t) => {
    const made = topology(mode, exclusions);
    t.is(
      Object.values(flows)
        .map(([from, to]) => signs[ask(made, from, to).verdict])
        .join(""),
      expected,
    );
  });
}

test("VPC Block Public Access of another account or Region is none of this VPC's", (t) => {
  for (const other of [{ ownerId: "2" }, { region: "elsewhere" }]) {
    const made = topology("block-bidirectional");
    const [own] = made.blockPublicAccess as readonly T.BlockPublicAccess[];
    const blockPublicAccess = [{ ...(own as T.BlockPublicAccess), ...other }];
    t.is(ask({ ...made, blockPublicAccess }, "front", "8.8.8.8").verdict, "reachable");
  }
});

test("what blocks is said, with the exclusion that helps", (t) => {
  const { explanations } = ask(topology("block-bidirectional"), "back", "8.8.8.8");
  t.deepEqual(
    explanations.map(({ code, fix }) => [code, fix]),
    [["VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "Exclude vpc from VPC Block Public Access (allow-bidirectional)."]],
  );
});
