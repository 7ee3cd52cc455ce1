import type { Question } from "../../adapters/flows.ts";
import type { Analysis } from "../../reachability/index.ts";
import type { Verdict } from "../../reachability/verdict.ts";

/** What a verdict means to whoever asked. A flow with `outOfScope` is judged like any other, and counts for nothing. */
export type Standing = "as-expected" | "not-as-expected" | "unknown" | "out-of-scope";

/** A flow, what was found out about it, and whether that is what should be. */
export interface Judgement {
  readonly question: Question;
  readonly analysis: Analysis;
  readonly expected: Verdict;
  readonly standing: Standing;
  /** What a person sees if the flow fails. */
  readonly symptom?: Symptom;
  /** The same as people call it, where ids are too long for them. */
  readonly shown?: Shown;
}

export interface Symptom {
  readonly jobState: string;
  readonly message: string;
}

export interface Shown {
  readonly question: Question;
  readonly analysis: Analysis;
}

/** For a person. */
export function shown({ question, analysis, shown: own }: Judgement): Shown {
  return own ?? { question, analysis };
}

/** What is said of a flow that fails, or may. */
export function symptomOf({ standing, symptom }: Judgement): string | undefined {
  return standing === "not-as-expected" || standing === "unknown" ? symptom?.message : undefined;
}

export function judgementOf(
  question: Question,
  analysis: Analysis,
  more: Pick<Judgement, "symptom" | "shown"> = {},
): Judgement {
  const expected = question.expect ?? "reachable";
  return { question, analysis, expected, standing: standingOf(question, analysis.verdict, expected), ...more };
}

function standingOf({ outOfScope }: Question, verdict: Verdict, expected: Verdict): Standing {
  if (outOfScope !== undefined) return "out-of-scope";
  if (verdict === expected) return "as-expected";
  return verdict === "unknown" ? "unknown" : "not-as-expected";
}

/** What a flow's `outOfScope` says; it may be anything. */
export function scopeRemark({ outOfScope }: Question): string {
  return typeof outOfScope === "string" && outOfScope !== "" ? `out of scope: ${outOfScope}` : "out of scope";
}

/** A way to write judgements down, piece by piece: where it can, while they come in. */
export type Format = (judgements: Iterable<Judgement>, options: FormatOptions) => Iterable<string>;

export interface FormatOptions {
  /** Of the file of flows. */
  readonly name: string;
  /** Whether what reads it shows colours. */
  readonly hasColors: boolean;
}

/** How many there are of each standing. */
export class Counts {
  readonly #counts = new Map<Standing, number>();

  add({ standing }: Judgement): void {
    this.#counts.set(standing, this.of(standing) + 1);
  }

  of(standing: Standing): number {
    return this.#counts.get(standing) ?? 0;
  }

  get all(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** `3 flows: 1 as expected, 1 not as expected, 1 unknown` */
  get sentence(): string {
    const named = (["as-expected", "not-as-expected", "unknown", "out-of-scope"] as const)
      .filter((standing) => standing === "as-expected" || this.of(standing) > 0)
      .map((standing) => `${this.of(standing)} ${standing.replaceAll("-", " ")}`);
    return `${this.all} ${this.all === 1 ? "flow" : "flows"}: ${named.join(", ")}`;
  }
}
