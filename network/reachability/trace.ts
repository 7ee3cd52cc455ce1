import { addressText } from "./address.ts";
import { changesWayOut, deliver, depart, replyEnds } from "./arrival.ts";
import { type Change, decisionOf, isSame } from "./change.ts";
import { internet } from "./internet-gateway.ts";
import { isKnown } from "./known.ts";
import type { PacketSet } from "./packet-set.ts";
import { drop, end, hop, lose, mark, type Outcome, type Packets, start } from "./path.ts";
import { route } from "./route.ts";
import { fromSubnet } from "./subnet.ts";
import type { TopologyIndex } from "./topology-index.ts";
import { type Errand, type Steps, Walk } from "./walk.ts";

const steps: Steps = { fromSubnet, route, deliver, internet, replyEnds };

/**
 * Every part of an errand's packets, and what happens to it and to its replies. Where parts would have the same routing
 * decision changed in different ways, all get the change of the first; and what a change would make of the path before it is
 * seen when the path is walked again with all changes known.
 */
export function trace(index: TopologyIndex, errand: Errand): Outcome[] {
  if (errand.resolution?.isVain) return end(mark(startOf(errand), "blocks"));
  const first = new Walk(index, errand, steps);
  const outcomes = walkOnce(first);
  const { given, isSettled } = changesOf(outcomes);
  const isRelied = (change: Change) => change.type === "add-attachment-subnet" || changesWayOut(first, change);
  if (isSettled && ![...given.values()].some(isRelied)) return outcomes;
  const again = walkOnce(new Walk(index, errand, steps, given));
  const found = changesOf(again).given;
  const isStillNeeded = [...given].every(([key, change]) => !isRelied(change) || found.has(key));
  return isStillNeeded ? again : outcomes;
}

/** The first change of each routing decision; whether there are no others. */
function changesOf(outcomes: readonly Outcome[]): { given: ReadonlyMap<string, Change>; isSettled: boolean } {
  const given = new Map<string, Change>();
  let isSettled = true;
  for (const { change } of outcomes.flatMap(({ blockers }) => blockers)) {
    const decision = change && decisionOf(change);
    if (!change || decision === undefined) continue;
    const known = given.get(decision);
    if (known && !isSame(known, change)) isSettled = false;
    if (!known) given.set(decision, change);
  }
  return { given, isSettled };
}

function walkOnce(walk: Walk): Outcome[] {
  const { source, set } = walk.errand;
  const packets = startOf(walk.errand);
  if (source.type === "internet")
    return internet(walk, hop(packets, { type: "internet", id: addressText(source.address) }));
  if (walk.source) return depart(walk, walk.source, packets);
  const { networkInterfaces } = walk.index.topology;
  if (!isKnown(networkInterfaces))
    return lose(packets, { type: source.type, id: textOf(set) }, networkInterfaces.reason);
  return drop(packets, {
    code: "NO_SOURCE_OR_DESTINATION",
    component: { type: "address", id: textOf(set) },
    message: `${textOf(set)} belongs to nothing that sends.`,
  });
}

/** The packets as the source sends them, with the name of their destination resolved. */
export function startOf({ set, destinationTerm, resolution }: Errand): Packets {
  const packets = start(set, {
    source: { dimension: "source" },
    destination: destinationTerm,
    sourcePort: { dimension: "sourcePort" },
    destinationPort: { dimension: "destinationPort" },
  });
  if (!resolution) return packets;
  const { hop: step, blockers } = resolution;
  return { ...hop(packets, step.component, step.decision), blockers };
}

const textOf = ({ source }: PacketSet) => addressText(source.from);
