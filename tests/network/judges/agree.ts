import type { Scalar } from "../../../network/reachability/address.ts";
import type { Analysis } from "../../../network/reachability/index.ts";
import type { Judgement } from "./concrete.ts";

/** What the core does not decide yet, as the explanation of an unknown outcome says it. To be emptied. */
const undecidedByTheCore: readonly string[] = ["what an appliance does with packets"];

export type Dimension = "source" | "destination" | "sourcePort" | "destinationPort" | "natPort";
type Outcome = Analysis["outcomes"][number];

/** Whether an outcome is of a packet. */
export const holds = ({ set }: Outcome, values: Record<Dimension, Scalar>) =>
  (Object.keys(values) as Dimension[]).every((name) => set[name].from <= values[name] && values[name] <= set[name].to);

/** What is wrong with what the core says of a packet; undefined: nothing. */
export function faultOf(outcomes: readonly Outcome[], { answer, hasChoices }: Judgement): string | undefined {
  const results = new Set(outcomes.map(({ result }) => result));
  if (results.size === 0) return "no outcome of the core holds the packet";
  if (results.size > 1) return "outcomes of the core that hold the packet contradict each other";
  const [result] = results;
  if (result === answer) return undefined;
  const isCertain = answer === "reachable" || answer === "not-reachable";
  if (!isCertain) return result === "reachable" ? `the core proves what is ${answer}` : undefined;
  if (result !== "unknown") return `the core says ${result}, and the judge ${answer}`;
  if (hasChoices) return undefined;
  const isUndecided = outcomes.every(({ unknowns }) =>
    unknowns.some(({ message }) => undecidedByTheCore.some((what) => message.includes(what))),
  );
  return isUndecided ? undefined : `the core does not know, and the judge says ${answer}`;
}
