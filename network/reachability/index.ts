import { addressText } from "./address.ts";
import { costOf, nowhere } from "./detour.ts";
import { componentOf, errandsOf, unresolved } from "./errand.ts";
import { type Explanation, merge } from "./explanation.ts";
import type { Flow } from "./flow.ts";
import { isKnown } from "./known.ts";
import { type Hop, lose, type Outcome } from "./path.ts";
import type { TopologyIndex } from "./topology-index.ts";
import { startOf, trace } from "./trace.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export { applyChange, type Change } from "./change.ts";
export type { Explanation } from "./explanation.ts";
export { TopologyIndex } from "./topology-index.ts";

export interface Analysis {
  readonly verdict: Verdict;
  /** Every part of the flow's packets, and what happens to it. */
  readonly outcomes: readonly Outcome[];
  /** Why not all arrive, or why that is not known: all that is in the way on the best path of each part. */
  readonly explanations: readonly Explanation[];
  readonly forwardPath: readonly Hop[];
  readonly returnPath: readonly Hop[];
}

/** What happens to the packets of a flow and to their replies. */
export function analyze(index: TopologyIndex, flow: Flow): Analysis {
  const outcomes = outcomesOf(index, flow);
  const verdict = verdictOf(outcomes);
  const telling = outcomes.filter(({ result }) =>
    verdict === "unknown" ? result === "unknown" : verdict === "reachable" || result === "not-reachable",
  );
  const [best] = [...telling].sort((one, other) => one.blockers.length - other.blockers.length);
  const explanations = merge(
    index.topology,
    telling.flatMap(({ result, blockers, unknowns }) => (result === "unknown" ? unknowns : blockers)),
  );
  return {
    verdict,
    outcomes,
    explanations,
    forwardPath: best?.forwardPath ?? [],
    returnPath: best?.returnPath ?? [],
  };
}

function outcomesOf(index: TopologyIndex, flow: Flow): Outcome[] {
  const errands = errandsOf(index, flow);
  if (!isKnown(errands)) return nobodyKnows(flow, errands.reason);
  const { ways, reason, repaired } = errands;
  const [first = [], ...others] = ways.map((way) => way.flatMap((errand) => trace(index, errand)));
  const all = [first, ...others].flat();
  if (others.length > 0 && !isSettled(all)) {
    const isSure = all.some(({ result }) => result === "not-reachable");
    const unsure = all.filter(({ result }) => result === "unknown");
    // Of ways that lead there or may, what is not known of these is all that is not known.
    return unsure.length > 0 && !isSure ? unsure : nobodyKnows(flow, reason ?? "which way is taken");
  }
  if (!repaired || first.some(({ result }) => result !== "not-reachable")) return first;
  const better = repaired.errands.flatMap((errand) => trace(repaired.index, errand));
  const cost = costOf(better);
  // Who has a transit gateway that leads there wants to use that, and who has an endpoint that.
  const leads = costOf(first) <= cost && first.every(({ unknowns }) => unknowns.length === 0);
  if (repaired.isPreferred) return cost < nowhere && !leads ? better : first;
  return cost <= costOf(first) ? better : first;
}

function nobodyKnows(flow: Flow, reason: string): Outcome[] {
  return lose(startOf(unresolved(flow, reason)), componentOf(flow), reason);
}

/** Whether the same holds whatever of it is the case. */
function isSettled(outcomes: readonly Outcome[]): boolean {
  const [first] = outcomes;
  return outcomes.every(({ result }) => result === first?.result);
}

/** A source address and port of a packet that gets through, and of one that does not. */
export function samples({ outcomes }: Analysis): { passes?: Sample; blocked?: Sample } {
  const sampleOf = (result: Outcome["result"]) => {
    const outcome = outcomes.find((one) => one.result === result);
    if (!outcome) return undefined;
    const { source, sourcePort } = outcome.set;
    return { source: addressText(source.from), sourcePort: Number(sourcePort.from) };
  };
  const [passes, blocked] = [sampleOf("reachable"), sampleOf("not-reachable")];
  return { ...(passes && { passes }), ...(blocked && { blocked }) };
}

export interface Sample {
  readonly source: string;
  readonly sourcePort: number;
}
