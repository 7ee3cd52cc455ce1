import test from "ava";
import type { JudgedFlow } from "../../../network/preflight/judged-flow.ts";
import { violationsOf } from "../../../network/preflight/violation.ts";
import type { Analysis } from "../../../network/reachability/index.ts";

const blocked = {
  code: "missing-endpoint",
  component: { type: "vpc", id: "vpc" },
  message: "No way.",
  fix: "Make one.",
};

function flow(
  destination: string,
  verdict: Analysis["verdict"],
  ...explanations: Analysis["explanations"]
): JudgedFlow {
  const analysis: Analysis = { verdict, outcomes: [], explanations, forwardPath: [], returnPath: [] };
  return {
    computeEnvironment: "environment",
    source: "subnet",
    destination,
    protocol: "tcp",
    port: 443,
    symptom: { jobState: "RUNNABLE", message: "It waits." },
    page: "https://docs.aws.amazon.com/",
    analysis,
    shown: { source: "subnet", destination, analysis },
  };
}

const all = () => true;

test("one violation a blocker, with all flows that it keeps back", (t) => {
  const found = violationsOf([flow("ecs", "not-reachable", blocked), flow("logs", "not-reachable", blocked)], all);
  t.is(found.length, 1);
  t.is(found[0]?.urn, "vpc");
  t.is(
    found[0]?.message,
    [
      "missing-endpoint at vpc vpc: No way.",
      "RUNNABLE: It waits.",
      "Flows: subnet -> ecs tcp/443; subnet -> logs tcp/443",
      "Fix: Make one.",
      "See https://docs.aws.amazon.com/",
    ].join("\n"),
  );
});

test("what is reachable is none; what is partial or not known is one; so is what nobody explains", (t) => {
  t.deepEqual(violationsOf([flow("ecs", "reachable")], all), []);
  for (const verdict of ["partial", "not-reachable", "unknown"] as const) {
    t.is(violationsOf([flow("ecs", verdict, blocked)], all).length, 1);
    const [bare] = violationsOf([flow("ecs", verdict)], all);
    t.is(bare?.urn, "subnet");
  }
});

test("what the program does not declare is told at the subnet, or at the compute environment", (t) => {
  const urns = (declared: readonly string[]) =>
    violationsOf([flow("ecs", "not-reachable", blocked)], (urn) => declared.includes(urn)).map(({ urn }) => urn);
  t.deepEqual(urns(["vpc", "subnet"]), ["vpc"]);
  t.deepEqual(urns(["subnet"]), ["subnet"]);
  t.deepEqual(urns([]), ["environment"]);
});

test("no more flows than a person reads", (t) => {
  const flows = Array.from({ length: 7 }, (_, index) => flow(`service${index}`, "not-reachable", blocked));
  t.regex(violationsOf(flows, all)[0]?.message ?? "", /service4 tcp\/443; and 2 more\n/);
});
