import { Failure } from "../../../worker/failure.ts";
import { readSnapshot, SnapshotError } from "../../adapters/snapshot.ts";
import type { Topology } from "../../reachability/topology.ts";

/** @throws Failure `usage` with all that can't be read */
export function readTopology(folder: string): Topology {
  try {
    return readSnapshot(folder);
  } catch (error) {
    if (error instanceof SnapshotError) throw new Failure("usage", error.message);
    throw error;
  }
}
