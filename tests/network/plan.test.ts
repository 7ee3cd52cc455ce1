import test from "ava";
import { type NetworkPlan, type NetworkPlanArgs, planNetwork } from "../../network/plan.ts";

const services = ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "s3", "logs", "secretsmanager"];
const usual: NetworkPlanArgs = {
  region: "eu-west-1",
  cidrBlock: "10.20.0.0/16",
  zones: 2,
  egress: "endpoints",
  natGateways: "one",
  database: true,
  jobs: 16,
  onInstances: true,
  services,
};

function plan(args: Partial<NetworkPlanArgs> = {}): NetworkPlan {
  const planned = planNetwork({ ...usual, ...args });
  if ("faults" in planned) throw new Error(planned.faults.join("\n"));
  return planned;
}
const blocks = (subnets: NetworkPlan["compute"]) => subnets.map(({ cidrBlock }) => cidrBlock);
const zones = (subnets: NetworkPlan["compute"]) => subnets.map(({ zone }) => zone.slice(-1)).join("");

test("jobs get the first half of the block, the database the third quarter", (t) => {
  const { compute, database, public: front } = plan();
  t.deepEqual(compute, [
    { zone: "eu-west-1a", cidrBlock: "10.20.0.0/20" },
    { zone: "eu-west-1b", cidrBlock: "10.20.16.0/20" },
  ]);
  t.deepEqual(blocks(database), ["10.20.128.0/24", "10.20.129.0/24"]);
  t.deepEqual(front, []);
});

test("a zone that is added moves no subnet", (t) => {
  const region = "us-east-1";
  for (const count of [1, 2, 3, 4, 5]) {
    const [fewer, more] = [plan({ region, zones: count }), plan({ region, zones: count + 1 })];
    t.deepEqual(more.compute.slice(0, count), fewer.compute);
    t.deepEqual(more.database.slice(0, fewer.database.length), fewer.database);
  }
});

for (const [cidrBlock, count, compute, database] of [
  ["10.0.0.0/20", 3, ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"], ["10.0.8.0/25", "10.0.8.128/25", "10.0.9.0/25"]],
  ["10.0.0.0/24", 2, ["10.0.0.0/27", "10.0.0.32/27"], ["10.0.0.128/28", "10.0.0.144/28"]],
  ["10.0.0.0/25", 2, ["10.0.0.0/27", "10.0.0.32/27"], ["10.0.0.64/28", "10.0.0.80/28"]],
] as const) {
  test(`a small block is cut into less: ${cidrBlock} in ${count} zones`, (t) => {
    const planned = plan({ cidrBlock, zones: count, jobs: 1, services: ["s3"] });
    t.deepEqual(blocks(planned.compute), [...compute]);
    t.deepEqual(blocks(planned.database), [...database]);
  });
}

test("the database has two zones also where jobs have one", (t) => {
  const { compute, database } = plan({ zones: 1 });
  t.is(zones(compute), "a");
  t.is(zones(database), "ab");
  t.is(zones(plan({ zones: ["eu-west-1c"] }).database), "ca");
  t.deepEqual(plan({ zones: 1, database: false }).database, []);
});

test("zones are those that the Region has", (t) => {
  t.is(zones(plan({ region: "ap-northeast-1", zones: 3 }).compute), "acd");
  t.is(zones(plan({ zones: ["eu-west-1c", "eu-west-1a"] }).compute), "ca");
  t.is(zones(plan({ region: "xx-new-1", zones: ["xx-new-1a", "xx-new-1b"] }).compute), "ab");
});

for (const [egress, natGateways, subnets, gateways, interfaceEndpoints] of [
  ["endpoints", "zone", 0, [], services.filter((service) => service !== "s3").sort()],
  ["nat", "one", 3, [0], []],
  ["nat", "zone", 3, [0, 1, 2], []],
  ["public", "zone", 0, [], []],
] as const) {
  test(`egress ${egress}, NAT gateways ${natGateways}: ${gateways.length} of those, ${interfaceEndpoints.length} interface endpoints`, (t) => {
    const planned = plan({ egress, natGateways, zones: 3 });
    t.is(planned.public.length, subnets);
    t.deepEqual(planned.natGateways, [...gateways]);
    t.deepEqual(planned.interfaceEndpoints, [...interfaceEndpoints]);
    t.deepEqual(planned.gatewayEndpoints, ["s3"]);
  });
}

test("own blocks for compute subnets are taken as they are", (t) => {
  const own = ["10.20.64.0/22", "10.20.100.0/24"];
  t.deepEqual(blocks(plan({ subnetCidrBlocks: own }).compute), own);
});

const tooFew =
  "cidrBlock 10.0.0.0/24 is too small: 100 jobs at once and 14 endpoint interfaces need 114 addresses, and the compute subnets (10.0.0.0/27, 10.0.0.32/27) have 54, as AWS keeps 5 of each; give a larger block, or a smaller maxvCpus.";
const six = "eu-west-1 has 3 (eu-west-1a, eu-west-1b, eu-west-1c)";

const faulty: readonly (readonly [what: string, args: Partial<NetworkPlanArgs>, faults: readonly string[]])[] = [
  ["no zones", { zones: 0 }, ["zones is 0; it must be a whole number from 1 to 6."]],
  ["half a zone", { zones: 1.5 }, ["zones is 1.5; it must be a whole number from 1 to 6."]],
  ["more zones than there are", { zones: 4 }, [`zones is 4, and ${six}; lower it.`]],
  [
    "a Region that nobody knows",
    { region: "xx-new-1" },
    ['The zones of the Region "xx-new-1" are not known here; name them with zoneNames.'],
  ],
  [
    "zones that don't exist, or exist once",
    { zones: ["eu-west-1a", "eu-west-1a", "eu-west-1x", "us-east-1a"] },
    [
      "zoneNames names eu-west-1a twice; a zone gets one subnet.",
      'zoneNames has "eu-west-1x", which is no zone of eu-west-1 (eu-west-1a, eu-west-1b, eu-west-1c); correct it.',
      'zoneNames has "us-east-1a", which is no zone of eu-west-1 (eu-west-1a, eu-west-1b, eu-west-1c); correct it.',
    ],
  ],
  [
    "a Local Zone of a Region that nobody knows",
    { region: "xx-new-1", zones: ["xx-new-1-bos-1a", "xx-new-1b"] },
    ['zoneNames has "xx-new-1-bos-1a", which is no zone of xx-new-1; correct it.'],
  ],
  [
    "no block",
    { cidrBlock: "10.20.0/16" },
    ['cidrBlock is "10.20.0/16", which is no block of IPv4 addresses; write one as 10.20.0.0/16.'],
  ],
  [
    "a block that begins elsewhere, and is too large",
    { cidrBlock: "10.20.1.0/8" },
    [
      "cidrBlock 10.20.1.0/8 does not begin where its block begins; write 10.0.0.0/8.",
      "cidrBlock 10.20.1.0/8 has a prefix of 8; AWS makes VPCs from /16 to /28.",
    ],
  ],
  [
    "Docker's own block",
    { cidrBlock: "172.17.0.0/16" },
    [
      "cidrBlock 172.17.0.0/16 overlaps with 172.17.0.0/16, which Docker uses on each instance: what lies there, jobs can't reach; choose another block.",
    ],
  ],
  [
    "zones and block at once",
    { zones: 9, cidrBlock: "x" },
    [
      "zones is 9; it must be a whole number from 1 to 6.",
      'cidrBlock is "x", which is no block of IPv4 addresses; write one as 10.20.0.0/16.',
    ],
  ],
  [
    "a block without room for subnets",
    { cidrBlock: "10.0.0.0/26", jobs: 1 },
    [
      "cidrBlock 10.0.0.0/26 is too small for 2 zones: it has 64 addresses, and a subnet has 16 at least; give a larger block.",
    ],
  ],
  ["too few addresses for the jobs", { cidrBlock: "10.0.0.0/24", jobs: 100 }, [tooFew]],
  [
    "own blocks that overlap, lie outside, are too small, are none",
    {
      zones: 3,
      subnetCidrBlocks: [
        "10.20.0.0/20",
        "10.20.8.0/24",
        "10.30.0.0/24",
        "10.20.128.0/24",
        "10.20.40.0/30",
        "10.20.17.0/20",
        "?",
      ],
    },
    [
      "subnetCidrBlocks has 7 blocks for 3 zones; give one a zone.",
      "subnetCidrBlocks: 10.20.8.0/24 overlaps with 10.20.0.0/20; separate them.",
      "subnetCidrBlocks: 10.30.0.0/24 lies outside of the VPC's 10.20.0.0/16; choose a part of it.",
      "subnetCidrBlocks: 10.20.128.0/24 overlaps with 10.20.128.0/24, which is kept for the database; choose from 10.20.0.0/17.",
      "subnetCidrBlocks: 10.20.40.0/30 has 4 addresses; AWS makes no subnet below 16 (/28).",
      "subnetCidrBlocks: 10.20.17.0/20 does not begin where its block begins; write 10.20.16.0/20.",
      'subnetCidrBlocks has "?", which is no block of IPv4 addresses; write one as 10.20.0.0/20.',
    ],
  ],
];

for (const [what, args, faults] of faulty) {
  test(`refused: ${what}`, (t) => {
    t.deepEqual(planNetwork({ ...usual, ...args }), { faults });
  });
}

test("Docker's block is fine for Fargate", (t) => {
  t.deepEqual(blocks(plan({ cidrBlock: "172.17.0.0/16", onInstances: false }).compute).slice(0, 1), ["172.17.0.0/20"]);
});
