import { readFileSync } from "node:fs";
import * as v from "valibot";
import type { JudgedFlow } from "../../network/preflight.ts";

const text = v.pipe(v.string(), v.nonEmpty());

const row = v.strictObject({
  /** Services as their endpoints are called; a database by its logical name; `*`: whatever else shows in that job state. */
  to: v.union([text, v.array(text)]),
  /** The logical name of a subnet; each where it is left out. */
  from: v.optional(text),
  verdict: v.picklist(["not-reachable", "partial", "unknown"]),
  /** The state in which the job hangs or fails. */
  jobState: v.picklist(["RUNNABLE", "STARTING", "RUNNING"]),
  /** Where a preview tells less than `pulumi up` will. */
  stage: v.optional(v.picklist(["preview"])),
  /** Each explanation: `CODE at TYPE::NAME`. */
  why: v.array(v.pipe(v.string(), v.regex(/^[\w-]+ at \S+$/, "is not CODE at TYPE::NAME"))),
  /** What a person is told to do, where this scenario is about that: each fix. */
  fix: v.optional(v.array(text)),
});

type Row = v.InferOutput<typeof row>;

/** What a scenario expects of flows; one that no row is about is reachable. */
export function readExpected(file: URL, isPreview: boolean): readonly Row[] {
  const rows = v.parse(v.array(row), JSON.parse(readFileSync(file, "utf8")));
  return rows.filter(({ stage }) => isPreview || stage === undefined);
}

/** A line for each flow, as it is and as it should be. */
export function compared(flows: readonly JudgedFlow[], rows: readonly Row[]) {
  const unmet = new Set(rows);
  const lines = flows.map((flow) => {
    const found =
      rows.find((one) => one.to !== "*" && isAbout(one, flow)) ??
      rows.find((one) => one.to === "*" && isAbout(one, flow));
    if (found) unmet.delete(found);
    const { verdict, explanations } = flow.analysis;
    const why = explanations.map(({ code, component }) => `${code} at ${shortOf(component.id)}`);
    const fixes = found?.fix && flow.shown.analysis.explanations.map(({ fix }) => fix ?? "no fix");
    return {
      actual: line(flow, verdict, why, fixes),
      expected: line(flow, found?.verdict ?? "reachable", found?.why ?? [], found?.fix),
    };
  });
  const unique = (key: "actual" | "expected") => [...new Set(lines.map((one) => one[key]))].sort();
  return { actual: unique("actual"), expected: unique("expected"), unmet: [...unmet] };
}

function isAbout({ to, from, jobState }: Row, flow: JudgedFlow): boolean {
  if (jobState !== flow.symptom.jobState) return false;
  if (from !== undefined && from !== nameOf(flow.source)) return false;
  return to === "*" || [to].flat().includes(nameOf(flow.destination));
}

function line(flow: JudgedFlow, verdict: string, why: readonly string[], fixes: readonly string[] = []): string {
  const question = `${nameOf(flow.source)} to ${nameOf(flow.destination)}, ${flow.symptom.jobState}: ${verdict}`;
  return [question, ...[...new Set(why)].sort(), ...[...new Set(fixes)].sort()].join("; ");
}

/** The logical name of a URN. */
const nameOf = (id: string) => (id.startsWith("urn:") ? id.split("::").slice(3).join("::") : id);

/** `TYPE::NAME` of a URN. */
function shortOf(id: string): string {
  const [, , types, ...name] = id.split("::");
  return id.startsWith("urn:") ? `${types?.split("$").at(-1)}::${name.join("::")}` : id;
}
