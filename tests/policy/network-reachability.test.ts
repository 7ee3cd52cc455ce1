import type { Policies, PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import * as proxies from "@pulumi/policy/proxy.js";
import test from "ava";
import { unknownValue } from "../../network/adapters/pulumi/resource.ts";
import type { PreflightSettings } from "../../network/preflight-settings.ts";
import { watchDependencies } from "../../policy/dependencies.ts";
import { networkReachability, type Preflight } from "../../policy/network-reachability.ts";
import { StackResources } from "../../policy/resources.ts";
import { Analyzer, urnOf } from "./analyzer.ts";

const today = () => "2026-11-23";
const policiesWith = (preflight: Preflight) =>
  networkReachability(preflight, today, new StackResources(watchDependencies()));
const vpc = { type: "aws:ec2/vpc:Vpc", name: "main", inputs: { a: unknownValue }, outputs: {}, provider: "default" };
const description = "A job reaches all that it needs: in a network where it does not, it would hang.";

test("each blocker is a violation at the resource to change; notes fail nothing", async (t) => {
  const policies = policiesWith(() => ({
    violations: [
      { urn: urnOf(vpc.type, "main"), message: "The job would stay in RUNNABLE." },
      { urn: urnOf(vpc.type, "main"), message: "The image could not be pulled." },
    ],
    notes: ["A NAT gateway costs more."],
  }));
  t.deepEqual(await new Analyzer(policies).judge(vpc), [
    {
      policy: "network-reachability",
      level: "mandatory",
      urn: urnOf(vpc.type, "main"),
      message: `${description}\nThe job would stay in RUNNABLE.`,
    },
    {
      policy: "network-reachability",
      level: "mandatory",
      urn: urnOf(vpc.type, "main"),
      message: `${description}\nThe image could not be pulled.`,
    },
    {
      policy: "network-reachability-notes",
      level: "advisory",
      urn: "",
      message: "What was said about the network that fails nothing.\nA NAT gateway costs more.",
    },
  ]);
});

/** What a policy gets when it reads a value that is not known. */
function unknownValueError(): unknown {
  try {
    // Not among the SDK's declarations.
    return Reflect.get(proxies, "unknownCheckingProxy")({ vpcId: unknownValue }).vpcId;
  } catch (error) {
    return error;
  }
}

test("the SDK lets a mandatory policy pass that reads a value that is not known, and so nothing may leave ours", async (t) => {
  const careless: Policies = [
    {
      name: "careless",
      description: "Reads what is not known.",
      enforcementLevel: "mandatory",
      validateStack: () => {
        throw unknownValueError();
      },
    },
  ];
  const [said] = await new Analyzer(careless).judge(vpc);
  t.is(said?.level, "advisory");
});

const thrown = test.macro({
  exec: async (t, error: unknown, pattern: RegExp) => {
    const judging = new Analyzer(
      policiesWith(() => {
        throw error;
      }),
    );
    const [judged, ...none] = await judging.judge(vpc);
    t.deepEqual(none, []);
    t.is(judged?.level, "mandatory");
    t.regex(judged?.message ?? "", /Nothing is proved: the network was not judged\. /);
    t.regex(judged?.message ?? "", pattern);

    const collecting = new Analyzer(
      networkReachability(() => ({ violations: [], notes: [] }), today, {
        collect: () => {
          throw error;
        },
        take: () => [],
      }),
    );
    const [collected] = await collecting.judge(vpc);
    t.is(collected?.level, "mandatory");
    t.is(collected?.urn, urnOf(vpc.type, "main"));
    t.regex(collected?.message ?? "", /Nothing is proved: the inputs of urn:.*::main can't be read\. /);
    t.regex(collected?.message ?? "", pattern);
  },
  title: (what = "") => `${what} that is thrown while resources are collected or judged is a violation`,
});

test("an error", thrown, new Error("no such subnet"), /Error: no such subnet\n +at /);
test(
  "the SDK's error about a value that is not known",
  thrown,
  unknownValueError(),
  /vpcId can't be known during preview/,
);
test("undefined", thrown, undefined, /undefined/);
test("a string", thrown, "a word", /a word/);
test("an object that can't be printed", thrown, Object.create(null), /Object: null prototype/);

/** What is said with a config, and the settings that the preflight gets. */
async function withConfig(config: object) {
  let settings: PreflightSettings | undefined;
  const policies = policiesWith((_, own) => {
    settings = own;
    return { violations: [], notes: [] };
  }) as StackValidationPolicy[];
  const said: string[] = [];
  for (const policy of policies) {
    const args = { resources: [] as PolicyResource[], stackTags: new Map(), getConfig: () => config, notApplicable };
    await policy.validateStack(args as never, (message: string) => said.push(`${policy.name}: ${message}`));
  }
  return { said, settings };
}
const notApplicable = () => {
  throw new Error("is not to be called");
};

test("without config nothing is added or waived", async (t) => {
  t.deepEqual(await withConfig({}), { said: [], settings: { services: [], images: [], flows: [], waivers: [] } });
});

test("a waiver is said each time; after its last day it says so and counts no more", async (t) => {
  const waivers = [
    { destination: "s3", reason: "Images come from Docker Hub.", expires: "2026-11-23" },
    { source: "subnet-1", destination: "logs", port: 443, reason: "Endpoint on order.", expires: "2026-11-22" },
  ];
  const { said, settings } = await withConfig({ services: ["sqs"], waivers });
  t.deepEqual(said, [
    "network-reachability-notes: Waived until 2026-11-23: s3. Reason: Images come from Docker Hub.",
    "network-reachability-notes: The waiver of logs:443 from subnet-1 expired on 2026-11-22 and counts no more. Its reason was: Endpoint on order.",
  ]);
  t.deepEqual(settings, { services: ["sqs"], images: [], flows: [], waivers: waivers.slice(0, 1) });
});

test("config that does not fit is one violation with all that is wrong with it, and nothing is judged", async (t) => {
  t.deepEqual(await withConfig({ flows: [{ destination: "sqs", protocol: "tcp" }], waiver: [] }), {
    said: [
      "network-reachability: The config of the policy network-reachability does not fit: flows.0.port is missing; tcp and udp need one; waiver is no setting.",
    ],
    settings: undefined,
  });
});
