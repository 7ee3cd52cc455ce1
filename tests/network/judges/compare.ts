import type { Interval, Scalar } from "../../../network/reachability/address.ts";
import type { Flow } from "../../../network/reachability/flow.ts";
import { type Analysis, analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type { Topology } from "../../../network/reachability/topology.ts";

type Outcome = Analysis["outcomes"][number];
type Result = Outcome["result"];

/** A packet of a flow whose ends are one address each. */
interface Point {
  readonly sourcePort: Scalar;
  readonly natPort: Scalar;
}

export const ask = (topology: Topology, flow: Flow) => analyze(new TopologyIndex(topology), flow);

/** What becomes of a packet; all parts that hold it say the same. */
export function resultAt({ outcomes }: Analysis, point: Point): Result {
  const results = new Set(
    outcomes
      .filter(({ set }) => holds(set.sourcePort, point.sourcePort) && holds(set.natPort, point.natPort))
      .map(({ result }) => result),
  );
  const [result, ...others] = results;
  if (result === undefined || others.length > 0) throw new Error(`a packet has ${results.size} results`);
  return result;
}

/** A packet of each cell that the parts of both analyses make together. */
export function points(one: Analysis, other: Analysis): Point[] {
  const cuts = (dimension: keyof Point) => {
    const sides = [...one.outcomes, ...other.outcomes].map(({ set }) => set[dimension]);
    return [...new Set(sides.map(({ from }) => from))];
  };
  return cuts("sourcePort").flatMap((sourcePort) => cuts("natPort").map((natPort) => ({ sourcePort, natPort })));
}

/** The packets where two analyses do not say the same. */
export function differences(one: Analysis, other: Analysis): string[] {
  return points(one, other).flatMap((point) => {
    const [left, right] = [resultAt(one, point), resultAt(other, point)];
    return left === right ? [] : [`${left} -> ${right} at ports ${point.sourcePort}, ${point.natPort}`];
  });
}

const holds = ({ from, to }: Interval, value: Scalar) => from <= value && value <= to;
