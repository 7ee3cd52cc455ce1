import { parseCidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { NetworkAcl, NetworkAclEntry, Subnet, Vpc } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import { Block, type Inputs } from "./program.ts";
import { isIcmp, isTransport, protocolOf } from "./protocol.ts";
import { networkAcls as acls, defaultAclOf, types, subnets as wantedSubnets } from "./wanted.ts";

const token = {
  rule: "aws:ec2/networkAclRule:NetworkAclRule",
  association: "aws:ec2/networkAclAssociation:NetworkAclAssociation",
} as const;

/** The last entry of every network ACL (VPC user guide, Network ACL rules: the rule with an asterisk). */
const implicitDeny = 32_767;

/**
 * The network ACLs: each VPC's default one, which allows everything unless the program adopts it, and those that are
 * declared, which deny everything unless told otherwise. A subnet has the default one until it is associated.
 */
export function networkAcls(
  declarations: Declarations,
  vpcs: ReadonlyMap<string, Vpc>,
  subnets: ReadonlyMap<string, Subnet>,
): Map<string, NetworkAcl> {
  const rules = groupBy(declarations.of(token.rule), (inputs) => inputs.reference("networkAclId", acls));
  const associations = groupBy(declarations.of(token.association), (inputs) => inputs.reference("networkAclId", acls));
  const made = new Map<string, NetworkAcl>();
  const add = (id: string, vpcId: string, isDefault: boolean, inputs: Inputs | undefined, open: boolean) => {
    const own = inputs ? inlineEntries(inputs, id) : open ? openEntries() : [];
    const others = (rules.byKey.get(id) ?? []).map((rule) => standaloneEntry(rule, id));
    const isForeign = isDefault && inputs === undefined && vpcs.get(vpcId)?.others !== undefined;
    made.set(id, {
      id,
      vpcId,
      isDefault,
      entries: isForeign
        ? new Unknown(`the rules of the default network ACL of ${vpcId}`)
        : (rules.stray ?? (isKnown(own) ? [...own, ...others, ...lastEntries()] : own)),
      subnetIds: inputs
        ? subnetsOf(inputs, associations.byKey.get(id) ?? [])
        : subnetsOf(undefined, associations.byKey.get(id) ?? []),
    });
  };
  for (const inputs of declarations.of(...types.networkAcl))
    add(inputs.resource.urn, declarations.vpcOf(inputs), false, inputs, false);
  const adopted = new Map<string, Inputs>();
  for (const inputs of declarations.of(...types.defaultNetworkAcl)) {
    const id = inputs.reference("defaultNetworkAclId", acls);
    if (typeof id === "string") adopted.set(id, inputs);
  }
  for (const vpcId of vpcs.keys()) {
    const id = defaultAclOf(vpcId);
    add(id, vpcId, true, adopted.get(id), !adopted.has(id));
  }
  return associated(made, vpcs, subnets, associations.stray);
}

/** Subnets that no network ACL names have their VPC's default one. */
function associated(
  made: Map<string, NetworkAcl>,
  vpcs: ReadonlyMap<string, Vpc>,
  subnets: ReadonlyMap<string, Subnet>,
  stray: Unknown | undefined,
): Map<string, NetworkAcl> {
  const taken = new Set<string>();
  let unsure = stray;
  for (const { subnetIds } of made.values()) {
    if (isKnown(subnetIds)) for (const id of subnetIds) taken.add(id);
    else unsure ??= subnetIds;
  }
  for (const vpcId of vpcs.keys()) {
    const acl = made.get(defaultAclOf(vpcId));
    if (!acl || vpcs.get(vpcId)?.others !== undefined) continue;
    const rest = [...subnets.values()].filter((subnet) => subnet.vpcId === vpcId && !taken.has(subnet.id));
    const own = isKnown(acl.subnetIds) ? acl.subnetIds : [];
    made.set(acl.id, { ...acl, subnetIds: unsure ?? [...own, ...rest.map(({ id }) => id)] });
  }
  return made;
}

function subnetsOf(inputs: Inputs | undefined, associations: readonly Inputs[]): Known<readonly string[]> {
  const own = inputs?.references("subnetIds", wantedSubnets) ?? [];
  if (!isKnown(own)) return own;
  const all = [...own];
  for (const association of associations) {
    const id = association.reference("subnetId", wantedSubnets);
    if (!isKnown(id)) return id;
    if (id !== undefined) all.push(id);
  }
  return all;
}

function inlineEntries(inputs: Inputs, id: string): Known<NetworkAclEntry[]> {
  const entries: NetworkAclEntry[] = [];
  for (const [key, isEgress] of [
    ["ingress", false],
    ["egress", true],
  ] as const) {
    const blocks = inputs.blocks(key);
    if (!isKnown(blocks)) return blocks;
    for (const block of blocks) {
      const ruleNumber = block.number("ruleNo");
      if (!isKnown(ruleNumber)) return ruleNumber;
      entries.push(entry(block, id, ruleNumber ?? 0, isEgress, block.text("action")));
    }
  }
  return entries;
}

export function standaloneEntry(inputs: Inputs, id: string): NetworkAclEntry {
  const block = new Block(inputs, "", inputs.resource.inputs);
  const ruleNumber = inputs.number("ruleNumber");
  const isEgress = inputs.flag("egress", false);
  const unsure = [ruleNumber, isEgress].find((value) => !isKnown(value)) as Unknown | undefined;
  const made = entry(
    block,
    id,
    isKnown(ruleNumber) ? (ruleNumber ?? 0) : 0,
    isEgress === true,
    inputs.text("ruleAction"),
  );
  return unsure ? { ...made, action: unsure, cidr: unsure } : made;
}

function entry(
  block: Block,
  id: string,
  ruleNumber: number,
  isEgress: boolean,
  action: Known<string | undefined>,
): NetworkAclEntry {
  const protocol = protocolOf(block.value("protocol"), `a rule of ${id}`);
  const key = block.has("ipv6CidrBlock") ? "ipv6CidrBlock" : "cidrBlock";
  const cidr = block.inputs.cidr(block.value(key), key);
  const [from, to] = [block.number("fromPort"), block.number("toPort")];
  const unsure = [from, to].find((value) => !isKnown(value)) as Unknown | undefined;
  const [type, code] = [block.number("icmpType"), block.number("icmpCode")];
  const hasPorts = !isKnown(protocol) || isTransport(protocol);
  return {
    ruleNumber,
    isEgress,
    action: isKnown(action) ? (action?.toLowerCase() === "allow" ? "allow" : "deny") : action,
    protocol,
    cidr: cidr ?? new Unknown(`a rule of ${id} has no block`),
    portRange: hasPorts
      ? (unsure ?? { from: (from as number | undefined) ?? 0, to: (to as number | undefined) ?? 0 })
      : undefined,
    icmp:
      isKnown(protocol) && isIcmp(protocol) && isKnown(type) && isKnown(code)
        ? { type: type ?? -1, code: code ?? -1 }
        : undefined,
  };
}

const everything = (ruleNumber: number, action: "allow" | "deny") =>
  ["0.0.0.0/0", "::/0"].flatMap((cidr) =>
    [true, false].map(
      (isEgress): NetworkAclEntry => ({
        ruleNumber,
        isEgress,
        action,
        protocol: "all",
        cidr: parseCidr(cidr),
        portRange: undefined,
        icmp: undefined,
      }),
    ),
  );

const openEntries = () => everything(100, "allow");
const lastEntries = () => everything(implicitDeny, "deny");
