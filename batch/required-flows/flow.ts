import type { Known } from "../../network/reachability/known.ts";
import type { RequiredRequest } from "./arn.ts";
import type { Symptom } from "./symptom.ts";

/** What a flow leads to. */
export type Destination =
  /** A service of AWS in the compute environment's Region, as VPC endpoints name it: `ecr.api`. */
  | { readonly service: string }
  /** A host by its name or address. `isPublic`: whether it is known to be on the internet. */
  | { readonly host: string; readonly isPublic: Known<true> }
  /** What has an address in a VPC: a database, a file system; the compute environment itself (`nodes`). */
  | { readonly resource: string }
  | { readonly nodes: true };

/** Packets that must arrive, and their replies, for a job to run. */
export interface RequiredFlow {
  /** Unknown: there is one, and nobody knows where it leads; it can't be proved. */
  readonly destination: Known<Destination>;
  readonly protocol: "tcp" | "udp";
  /** Undefined: every port. */
  readonly port: Known<number | undefined>;
  /** What is asked through an endpoint, if one is on the path. */
  readonly requests: readonly RequiredRequest[];
  /** What starts it: the agent that runs the job, or the job's own code. */
  readonly by: "agent" | "job";
  /** Why it is not known whether the job needs it: if it fails, then nobody knows what becomes of the job. */
  readonly onlyIf?: string;
  /** Why it is not known which of its ports the job needs: if some of them fail, nobody knows whether those matter. */
  readonly whichPorts?: string;
  readonly symptom: Symptom;
  /** AWS's page that asks for it. */
  readonly page: string;
}
