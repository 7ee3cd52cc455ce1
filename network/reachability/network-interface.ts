import type { Component } from "./explanation.ts";
import { isKnown, type Known } from "./known.ts";
import { value } from "./packet-set.ts";
import { drop, hop, lose, type Outcome, type Packets } from "./path.ts";
import { throughAcl } from "./subnet.ts";
import type { NetworkInterface } from "./topology.ts";
import type { Position, Walk } from "./walk.ts";

/** An interface, of the topology or one that may be made in a subnet, as packets find it. */
export interface View {
  readonly component: Component;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly type: NetworkInterface["type"];
  readonly service?: NetworkInterface["service"];
  readonly securityGroupIds: Known<readonly string[]>;
  readonly isInUse: Known<boolean>;
  /** The interface endpoint that it will be of, where its interfaces are not known yet. */
  readonly endpointId?: string;
}

export function viewOf({ id, vpcId, subnetId, type, service, securityGroupIds, isInUse }: NetworkInterface): View {
  return { component: { type: "network-interface", id }, vpcId, subnetId, type, service, securityGroupIds, isInUse };
}

/**
 * A route to an interface: of an appliance, which must have the source/destination check off to get packets that are not for
 * itself (EC2 user guide, Source/destination checking). What an appliance does with them is not modelled.
 */
export function applianceInterface(walk: Walk, id: string, from: Position, before: Packets): Outcome[] {
  const component = { type: "network-interface", id };
  const packets = hop(before, component);
  const { networkInterfaces } = walk.index.topology;
  if (!isKnown(networkInterfaces)) return lose(packets, component, networkInterfaces.reason);
  const found = networkInterfaces.get(id);
  if (!found) return lose(packets, component, `${id}, which is not in the topology`);
  const { addresses, sourceDestCheck, vpcId } = found;
  const address = value(packets.set, packets.header.destination);
  if (!isKnown(addresses)) return lose(packets, component, addresses.reason);
  const isItself = address !== undefined && addresses.some((one) => one.value === address) && vpcId === from.vpcId;
  if (isItself) return walk.steps.deliver(walk, vpcId, from.subnetId, before);
  if (!isKnown(sourceDestCheck)) return lose(packets, component, sourceDestCheck.reason);
  // No interface has a service's public address.
  const isElsewhere = "anyPublic" in packets.header.destination && walk.errand.family === 4;
  if (!sourceDestCheck || (address === undefined && !isElsewhere)) {
    const crossing = found.subnetId === from.subnetId ? [packets] : throughAcl(walk, found.subnetId, false, packets);
    return crossing.flatMap((part) => lose(part, component, "what an appliance does with packets is not modelled"));
  }
  return drop(packets, {
    code: "ENI_SOURCE_DEST_CHECK_RESTRICTION",
    component,
    message: `${id} drops packets that are not for its own addresses: its source/destination check is on.`,
  });
}
