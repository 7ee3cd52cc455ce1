import type { Explanation } from "../reachability/explanation.ts";
import { flowText } from "../reachability/render.ts";
import type { JudgedFlow } from "./judged-flow.ts";

/** What must be changed before a program's jobs can run, at the resource to change. */
export interface Violation {
  readonly urn: string;
  readonly message: string;
}

/** No more flows than a person reads. */
const mostFlows = 5;

/** One violation for each blocker, with all flows that it keeps back; what is not known is one too. */
export function violationsOf(flows: readonly JudgedFlow[], isDeclared: (urn: string) => boolean): Violation[] {
  const groups = new Map<string, { explanation: Explanation; raw: Explanation; flows: JudgedFlow[] }>();
  for (const flow of flows) {
    if (flow.analysis.verdict === "reachable") continue;
    const { explanations } = flow.analysis;
    for (const [index, explanation] of (explanations.length > 0 ? explanations : [unexplained(flow)]).entries()) {
      const raw = flow.shown.analysis.explanations[index] ?? explanation;
      const { code, component, fix } = explanation;
      const key = JSON.stringify([flow.analysis.verdict === "unknown", code, component.id, fix ?? explanation.message]);
      const own = groups.get(key) ?? { explanation, raw, flows: [] };
      groups.set(key, own);
      own.flows.push(flow);
    }
  }
  return [...groups.values()].map(({ explanation, raw, flows: kept }) => {
    const [first] = kept as [JudgedFlow, ...JudgedFlow[]];
    const { id } = explanation.component;
    const urn = isDeclared(id) ? id : isDeclared(first.source) ? first.source : first.computeEnvironment;
    return { urn, message: messageOf(explanation, raw, kept) };
  });
}

/** A flow that does not pass is never without a violation. */
const unexplained = ({ source, analysis }: JudgedFlow): Explanation => ({
  code: "unknown-value",
  component: { type: "subnet", id: source },
  message: `${analysis.verdict}, and no component says why.`,
});

function messageOf(explanation: Explanation, raw: Explanation, kept: readonly JudgedFlow[]): string {
  const [first] = kept as [JudgedFlow, ...JudgedFlow[]];
  const isUnknown = first.analysis.verdict === "unknown";
  const symptoms = [...new Set(kept.map(({ symptom }) => `${symptom.jobState}: ${symptom.message}`))];
  const texts = [...new Set(kept.map(({ shown, protocol, port }) => flowText({ ...shown, protocol, port })))];
  const more = texts.length > mostFlows ? [`and ${texts.length - mostFlows} more`] : [];
  const path = [...first.shown.analysis.forwardPath, ...first.shown.analysis.returnPath];
  const hops = path.map(
    ({ component, mark }) => `${mark === "blocks" ? "x " : mark === "unknown" ? "? " : ""}${component.id}`,
  );
  return [
    `${explanation.code} at ${raw.component.type} ${raw.component.id}: ${raw.message}`,
    ...(isUnknown ? [`Not proved; if it fails: ${symptoms.join(" ")}`] : symptoms),
    `Flows: ${[...texts.slice(0, mostFlows), ...more].join("; ")}`,
    ...(hops.length > 0 ? [`Path: ${hops.filter((hop, index) => hop !== hops[index - 1]).join(" > ")}`] : []),
    `Fix: ${raw.fix ?? (isUnknown ? wayOut : `Change ${raw.component.id} so that it lets this through.`)}`,
    `See ${first.page}`,
  ].join("\n");
}

const wayOut =
  "Say in the program what is not known (an id itself, not a value computed from several; properties as plain JSON), or check against a snapshot of the account (node network check --program DIR --snapshot DIR), or say in the policy's config what a preview hides (images, assignPublicIp, services), or waive the flow there, with a reason and an expiry date.";
