import { isKnown, type Known, Unknown } from "./known.ts";
import { anyLabel } from "./service-name.ts";
import type { HostedZone, HostedZoneTarget, Topology } from "./topology.ts";

/** What a private hosted zone has for a host: where its records lead; none: the name does not exist there. */
export interface ZoneAnswer {
  readonly zone: HostedZone;
  readonly host: string;
  readonly targets: readonly HostedZoneTarget[];
}

/**
 * The zone of a VPC that is asked for a host, the one with the longest name, and what it answers; undefined where none is
 * for it. A zone that has no record for the name answers that there is none, and nobody else is asked (Route 53 guide,
 * Considerations when working with a private hosted zone).
 */
export function askHostedZones({ hostedZones }: Topology, vpcId: string, host: string): Known<ZoneAnswer | undefined> {
  if (hostedZones === undefined) return undefined;
  if (!isKnown(hostedZones)) return hostedZones;
  const labels = labelsOf(host);
  let best: HostedZone | undefined;
  for (const zone of hostedZones) {
    const match = isWithin(labels, labelsOf(zone.name));
    if (match === "no") continue;
    if (!isKnown(zone.vpcIds)) return zone.vpcIds;
    if (!zone.vpcIds.includes(vpcId)) continue;
    if (match === "maybe") return new Unknown(`whether ${zone.name} is the zone of ${host}`);
    if (!best || labelsOf(zone.name).length > labelsOf(best.name).length) best = zone;
  }
  if (!best) return undefined;
  const targets = targetsOf(best, host);
  return isKnown(targets) ? { zone: best, host, targets } : targets;
}

/** How many labels a name has: of two zones the one with more is asked. */
export const lengthOf = (name: string) => labelsOf(name).length;

/**
 * Records of the name itself, else of the nearest wildcard; what lies below a name that exists is no wildcard's any more
 * (RFC 4592, 3.3.1).
 */
function targetsOf(zone: HostedZone, host: string): Known<readonly HostedZoneTarget[]> {
  const { records, name } = zone;
  if (!isKnown(records)) return records;
  const labels = labelsOf(host);
  const all = records.map((record) => ({ target: record.target, labels: labelsOf(record.name) }));
  const isSame = (one: readonly string[], other: readonly string[]) => one.join(".") === other.join(".");
  const found = (wanted: readonly string[]) => all.filter((record) => isSame(record.labels, wanted));
  const known = (some: typeof all): Known<HostedZoneTarget[]> => {
    const unsure = some.find(({ target }) => !isKnown(target));
    return unsure ? (unsure.target as Unknown) : some.map(({ target }) => target as HostedZoneTarget);
  };
  const special = all.filter(({ labels: own }) => own[0] !== anyLabel && matches(labels, own) === "maybe");
  if (special.length > 0) return new Unknown(`which record of ${name} is for ${host}`);
  const own = labels[0] === anyLabel ? [] : found(labels);
  if (own.length > 0) return known(own);
  for (let start = 1; labels.length - start >= lengthOf(name); start++) {
    const above = labels.slice(start);
    const wild = found([anyLabel, ...above]);
    if (wild.length > 0) return known(wild);
    const exists = all.some((record) => isSame(record.labels.slice(-above.length), above));
    if (exists) return [];
  }
  return [];
}

/** Whether two names of as many labels are the same. */
function matches(host: readonly string[], name: readonly string[]): "yes" | "maybe" | "no" {
  return host.length === name.length ? isWithin(host, name) : "no";
}

/** Whether a host lies in a zone: the last labels are the same. */
function isWithin(host: readonly string[], zone: readonly string[]): "yes" | "maybe" | "no" {
  if (zone.length > host.length) return "no";
  const last = host.slice(host.length - zone.length);
  if (last.some((label, index) => label !== anyLabel && label !== zone[index])) return "no";
  return last.includes(anyLabel) ? "maybe" : "yes";
}

/** Route 53 writes a star as `\052`, and a dot after the last label. */
function labelsOf(name: string): string[] {
  return name.toLowerCase().replace(/\.$/, "").replaceAll("\\052", anyLabel).split(".");
}
