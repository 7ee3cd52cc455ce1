import type { PlacedHost } from "../../batch/adapters/pulumi-workload/host.ts";
import { anyRegistry, type Destination, type RequiredFlow } from "../../batch/required-flows.ts";
import type { Component, Explanation } from "../reachability/explanation.ts";
import type { Flow, Service, SubnetPlace } from "../reachability/flow.ts";
import { type Analysis, analyze, type TopologyIndex } from "../reachability/index.ts";
import { isKnown, type Known, Unknown } from "../reachability/known.ts";
import { groupElsewhere } from "./group-elsewhere.ts";
import { familyOf, placeIn } from "./source.ts";

/** Judges required flows, each combination of packets once. */
export class Judge {
  readonly #index: TopologyIndex;
  readonly #hosts: ReadonlyMap<string, PlacedHost>;
  readonly #known = new Map<string, Analysis>();

  constructor(index: TopologyIndex, hosts: ReadonlyMap<string, PlacedHost>) {
    this.#index = index;
    this.#hosts = hosts;
  }

  /** `nodes`: where the other nodes of a job are. */
  judge(required: RequiredFlow, source: Known<SubnetPlace>, sourceId: string, nodes: readonly SubnetPlace[]): Analysis {
    const analysis = this.#judge(required, source, sourceId, nodes);
    const why = required.onlyIf ?? (analysis.verdict === "partial" ? required.whichPorts : undefined);
    if (why === undefined) return analysis;
    const { destination } = required;
    const isAnyImage = isKnown(destination) && "host" in destination && destination.host === anyRegistry;
    return inDoubt(analysis, sourceId, why, isAnyImage ? sayTheImage : undefined);
  }

  #judge(
    required: RequiredFlow,
    source: Known<SubnetPlace>,
    sourceId: string,
    nodes: readonly SubnetPlace[],
  ): Analysis {
    const at = { type: this.#isSubnet(sourceId) ? "subnet" : "compute-environment", id: sourceId };
    const { destination: wanted, port, protocol, requests } = required;
    if (!isKnown(source)) return unknownAnalysis(at, source.reason);
    const misplaced = groupElsewhere(this.#index.topology, source);
    if (misplaced) return notReachable(misplaced);
    if (!isKnown(wanted)) return unknownAnalysis(at, wanted.reason);
    const found = this.#destination(wanted, source, nodes);
    if (!isKnown(found)) return unknownAnalysis(at, found.reason);
    if ("code" in found) return notReachable(found);
    if (!isKnown(port)) return unknownAnalysis(at, port.reason);
    const flow: Flow = {
      source,
      destination: found,
      family: familyOf(source),
      protocol,
      ports: port === undefined ? { from: 0, to: 65_535 } : { from: port, to: port },
      requests,
    };
    const key = keyOf(flow);
    const known = this.#known.get(key);
    if (known) return known;
    const analysis = analyze(this.#index, flow);
    this.#known.set(key, analysis);
    return analysis;
  }

  /** Where its subnets are not known, a compute environment stands for them. */
  #isSubnet(id: string): boolean {
    const { subnets } = this.#index.topology;
    return !isKnown(subnets) || subnets.has(id);
  }

  #destination(
    destination: Destination,
    source: SubnetPlace,
    nodes: readonly SubnetPlace[],
  ): Known<Service | Explanation> {
    if ("service" in destination) return { type: "service", name: destination.service };
    if ("nodes" in destination) return { type: "host", id: "the other nodes", places: nodes };
    if ("host" in destination) {
      const { host, isPublic } = destination;
      return isKnown(isPublic) ? { type: "service", name: host } : isPublic;
    }
    const host = this.#hosts.get(destination.resource);
    return host ? this.#placed(host, source) : new Unknown(`where ${destination.resource} is`);
  }

  #placed(host: PlacedHost, source: SubnetPlace): Known<Service | Explanation> {
    const { id, subnetIds, subnetsInDoubt, securityGroupIds, securityGroupsIn, isPublic, isZonal } = host;
    if (!isKnown(subnetIds)) return subnetIds;
    if (subnetIds.length === 0)
      return isPublic === true ? { type: "service", name: id } : new Unknown(`where ${id} is`);
    const near = isZonal ? this.#inZoneOf(source, subnetIds) : subnetIds;
    if (!isKnown(near)) return near;
    if (near.length === 0) {
      const zone = this.#index.zoneOf(source.id);
      const message = `${id} has no mount target in ${String(zone)}, the zone of ${source.id}: its name is not found there.`;
      return {
        code: "no-mount-target",
        component: { type: "file-system", id },
        message,
        fix: `Make a mount target of ${id} in a subnet of ${String(zone)}.`,
      };
    }
    const places: SubnetPlace[] = [];
    for (const subnetId of near) {
      const groups = securityGroupsIn?.get(subnetId) ?? securityGroupIds;
      const place = placeIn(this.#index.topology, subnetId, groups, isPublic);
      if (!isKnown(place)) return place;
      places.push(place);
    }
    return { type: "host", id, places, ...(subnetsInDoubt === undefined ? {} : { inDoubt: subnetsInDoubt }) };
  }

  /** https://docs.aws.amazon.com/efs/latest/ug/mounting-fs-mount-cmd-dns-name.html: the name is that of the zone's mount target. */
  #inZoneOf(source: SubnetPlace, subnetIds: readonly string[]): Known<readonly string[]> {
    if (subnetIds.includes(source.id)) return [source.id];
    const zone = this.#index.zoneOf(source.id);
    if (!isKnown(zone)) return zone;
    const near: string[] = [];
    for (const id of subnetIds) {
      const other = this.#index.zoneOf(id);
      if (!isKnown(other)) return other;
      if (other === zone) near.push(id);
    }
    return near;
  }
}

export function unknownAnalysis(component: Component, reason: string): Analysis {
  const explanation = { code: "unknown-value", component, message: `Not known: ${reason}.` };
  return { verdict: "unknown", outcomes: [], explanations: [explanation], forwardPath: [], returnPath: [] };
}

export function notReachable(explanation: Explanation): Analysis {
  return { verdict: "not-reachable", outcomes: [], explanations: [explanation], forwardPath: [], returnPath: [] };
}

const sayTheImage =
  "Say which image the jobs have: in the job definition, as plain JSON, or, where a preview hides it, in the policy's config (images).";

/** Where it is not known whether a flow is needed at all: that it fails proves nothing then. */
export function inDoubt(analysis: Analysis, id: string, reason: string, fix?: string): Analysis {
  const { verdict, explanations } = analysis;
  if (verdict === "reachable" || verdict === "unknown") return analysis;
  const failing = explanations.map(({ message }) => ` If it does: ${message}`).slice(0, 1);
  const message = `Not known whether this matters: ${reason}.${failing.join("")}`;
  const component = { type: "subnet", id };
  const explanation = { code: "unknown-value", component, message, ...(fix === undefined ? {} : { fix }) };
  return { ...analysis, verdict: "unknown", explanations: [explanation] };
}

function keyOf({ source, destination, protocol, ports, requests }: Flow): string {
  const text = (_: string, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value instanceof Unknown ? `? ${value.reason}` : value;
  return JSON.stringify([source, destination, protocol, ports, requests], text);
}
