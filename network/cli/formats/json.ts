import { samples } from "../../reachability/index.ts";
import type { Format } from "./judgement.ts";

/** JSON Lines: the flow's own fields first, then what is known of it. */
export const json: Format = function* (judgements) {
  for (const { question, analysis } of judgements) {
    const { verdict, explanations, forwardPath, returnPath } = analysis;
    const packets = verdict === "partial" ? { packets: samples(analysis) } : {};
    const object = {
      ...question,
      verdict,
      explanations: explanations.map(({ change: _, ...explanation }) => explanation),
      forwardPath,
      returnPath,
      ...packets,
    };
    yield `${JSON.stringify(object)}\n`;
  }
};
