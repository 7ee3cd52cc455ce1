import test from "ava";
import fc from "fast-check";
import { type Cidr, parseCidr } from "../../../network/reachability/address.ts";
import type { Flow } from "../../../network/reachability/flow.ts";
import type { Analysis } from "../../../network/reachability/index.ts";
import type * as T from "../../../network/reachability/topology.ts";
import { ask, differences, points, resultAt } from "./compare.ts";
import { faultsOfFixes } from "./fixes.ts";
import { type AskedFlow, type FlowPlan, flowOf, flowPlan } from "./flows.ts";
import { printed, printedFlow } from "./printed.ts";
import { topologies } from "./topologies.ts";

/*
 * What must hold of any network. LAW_RUNS: how many networks for each law (150). They are the same ones each time, so that a
 * commit is judged by what it changed; LAW_SEED=random takes others, LAW_SEED and LAW_PATH those of a run that failed.
 */

const numRuns = Number(process.env.LAW_RUNS ?? 150);
const { LAW_SEED = "1", LAW_PATH } = process.env;
const replay = {
  ...(LAW_SEED !== "random" && { seed: Number(LAW_SEED) }),
  ...(LAW_PATH !== undefined && { path: LAW_PATH }),
};

type Law = (topology: T.Topology, flow: AskedFlow, before: Analysis, choice: number) => string[];

/** Holds a law against flows of generated networks; it gives what is wrong. */
function law(title: string, holds: Law): void {
  test(title, (t) => {
    const faultOf = (topology: T.Topology, plans: readonly FlowPlan[], choice: number): string | undefined => {
      for (const plan of plans) {
        const flow = flowOf(topology, plan);
        const faults = flow ? holds(topology, flow, ask(topology, flow), choice) : [];
        if (flow && faults.length > 0) return `${faults.slice(0, 3).join("; ")}\nflow: ${printedFlow(flow)}`;
      }
      return undefined;
    };
    const { failed, counterexample, seed, counterexamplePath } = fc.check(
      fc.property(topologies, flowPlans, fc.nat(), (...network) => faultOf(...network) === undefined),
      { numRuns, ...replay },
    );
    if (!failed || !counterexample) return t.pass();
    const how = `LAW_SEED=${seed} LAW_PATH=${counterexamplePath}`;
    return t.fail(`${faultOf(...counterexample)}\n${printed(counterexample[0])}\n${how}`);
  });
}

const flowPlans = fc.array(flowPlan, { minLength: 3, maxLength: 5 });

const order = { "not-reachable": 0, unknown: 1, reachable: 2 };

/** Packets that an analysis lets get further than another. */
function gains(before: Analysis, after: Analysis): string[] {
  return points(before, after).flatMap((point) => {
    const [left, right] = [resultAt(before, point), resultAt(after, point)];
    return order[right] > order[left] ? [`${left} -> ${right} at ${point.sourcePort}, ${point.natPort}`] : [];
  });
}

type Collections = Exclude<keyof T.Topology, "blockPublicAccess" | "hostedZones" | "idleAddresses">;

/** The topology with every member of a collection made anew. */
function each<R>(topology: T.Topology, key: Collections, make: (one: R, index: number) => R): T.Topology {
  const members = [...(topology[key] as ReadonlyMap<string, R>)];
  return { ...topology, [key]: new Map(members.map(([id, one], index) => [id, make(one, index)])) };
}

const list = <R>(known: unknown) => known as readonly R[];

const ranges: readonly (T.PortRange | undefined)[] = [
  undefined,
  { from: 0, to: 50_000 },
  { from: 443, to: 443 },
  { from: 40_000, to: 65_535 },
];

function someRange(choice: number): T.PortRange | undefined {
  return ranges[choice % ranges.length];
}

law("a rule more of a security group never keeps a packet back", (topology, flow, before, choice) => {
  const rule: T.SecurityGroupRule = {
    isEgress: choice % 2 === 0,
    protocol: choice % 3 === 0 ? "all" : 6,
    portRange: choice % 3 === 0 ? undefined : someRange(choice),
    peer: { cidr: parseCidr(flow.family === 4 ? "0.0.0.0/0" : "::/0") },
  };
  const after = each<T.SecurityGroup>(topology, "securityGroups", (group, index) =>
    index % 2 === choice % 2 ? { ...group, rules: [...list<T.SecurityGroupRule>(group.rules), rule] } : group,
  );
  return gains(ask(after, flow), before);
});

for (const [action, effect] of [
  ["allow", "keeps a packet back"],
  ["deny", "lets a packet through"],
] as const) {
  law(
    `a network ACL's first rule that ${action === "allow" ? "allows" : "denies"} never ${effect}`,
    (topology, flow, before, choice) => {
      const entry: T.NetworkAclEntry = {
        ruleNumber: 1,
        isEgress: choice % 2 === 0,
        action,
        protocol: choice % 3 === 0 ? "all" : 6,
        cidr: parseCidr(flow.family === 4 ? "0.0.0.0/0" : "::/0"),
        portRange: choice % 3 === 0 ? undefined : someRange(choice),
        icmp: undefined,
      };
      const after = ask(
        each<T.NetworkAcl>(topology, "networkAcls", (acl) => ({
          ...acl,
          entries: [...list<T.NetworkAclEntry>(acl.entries), entry],
        })),
        flow,
      );
      return action === "allow" ? gains(after, before) : gains(before, after);
    },
  );
}

/** A block as its two halves. */
function halves(cidr: Cidr): Cidr[] {
  const { family, prefix, from, to } = cidr;
  if (prefix >= 24) return [cidr];
  const middle = typeof from === "number" ? (from + Number(to) + 1) / 2 : (from + (to as bigint) + 1n) / 2n;
  const last = typeof middle === "number" ? middle - 1 : middle - 1n;
  return [
    { family, prefix: prefix + 1, from, to: last },
    { family, prefix: prefix + 1, from: middle, to },
  ];
}

law("a rule with its block in two halves is the same", (topology, flow, before) => {
  const groups = each<T.SecurityGroup>(topology, "securityGroups", (group) => ({
    ...group,
    rules: list<T.SecurityGroupRule>(group.rules).flatMap((rule) => {
      const { peer } = rule;
      return "cidr" in peer ? halves(peer.cidr).map((cidr) => ({ ...rule, peer: { cidr } })) : [rule];
    }),
  }));
  // Numbers are doubled to make room for the second half.
  const acls = each<T.NetworkAcl>(groups, "networkAcls", (acl) => ({
    ...acl,
    entries: list<T.NetworkAclEntry>(acl.entries).flatMap((entry) =>
      halves(entry.cidr as Cidr).map((cidr, half) => ({ ...entry, cidr, ruleNumber: 2 * entry.ruleNumber + half })),
    ),
  }));
  return differences(before, ask(acls, flow));
});

law("the order of groups, rules, routes and resources does not matter", (topology, flow, before) => {
  const reversed = Object.fromEntries(
    Object.entries(topology).map(([key, members]) => [
      key,
      members instanceof Map ? new Map([...members].reverse()) : members,
    ]),
  ) as unknown as T.Topology;
  const interfaces = each<T.NetworkInterface>(reversed, "networkInterfaces", (one) => ({
    ...one,
    securityGroupIds: list<string>(one.securityGroupIds).toReversed(),
  }));
  const groups = each<T.SecurityGroup>(interfaces, "securityGroups", (group) => ({
    ...group,
    rules: list<T.SecurityGroupRule>(group.rules).toReversed(),
  }));
  const tables = each<T.RouteTable>(groups, "routeTables", (table) => ({
    ...table,
    routes: list<T.Route>(table.routes).toReversed(),
  }));
  const acls = each<T.NetworkAcl>(tables, "networkAcls", (acl) => ({
    ...acl,
    entries: list<T.NetworkAclEntry>(acl.entries).toReversed(),
  }));
  return differences(before, ask(acls, flow));
});

law("names do not matter", (topology, flow, before) => {
  const rename = (text: string) => `x${text.split("").reverse().join("")}`;
  const kept = /^(com\.|r\d|111|222|za|zb|allow|deny|all|active|blackhole|local|available|block|off|public|private)/;
  const isId = (text: string) =>
    /^(vpc|subnet|rtb|acl|sg|eni|igw|eigw|nat|vpce|pl|pcx|tgw)-/.test(text) && !kept.test(text);
  const named = (value: unknown): unknown => {
    if (typeof value === "string")
      return value
        .split("/")
        .map((part) => (isId(part) && !kinds.has(part) ? rename(part) : part))
        .join("/");
    if (value instanceof Map) return new Map([...value].map(([id, one]) => [named(id), named(one)]));
    if (Array.isArray(value)) return value.map(named);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, named(one)]));
  };
  return differences(before, ask(named(topology) as T.Topology, named(flow) as Flow));
});

/** Words that look like ids. */
const kinds = new Set(["nat-gateway", "vpc-endpoint", "vpc-peering-connection"]);

law("a VPC that has nothing to do with it changes nothing", (topology, flow, before) => {
  const vpc = { id: "vpc-far", ownerId: "999", region: "far", cidrBlocks: ["10.0.0.0/16"].map(parseCidr) };
  const [some] = (topology.vpcs as ReadonlyMap<string, T.Vpc>).values();
  const vpcs = new Map([...(topology.vpcs as ReadonlyMap<string, T.Vpc>), [vpc.id, { ...(some as T.Vpc), ...vpc }]]);
  const subnets = new Map(topology.subnets as ReadonlyMap<string, T.Subnet>);
  subnets.set("subnet-far", {
    id: "subnet-far",
    vpcId: vpc.id,
    availabilityZone: "za",
    cidrBlocks: ["10.0.0.0/24"].map(parseCidr),
    mapPublicIpOnLaunch: true,
  });
  const gateways = new Map(topology.internetGateways as ReadonlyMap<string, T.InternetGateway>);
  gateways.set("igw-far", { id: "igw-far", vpcIds: [vpc.id] });
  return differences(before, ask({ ...topology, vpcs, subnets, internetGateways: gateways }, flow));
});

law("the way back is the way there of who answers", (topology, flow, before) => {
  const { source, destination } = flow;
  const isPrivate = source.type === "interface" && destination.type === "interface";
  if (!isPrivate || (flow.address !== undefined && flow.address !== destination.address)) return [];
  if (before.verdict !== "reachable") return [];
  const reversed = ask(topology, { ...flow, source: destination, destination: source, address: source.address });
  if (reversed.verdict !== "reachable") return [];
  const ways = (path: Analysis["forwardPath"]) =>
    path.filter(({ component }) => component.type !== "security-group").map(({ component }) => component.id);
  const [back, there] = [ways(before.returnPath).join(" "), ways(reversed.forwardPath).join(" ")];
  // A NAT gateway goes one way only.
  return back === there || back.includes("nat") || there.includes("nat") ? [] : [`${back} is not ${there}`];
});

law("all fixes together make the flow reachable, and each is needed", faultsOfFixes);
