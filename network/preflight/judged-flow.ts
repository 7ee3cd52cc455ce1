import type { RequiredRequest, Symptom } from "../../batch/required-flows.ts";
import type { Names } from "../adapters/pulumi/names.ts";
import type { Analysis } from "../reachability/index.ts";

/** A flow that the program's jobs need, and what was found out about it; its ids are URNs where the program declares them. */
export interface JudgedFlow {
  readonly computeEnvironment: string;
  /** None for a compute environment that has no job definition for it. */
  readonly jobDefinition?: string;
  /** The subnet that the job runs in. */
  readonly source: string;
  /** A service of AWS by its name (`ecr.api`), a host, or the URN of a database or file system. */
  readonly destination: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly port?: number;
  readonly requests?: readonly RequiredRequest[];
  readonly symptom: Symptom;
  /** AWS's page that asks for it. */
  readonly page: string;
  readonly analysis: Analysis;
  /** As people call it. */
  readonly shown: { readonly source: string; readonly destination: string; readonly analysis: Analysis };
}

/** An analysis for programs: ids of what can be changed, sentences with names. */
export function declared(names: Names, analysis: Analysis): Analysis {
  return {
    ...analysis,
    explanations: analysis.explanations.map((one) => ({
      ...one,
      component: names.component(one.component),
      message: names.text(one.message),
      ...(one.fix === undefined ? {} : { fix: names.text(one.fix) }),
    })),
    forwardPath: analysis.forwardPath.map((hop) => ({ ...hop, component: names.component(hop.component) })),
    returnPath: analysis.returnPath.map((hop) => ({ ...hop, component: names.component(hop.component) })),
  };
}

/** An analysis for people: names throughout. */
export function named(names: Names, analysis: Analysis): Analysis {
  const hops = (path: Analysis["forwardPath"]) =>
    path.map(({ component, decision, ...hop }) => ({
      ...hop,
      component: { type: component.type, id: names.text(component.id) },
      ...(decision === undefined ? {} : { decision: names.text(decision) }),
    }));
  return {
    ...analysis,
    explanations: analysis.explanations.map((one) => ({
      ...one,
      component: { type: one.component.type, id: names.text(one.component.id) },
      message: names.text(one.message),
      ...(one.fix === undefined ? {} : { fix: names.text(one.fix) }),
    })),
    forwardPath: hops(analysis.forwardPath),
    returnPath: hops(analysis.returnPath),
  };
}
