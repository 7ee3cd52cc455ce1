import type { Explanation } from "../../reachability/explanation.ts";
import type { Hop } from "../../reachability/path.ts";
import { printable, samplesText } from "../../reachability/render.ts";
import { Counts, type Format, type Judgement, type Standing, scopeRemark, shown, symptomOf } from "./judgement.ts";

const marks: Record<Standing, string> = {
  "as-expected": "✅",
  "not-as-expected": "❌",
  unknown: "❓",
  "out-of-scope": "➖",
};

/** For a comment on a pull request or a job's summary: a table of all flows, then those that are not as expected. */
export const markdown: Format = function* (judgements) {
  const counts = new Counts();
  const rows: string[] = [];
  const details: string[] = [];
  for (const judgement of judgements) {
    counts.add(judgement);
    rows.push(row(judgement));
    if (judgement.standing === "not-as-expected" || judgement.standing === "unknown") details.push(detail(judgement));
  }
  yield `## Network check\n\n**${counts.sentence}**\n\n`;
  yield "| | Source | Destination | Port | Verdict | Expected |\n| --- | --- | --- | --- | --- | --- |\n";
  yield* rows;
  yield* details;
};

function row(judgement: Judgement): string {
  const { expected, standing } = judgement;
  const { question, analysis } = shown(judgement);
  const cells = [
    marks[standing],
    code(question.source),
    code(question.destination),
    portText(question),
    analysis.verdict,
    standing === "out-of-scope" ? plain(scopeRemark(question)) : expected,
  ];
  return `| ${cells.join(" | ")} |\n`;
}

function detail(judgement: Judgement): string {
  const { expected, standing } = judgement;
  const { question, analysis } = shown(judgement);
  const symptom = symptomOf(judgement);
  const { verdict, explanations, forwardPath, returnPath } = analysis;
  const asked = `${code(question.source)} → ${code(question.destination)} ${portText(question)}`;
  const lines = [`### ${marks[standing]} ${asked}: ${verdict}, expected ${expected}`, ""];
  if (symptom !== undefined) lines.push(plain(symptom), "");
  if (verdict === "partial") lines.push(`${plain(samplesText(analysis))}.`, "");
  for (const explanation of explanations) lines.push(...explained(explanation));
  lines.push("", `<details><summary>Path: ${hopCount(forwardPath)} there, ${hopCount(returnPath)} back</summary>`);
  for (const [name, hops] of [
    ["There", forwardPath],
    ["Back", returnPath],
  ] as const) {
    if (hops.length > 0) lines.push("", `${name}:`, "", ...hops.map((hop) => `1. ${hopText(hop)}`));
  }
  // Markdown inside of HTML begins and ends at an empty line.
  lines.push("", "</details>");
  return `\n${lines.join("\n")}\n`;
}

const hopCount = ({ length }: readonly Hop[]) => (length === 1 ? "1 hop" : `${length} hops`);

function explained({ code: name, component, message, fix }: Explanation): string[] {
  const lines = [`- **${plain(name)}** at ${plain(component.type)} ${code(component.id)}: ${plain(message)}`];
  return fix === undefined ? lines : [...lines, `  - **Fix:** ${plain(fix)}`];
}

const hopMarks = { blocks: "❌ ", unknown: "❓ " };

function hopText({ component, decision, mark }: Hop): string {
  const named = `${mark === undefined ? "" : hopMarks[mark]}${plain(component.type)} ${code(component.id)}`;
  return decision === undefined ? named : `${named}: ${plain(decision)}`;
}

const portText = ({ protocol, port }: Judgement["question"]) => `${protocol}${port === undefined ? "" : `/${port}`}`;

/** An id or an address as code; what is neither, as text. */
function code(value: string): string {
  return /^[\w.:/-]+$/.test(value) ? `\`${value}\`` : plain(value);
}

/** Text that says what it says: no HTML, no emphasis, no links, no end of a table's cell. */
function plain(value: string): string {
  return printable(value)
    .replace(/[\\`*_~[\]<>&#]/g, "\\$&")
    .replaceAll("|", "&#124;");
}
