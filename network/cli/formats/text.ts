import { createColors } from "picocolors";
import { type Paint, type Role, renderText } from "../../reachability/render.ts";
import { Counts, type Format, type Judgement, type Standing, scopeRemark, shown, symptomOf } from "./judgement.ts";

const roles: Record<Standing, Role> = {
  "as-expected": "good",
  "not-as-expected": "bad",
  unknown: "unsure",
  "out-of-scope": "aside",
};

/** For a person: each flow as soon as it is judged, at the end how many came out how. */
export const text: Format = function* (judgements, { hasColors }) {
  const counts = new Counts();
  const paint = painter(hasColors);
  for (const judgement of judgements) {
    counts.add(judgement);
    const { standing } = judgement;
    const { question, analysis } = shown(judgement);
    const symptom = symptomOf(judgement);
    const showHops = standing === "not-as-expected" || standing === "unknown";
    const remark = remarkOn(judgement);
    yield renderText(question, analysis, {
      role: roles[standing],
      showHops,
      // A program has many flows, of which most are as they should be.
      isBrief: judgement.shown !== undefined && !showHops,
      paint,
      ...(remark && { remark }),
      ...(symptom && { symptom }),
    });
  }
  yield `\n${counts.sentence}\n`;
};

function remarkOn({ question, expected, standing }: Judgement): string | undefined {
  if (standing === "out-of-scope") return scopeRemark(question);
  if (standing !== "as-expected") return question.expect === undefined ? undefined : `expected ${expected}`;
  return expected === "reachable" ? undefined : "as expected";
}

function painter(hasColors: boolean): Paint {
  const { green, red, yellow, dim, bold } = createColors(hasColors);
  const paints = { good: green, bad: red, unsure: yellow, aside: dim, code: bold, path: dim };
  return (role, text) => paints[role](text);
}
