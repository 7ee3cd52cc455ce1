import { parseAddress } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { HostedZone, HostedZoneTarget } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { types, vpcEndpoints, vpcs, hostedZones as wanted } from "./wanted.ts";

const token = {
  association: "aws:route53/zoneAssociation:ZoneAssociation",
  record: "aws:route53/record:Record",
} as const;

type HostedZoneRecord = Exclude<HostedZone["records"], Unknown>[number];

const zoneOf = (inputs: Inputs) => inputs.reference("zoneId", wanted);

/** The private hosted zones, those with VPCs; undefined where there is none. */
export function hostedZones(declarations: Declarations): Known<readonly HostedZone[]> | undefined {
  const associations = groupBy(declarations.of(token.association), zoneOf);
  const records = groupBy(declarations.of(token.record), zoneOf);
  const zones: HostedZone[] = [];
  const declared = declarations.of(...types.hostedZone);
  const foreign = [...associations.byKey].find(([id]) => !declared.some(({ resource }) => resource.urn === id));
  if (associations.stray) return associations.stray;
  if (foreign) return new Unknown(`what is in the hosted zone ${foreign[0]}, which this program does not make`);
  for (const inputs of declared) {
    const { urn } = inputs.resource;
    const vpcIds = vpcsOf(inputs, associations.byKey.get(urn) ?? []);
    if (isKnown(vpcIds) && vpcIds.length === 0) continue;
    const name = inputs.text("name");
    if (!isKnown(name)) return name;
    if (name === undefined) return inputs.unknown("name", "is not set");
    const isManaged = declarations.isManaged(urn);
    const own = isManaged
      ? recordsOf(declarations, records.byKey.get(urn) ?? [], name)
      : new Unknown(`the records of ${urn}, which this program does not make`);
    zones.push({ id: urn, name, vpcIds, records: records.stray ?? own });
  }
  return zones.length === 0 ? undefined : zones;
}

/** Those that the zone names, and those that are associated with it on their own. */
function vpcsOf(inputs: Inputs, associations: readonly Inputs[]): Known<readonly string[]> {
  const blocks = inputs.blocks("vpcs");
  if (!isKnown(blocks)) return blocks;
  // Together: in a preview each may be of several VPCs, and all of them are all of those.
  const named = inputs.resolveAll(
    blocks.map(({ fields }) => fields.vpcId),
    "vpcs",
    vpcs,
  );
  if (!isKnown(named)) return named;
  const ids = [...named];
  for (const association of associations) {
    const vpcId = association.reference("vpcId", vpcs);
    if (!isKnown(vpcId)) return vpcId;
    if (vpcId !== undefined) ids.push(vpcId);
  }
  return [...new Set(ids)];
}

function recordsOf(declarations: Declarations, all: readonly Inputs[], zone: string): HostedZone["records"] {
  const records: HostedZoneRecord[] = [];
  for (const inputs of all) {
    const name = inputs.text("name");
    if (!isKnown(name)) return name;
    records.push({ name: wholeName(name ?? "", zone), target: targetOf(declarations, inputs) });
  }
  return records;
}

/** As the provider reads it: the zone's name is added where it is missing. */
function wholeName(name: string, zone: string): string {
  const [own, suffix] = [name, zone].map((text) => text.toLowerCase().replace(/\.$/, "")) as [string, string];
  if (own === suffix || own.endsWith(`.${suffix}`)) return own;
  return own === "" ? suffix : `${own}.${suffix}`;
}

function targetOf(declarations: Declarations, inputs: Inputs): Known<HostedZoneTarget> {
  const { urn } = inputs.resource;
  const type = inputs.text("type");
  if (!isKnown(type)) return type;
  // The name exists, and has no address.
  if (type !== "A" && type !== "AAAA" && type !== "CNAME") return { addresses: [] };
  const aliases = inputs.blocks("aliases");
  if (!isKnown(aliases))
    return endpointOf(declarations, inputs.resolve(inputs.resource.inputs.aliases, "aliases", vpcEndpoints), urn);
  const [alias] = aliases;
  if (alias) return endpointOf(declarations, alias.reference("name", vpcEndpoints), urn);
  if (type === "CNAME") {
    const [name] = asList(inputs.resource.inputs.records);
    return endpointOf(declarations, inputs.resolve(name, "records", vpcEndpoints), urn);
  }
  const addresses = inputs.value("records");
  if (!isKnown(addresses)) return addresses;
  try {
    const texts = asList(addresses);
    if (texts.some((one) => !isKnown(inputs.known(one, "records")))) return inputs.unknown("records");
    return { addresses: texts.map((text) => parseAddress(String(text)).value) };
  } catch {
    return inputs.unknown("records", "are no IP addresses");
  }
}

/** The endpoint that a name leads to: one of the program's, as its reference or one of its DNS names says. */
function endpointOf(declarations: Declarations, name: Known<string | undefined>, urn: string): Known<HostedZoneTarget> {
  if (!isKnown(name)) return name;
  const endpoints = declarations.of(...types.vpcEndpoint);
  const own = name?.toLowerCase().replace(/\.$/, "");
  const found = endpoints.find(({ resource }) => {
    const entries = asList(resource.outputs.dnsEntries).map(
      (entry) => (entry as { dnsName?: unknown } | null)?.dnsName,
    );
    return resource.urn === name || entries.some((entry) => typeof entry === "string" && entry.toLowerCase() === own);
  });
  if (found) return { endpointId: found.resource.urn };
  return new Unknown(`what the record ${urn} leads to${name === undefined ? "" : ` (${name})`}`);
}

function asList(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
