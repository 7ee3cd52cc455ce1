import { addressText, type Scalar } from "./address.ts";
import type { Flow } from "./flow.ts";
import type { TopologyIndex } from "./topology-index.ts";
import { type Outcome, trace } from "./trace.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export { TopologyIndex } from "./topology-index.ts";

export interface Analysis {
  readonly verdict: Verdict;
  readonly outcomes: readonly Outcome[];
  /** The part of the packets that tells most: the one that comes furthest. */
  readonly best: Outcome;
}

/** What happens to the packets of a flow and to their replies. */
export function analyze(index: TopologyIndex, flow: Flow): Analysis {
  const outcomes = trace(index, flow);
  const [best] = [...outcomes].sort((one, other) => one.blockers.length - other.blockers.length);
  return { verdict: verdictOf(outcomes), outcomes, best: best as Outcome };
}

/** A source address and port of a packet that gets through, and of one that does not. */
export function samples({ outcomes }: Analysis): { passes?: Sample; blocked?: Sample } {
  const sampleOf = (result: Outcome["result"]) => {
    const outcome = outcomes.find((one) => one.result === result);
    if (!outcome) return undefined;
    const { source, sourcePort } = outcome.set;
    return { source: textOf(source.from), sourcePort: Number(sourcePort.from) };
  };
  const [passes, blocked] = [sampleOf("reachable"), sampleOf("not-reachable")];
  return { ...(passes && { passes }), ...(blocked && { blocked }) };
}

export interface Sample {
  readonly source: string;
  readonly sourcePort: number;
}

const textOf = (value: Scalar) => addressText(value);
