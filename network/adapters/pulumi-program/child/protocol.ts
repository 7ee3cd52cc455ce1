import type { ProgramResource, Properties } from "../../pulumi/resource.ts";

/** What the process that runs the program is told, as JSON in its arguments; config comes by environment. */
export interface Assignment {
  readonly entryPoint: string;
  readonly isModule: boolean;
  readonly rootDirectory: string;
  /** Where the stack's config is said. */
  readonly stackFile: string;
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly ids: Ids;
  /** Undefined: nothing says it. */
  readonly region: string | undefined;
}

/**
 * `unknown`: a first preview. `known`: as after `pulumi up`, with placeholders for what AWS would choose; a string
 * that is computed from ids stays readable.
 */
export type Ids = "known" | "unknown";

export type Severity = "info" | "warning" | "error";

export interface ProgramMessage {
  readonly severity: Severity;
  readonly text: string;
  /** Of the resource that it is about. */
  readonly urn?: string;
}

/** What it says. After `done` or `failed` it ends. */
export type Report =
  | ({ readonly kind: "message" } & ProgramMessage)
  | { readonly kind: "done"; readonly resources: readonly ProgramResource[]; readonly outputs: Properties }
  | { readonly kind: "failed"; readonly faults: readonly string[] };
