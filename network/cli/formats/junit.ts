import { flowText } from "../../reachability/render.ts";
import { Counts, type Format, type Judgement, scopeRemark, shown } from "./judgement.ts";
import { text } from "./text.ts";

/**
 * JUnit's XML as Jenkins and GitLab read it: a test case for each flow. What is not as expected is a failure, what is not
 * known an error (both show as failed, by different names), what is out of scope is skipped.
 */
export const junit: Format = function* (judgements, { name }) {
  const counts = new Counts();
  const cases: string[] = [];
  for (const judgement of judgements) {
    counts.add(judgement);
    cases.push(testCase(judgement, name));
  }
  const totals = {
    tests: counts.all,
    failures: counts.of("not-as-expected"),
    errors: counts.of("unknown"),
    skipped: counts.of("out-of-scope"),
    time: 0,
  };
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites${attributes({ name: "node network check", ...totals })}>\n`;
  yield `  <testsuite${attributes({ name, ...totals })}>\n`;
  yield* cases;
  yield "  </testsuite>\n</testsuites>\n";
};

/** `time` is there because some readers take its absence for no number; nothing is measured. */
function testCase(judgement: Judgement, suite: string): string {
  const { standing } = judgement;
  const own = attributes({ classname: suite, name: flowText(shown(judgement).question), time: 0 });
  const inside = resultOf(judgement);
  return standing === "as-expected"
    ? `    <testcase${own}/>\n`
    : `    <testcase${own}>\n      ${inside}\n    </testcase>\n`;
}

function resultOf(judgement: Judgement): string {
  const { expected, standing } = judgement;
  const { question, analysis } = shown(judgement);
  if (standing === "out-of-scope") return `<skipped${attributes({ message: scopeRemark(question) })}/>`;
  const { verdict, explanations } = analysis;
  const [first] = explanations;
  const why = first ? `: ${first.code}: ${first.message}` : "";
  const element = standing === "unknown" ? "error" : "failure";
  // What a person would be shown, less the line that counts.
  const [details = ""] = text([judgement], { name: "", hasColors: false });
  const own = attributes({ message: `${verdict}, expected ${expected}${why}`, type: verdict });
  return `<${element}${own}>${escaped(details)}</${element}>`;
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(([key, value]) => ` ${key}="${escaped(String(value)).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`)
    .join("");
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

/** Characters that XML 1.0 cannot hold, not even as references, become U+FFFD. */
function escaped(value: string): string {
  return (
    value
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\p{Surrogate}]/gu, "\ufffd")
      .replace(/[&<>"\r]/g, (character) => entities[character] as string)
  );
}
