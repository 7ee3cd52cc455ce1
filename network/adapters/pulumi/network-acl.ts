import { parseCidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { NetworkAcl, NetworkAclEntry, Subnet, Vpc } from "../../reachability/topology.ts";
import { Block } from "./block.ts";
import { type Declarations, groupBy, isOfVpc, whichOne } from "./declarations.ts";
import { type Inputs, referencesOf } from "./inputs.ts";
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
  const add = (id: string, vpcId: string, isDefault: boolean, inputs: Inputs | undefined, unsure?: Unknown) => {
    const own = inputs ? inlineEntries(inputs, id) : (unsure ?? openEntries());
    const standalone = (rules.byKey.get(id) ?? []).flatMap((rule) => standaloneEntries(rule, id));
    const isExclusive = inputs !== undefined && (isDefault || inputs.has("ingress") || inputs.has("egress"));
    const others = isExclusive ? standalone.map((one) => inDoubt(one, id)) : standalone;
    const isForeign = isDefault && inputs === undefined && vpcs.get(vpcId)?.others !== undefined;
    made.set(id, {
      id,
      vpcId,
      isDefault,
      entries: isForeign
        ? new Unknown(`the rules of the default network ACL of ${vpcId}`)
        : (rules.stray ?? (isKnown(own) ? [...own, ...others, ...lastEntries()] : own)),
      subnetIds: subnetsOf(inputs, associations.byKey.get(id) ?? []),
    });
  };
  for (const inputs of declarations.of(...types.networkAcl))
    add(inputs.resource.urn, declarations.vpcOf(inputs), false, inputs);
  const adopted = new Map<string, Inputs>();
  let unsure: Unknown | undefined;
  for (const inputs of declarations.of(...types.defaultNetworkAcl)) {
    const id = inputs.reference("defaultNetworkAclId", acls);
    if (typeof id === "string") adopted.set(id, inputs);
    if (!isOfVpc(id, defaultAclOf, vpcs)) unsure ??= whichOne(inputs, "network ACL");
  }
  for (const vpcId of vpcs.keys()) {
    const id = defaultAclOf(vpcId);
    add(id, vpcId, true, adopted.get(id), adopted.has(id) ? undefined : unsure);
  }
  // What the program only associates.
  for (const [id, own] of associations.byKey) {
    if (made.has(id)) continue;
    const entries = new Unknown(`the rules of ${id}, a network ACL that this program does not make`);
    made.set(id, { id, vpcId: "", isDefault: false, entries, subnetIds: subnetsOf(undefined, own) });
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
  const taken = new Map<string, string>();
  let unsure = stray;
  for (const { id, subnetIds } of [...made.values()]) {
    if (!isKnown(subnetIds)) {
      unsure ??= subnetIds;
      continue;
    }
    for (const subnetId of new Set(subnetIds)) {
      const other = taken.get(subnetId);
      taken.set(subnetId, id);
      if (other === undefined) continue;
      // An association takes the place of the former one, and the program does not say which is the later.
      unsure ??= new Unknown(`which network ACL ${subnetId} has, which both ${other} and ${id} name`);
      for (const one of [other, id]) {
        const acl = made.get(one);
        if (acl) made.set(one, { ...acl, subnetIds: unsure });
      }
    }
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
  const others = referencesOf(associations, "subnetId", wantedSubnets);
  return isKnown(others) ? [...own, ...others] : others;
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

/** Two where the direction is not known. */
export function standaloneEntries(inputs: Inputs, id: string): NetworkAclEntry[] {
  const block = new Block(inputs, "", inputs.resource.inputs);
  const ruleNumber = inputs.number("ruleNumber");
  const isEgress = inputs.flag("egress", false);
  const number = isKnown(ruleNumber) ? (ruleNumber ?? 0) : 0;
  const action = inputs.text("ruleAction");
  const made = (isKnown(isEgress) ? [isEgress] : [true, false]).map((one) => entry(block, id, number, one, action));
  const unsure = isKnown(isEgress) ? ruleNumber : isEgress;
  return isKnown(unsure) ? made : made.map((one) => ({ ...one, action: unsure }));
}

/**
 * A standalone rule of a network ACL that has rules of its own, or that is adopted: the provider removes it at each update,
 * and makes it again at the next (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/network_acl).
 */
function inDoubt(entry: NetworkAclEntry, id: string): NetworkAclEntry {
  const action = new Unknown(`a standalone rule of ${id}, which has inline rules too and removes it: use either`);
  return { ...entry, action };
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
  const ports = portRangeOf(from, to, id);
  const [type, code] = [block.number("icmpType"), block.number("icmpCode")];
  const hasPorts = !isKnown(protocol) || isTransport(protocol);
  return {
    ruleNumber,
    isEgress,
    action: actionOf(action, id),
    protocol,
    cidr: cidr ?? new Unknown(`a rule of ${id} has no block`),
    portRange: hasPorts ? ports : undefined,
    icmp: isKnown(protocol) && !isIcmp(protocol) ? undefined : icmpOf(type, code),
  };
}

function actionOf(action: Known<string | undefined>, id: string): NetworkAclEntry["action"] {
  if (!isKnown(action)) return action;
  const text = action?.toLowerCase();
  return text === "allow" || text === "deny" ? text : new Unknown(`the action of a rule of ${id}`);
}

function portRangeOf(from: Known<number | undefined>, to: Known<number | undefined>, id: string) {
  if (!isKnown(from)) return from;
  if (!isKnown(to)) return to;
  return from === undefined || to === undefined ? new Unknown(`the ports of a rule of ${id}`) : { from, to };
}

function icmpOf(type: Known<number | undefined>, code: Known<number | undefined>): NetworkAclEntry["icmp"] {
  if (!isKnown(type)) return type;
  return isKnown(code) ? { type: type ?? -1, code: code ?? -1 } : code;
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
