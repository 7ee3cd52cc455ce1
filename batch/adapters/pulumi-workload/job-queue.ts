import { Inputs } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import { isKnown, type Known } from "../../../network/reachability/known.ts";
import { computeEnvironmentTypes } from "./compute-environment.ts";

const wanted = { name: "compute environment", types: computeEnvironmentTypes };

/** A job queue of the program, and where its jobs go. */
export interface JobQueue {
  /** URN. */
  readonly id: string;
  readonly name: string;
  /** URNs, or ARNs of what the program does not make. */
  readonly computeEnvironmentIds: Known<readonly string[]>;
}

export function jobQueues(program: Program): readonly JobQueue[] {
  return program.ofType("aws:batch/jobQueue:JobQueue").map((resource) => {
    const inputs = new Inputs(program, resource);
    return { id: resource.urn, name: resource.name, computeEnvironmentIds: idsOf(inputs) };
  });
}

/** `computeEnvironmentOrders`, or the list of ARNs that the provider took before. */
function idsOf(inputs: Inputs): Known<readonly string[]> {
  if (inputs.has("computeEnvironments")) return inputs.references("computeEnvironments", wanted);
  const orders = inputs.blocks("computeEnvironmentOrders");
  if (!isKnown(orders)) return inputs.candidates("computeEnvironmentOrders", wanted);
  const values = orders.map(({ fields }) => fields.computeEnvironment);
  return inputs.resolveAll(values, "computeEnvironmentOrders", wanted);
}
