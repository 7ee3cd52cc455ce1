import type { Flow } from "../../../network/reachability/flow.ts";
import { type Analysis, applyChange } from "../../../network/reachability/index.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { ask } from "./compare.ts";

/** All fixes together make a flow reachable, and each is needed; it gives what is wrong. */
export function faultsOfFixes(topology: Topology, flow: Flow, before: Analysis): string[] {
  if (before.verdict !== "not-reachable" && before.verdict !== "partial") return [];
  const changes = before.explanations.flatMap(({ change }) => (change ? [change] : []));
  if (changes.length < before.explanations.length || before.outcomes.some(({ unknowns }) => unknowns.length > 0))
    return [];
  const apply = (some: typeof changes) => some.reduce(applyChange, topology);
  const codes = before.explanations.map(({ code, fix }) => `${code} (${fix})`).join(", ");
  const faults: string[] = [];
  const { verdict, explanations } = ask(apply(changes), flow);
  if (verdict !== "reachable")
    faults.push(`${verdict} with ${codes}: ${explanations.map(({ message }) => message).join(" ")}`);
  for (const [index, left] of changes.entries()) {
    const rest = changes.filter((_, other) => other !== index);
    if (ask(apply(rest), flow).verdict === "reachable") faults.push(`${left.type} is not needed of ${codes}`);
  }
  return faults;
}
