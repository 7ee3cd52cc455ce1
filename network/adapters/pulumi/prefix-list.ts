import type { Cidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { PrefixList } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { listOfService, prefixLists as lists, types } from "./wanted.ts";

/** Services with a list of AWS's own (VPC user guide, AWS-managed prefix lists), those that gateway endpoints are for. */
const services = ["s3", "dynamodb"];

/** Customers' lists with their entries, and AWS's own, of which nobody here knows what is on them. */
export function prefixLists(declarations: Declarations, regions: Iterable<string>): Map<string, PrefixList> {
  const all = new Map<string, PrefixList>();
  const names = new Set<string>();
  for (const region of regions) for (const service of services) names.add(nameOf(region, service));
  for (const endpoint of declarations.of(...types.vpcEndpoint)) {
    const name = endpoint.text("serviceName");
    if (typeof name === "string" && services.some((service) => name.endsWith(`.${service}`))) names.add(name);
  }
  for (const name of names) {
    const id = listOfService(name);
    all.set(id, { id, name, cidrs: new Unknown(`which addresses ${name} has`) });
  }
  const entries = groupBy(declarations.of("aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"), (inputs) =>
    inputs.reference("prefixListId", lists),
  );
  for (const inputs of declarations.of(...types.managedPrefixList)) {
    const { urn, name } = inputs.resource;
    const cidrs = entries.stray ?? cidrsOf(inputs, entries.byKey.get(urn) ?? []);
    all.set(urn, { id: urn, name, cidrs });
  }
  return all;
}

function nameOf(region: string, service: string): string {
  return region.startsWith("cn-") ? `cn.com.amazonaws.${region}.${service}` : `com.amazonaws.${region}.${service}`;
}

function cidrsOf(inputs: Inputs, others: readonly Inputs[]): Known<readonly Cidr[]> {
  const blocks = inputs.blocks("entries");
  if (!isKnown(blocks)) return blocks;
  if (inputs.has("entries") && others.length > 0)
    return new Unknown(`the entries of ${inputs.resource.urn}, which has inline and standalone ones: use either`);
  const cidrs: Cidr[] = [];
  for (const cidr of [
    ...blocks.map((block) => inputs.cidr(block.value("cidr"), "entries")),
    ...others.map((other) => other.cidr(other.value("cidr"), "cidr")),
  ]) {
    if (!isKnown(cidr)) return cidr;
    if (cidr) cidrs.push(cidr);
  }
  return cidrs;
}
