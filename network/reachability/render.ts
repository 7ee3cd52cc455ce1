import type { Explanation } from "./explanation.ts";
import { type Analysis, type Sample, samples } from "./index.ts";
import type { Hop } from "./path.ts";

/** What is asked of a flow, as a person wrote it. */
export interface Asked {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly port?: number | undefined;
}

/** What a part of the text is, for whoever gives it a colour. */
export type Role = "good" | "bad" | "unsure" | "aside" | "code" | "path";
export type Paint = (role: Role, text: string) => string;

export interface TextOptions {
  /** Said after the flow: what was expected of it, or why it does not count. */
  readonly remark?: string;
  /** What a person sees if the flow fails. */
  readonly symptom?: string;
  /** Of the verdict. */
  readonly role: Role;
  /** A line for each hop with what it decides, a cross where it blocks, a question mark where it may; else one line of ids for each way. */
  readonly showHops: boolean;
  /** Neither: the verdict alone. */
  readonly isBrief?: boolean;
  readonly paint: Paint;
}

/** `10.1.1.100 -> 8.8.8.8 tcp/443` */
export function flowText({ source, destination, protocol, port }: Asked): string {
  return printable(`${source} -> ${destination} ${protocol}${port === undefined ? "" : `/${port}`}`);
}

/** A verdict for a person: what is asked, what blocks it with the fix below, the way there and back. */
export function renderText(asked: Asked, analysis: Analysis, options: TextOptions): string {
  const { remark, symptom, role, showHops, isBrief = false, paint } = options;
  const { verdict, explanations, forwardPath, returnPath } = analysis;
  const lines = [
    `${paint(role, verdict.padEnd(13))} ${flowText(asked)}${remark === undefined ? "" : `, ${printable(remark)}`}`,
  ];
  if (symptom !== undefined) lines.push(`    ${printable(symptom)}`);
  if (verdict === "partial") lines.push(`    ${samplesText(analysis)}`);
  for (const explanation of explanations) lines.push(...explained(explanation, paint));
  for (const [name, hops] of [
    ["there", forwardPath],
    ["back", returnPath],
  ] as const) {
    if (isBrief || hops.length === 0) continue;
    const texts = showHops ? hopLines(hops) : [`  ${idsOf(hops).join(" > ")}`];
    for (const [index, text] of texts.entries()) {
      const label = (index === 0 ? name : "").padEnd(5);
      lines.push(`    ${paint(text.startsWith(" x") ? "bad" : "path", `${label}${text}`)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

/** `10.0.0.10 port 32768 gets through, 10.0.0.10 port 40000 does not` */
export function samplesText(analysis: Analysis): string {
  const { passes, blocked } = samples(analysis);
  const packet = ({ source, sourcePort }: Sample) => `${source} port ${sourcePort}`;
  return [passes && `${packet(passes)} gets through`, blocked && `${packet(blocked)} does not`]
    .filter((text) => text !== undefined)
    .join(", ");
}

function explained({ code, message, fix }: Explanation, paint: Paint): string[] {
  const lines = [`    ${paint("code", printable(code))}: ${printable(message)}`];
  return fix === undefined ? lines : [...lines, `      fix: ${printable(fix)}`];
}

/** What is passed, each once though it decides several things in turn. */
function idsOf(hops: readonly Hop[]): string[] {
  const ids = hops.map(({ component }) => printable(component.id));
  return ids.filter((id, index) => id !== ids[index - 1]);
}

const marks = { blocks: " x ", unknown: " ? " };

/** Id, type and decision below one another. */
function hopLines(hops: readonly Hop[]): string[] {
  const cells = hops.map(({ component, decision = "" }) => [component.id, component.type, decision].map(printable));
  const widths = [0, 1].map((column) => Math.max(...cells.map((row) => (row[column] as string).length)));
  return hops.map(({ mark }, row) => {
    const texts = (cells[row] as string[]).map((text, column) => text.padEnd(widths[column] ?? 0));
    return `${mark === undefined ? "   " : marks[mark]}${texts.join("  ")}`.trimEnd();
  });
}

/** Control characters as \u001b: an id that a file holds must not move the cursor of a terminal. */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
