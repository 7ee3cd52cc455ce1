import { parseCidr } from "../../reachability/address.ts";
import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type {
  PortRange,
  RulePeer,
  RuleProtocol,
  SecurityGroup,
  SecurityGroupRule,
} from "../../reachability/topology.ts";
import { Block } from "./block.ts";
import { type Declarations, groupBy, whichOne } from "./declarations.ts";
import { type Inputs, referencesOf, type Wanted } from "./inputs.ts";
import { isIcmp, isTransport, protocolOf } from "./protocol.ts";
import { defaultGroupOf, securityGroups as groups, prefixLists, types, vpcs } from "./wanted.ts";

export const tokens = {
  both: ["aws:ec2/securityGroupRule:SecurityGroupRule"],
  ingress: ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
  egress: ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"],
  exclusive: "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
  ofOtherVpc: "aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation",
} as const;

/**
 * Groups with the rules of their own and the standalone ones. A group of Pulumi has no outbound rule unless it says so: the
 * provider removes the one that EC2 gives each new group
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group, Egress).
 */
export function securityGroups(
  declarations: Declarations,
  vpcIds: Iterable<string>,
): Known<Map<string, SecurityGroup>> {
  const rules = groupBy(
    [...tokens.both, ...tokens.ingress, ...tokens.egress].flatMap((type) => declarations.of(type)),
    (inputs) => inputs.reference("securityGroupId", groups),
  );
  const associations = groupBy(declarations.of(tokens.ofOtherVpc), (inputs) =>
    inputs.reference("securityGroupId", groups),
  );
  const otherVpcIdsOf = (id: string): Pick<SecurityGroup, "otherVpcIds"> => {
    const own = associations.byKey.get(id) ?? [];
    if (associations.stray) return { otherVpcIds: associations.stray };
    return own.length === 0 ? {} : { otherVpcIds: referencesOf(own, "vpcId", vpcs) };
  };
  const all = new Map<string, SecurityGroup>();
  for (const inputs of declarations.of(...types.securityGroup)) {
    const { urn, name, isRead } = inputs.resource;
    const vpcId = declarations.vpcOf(inputs);
    const own = isRead
      ? inputs.unknown("ingress", "is not this program's")
      : rulesOf(inputs, urn, rules.byKey.get(urn) ?? []);
    all.set(urn, { id: urn, vpcId, ...otherVpcIdsOf(urn), name, rules: own });
  }
  for (const vpcId of vpcIds) {
    const id = defaultGroupOf(vpcId);
    const isManaged = declarations.isManaged(vpcId);
    const own = isManaged ? openRules(id) : new Unknown(`the rules of the default security group of ${vpcId}`);
    all.set(id, { id, vpcId, name: "default", rules: withStandalone(own, id, rules.byKey.get(id) ?? []) });
  }
  const adopted = new Set<string>();
  let unsure: Unknown | undefined;
  for (const inputs of declarations.of(...types.defaultSecurityGroup)) {
    const id = defaultGroupOf(declarations.vpcOf(inputs));
    const group = all.get(id);
    if (!group) unsure ??= whichOne(inputs, "security group");
    else all.set(id, { ...group, rules: rulesOf(inputs, id, rules.byKey.get(id) ?? []) });
    adopted.add(id);
  }
  if (unsure) {
    for (const [id, group] of all) if (id.includes("#") && !adopted.has(id)) all.set(id, { ...group, rules: unsure });
  }
  keepExclusive(declarations, all);
  const { stray } = rules;
  if (!stray) return all;
  // A rule of nobody knows which group may let more through in each.
  const more = [true, false].map((isEgress) => ({ isEgress, protocol: stray, portRange: stray, peer: stray }));
  const withMore = ({ rules: own, ...group }: SecurityGroup) => ({
    ...group,
    rules: isKnown(own) ? [...own, ...more] : own,
  });
  return new Map([...all].map(([id, group]) => [id, withMore(group)]));
}

/**
 * Of a group whose rules are to be those of a list alone, the others are removed
 * (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/vpc_security_group_rules_exclusive).
 */
function keepExclusive(declarations: Declarations, all: Map<string, SecurityGroup>): void {
  for (const inputs of declarations.of(tokens.exclusive)) {
    const id = inputs.reference("securityGroupId", groups);
    const kept = ["ingressRuleIds", "egressRuleIds"].map((key) => inputs.references(key, standaloneRules));
    const unsure = new Unknown(`which rules ${inputs.resource.urn} leaves`);
    for (const [groupId, group] of all) {
      if (isKnown(id) && id !== groupId) continue;
      const own = declarations
        .of(...tokens.ingress, ...tokens.egress)
        .filter((rule) => rule.reference("securityGroupId", groups) === groupId);
      const isWhole = own.every(({ resource }) => kept.some((ids) => isKnown(ids) && ids.includes(resource.urn)));
      const hasOthers = isKnown(group.rules) && group.rules.length > own.length;
      if (!isWhole || hasOthers) all.set(groupId, { ...group, rules: unsure });
    }
  }
}

const standaloneRules: Wanted = { name: "security group rule", types: [...tokens.ingress, ...tokens.egress] };

/** What EC2 gives a VPC's default group: all from its members, all to everywhere. */
function openRules(id: string): SecurityGroupRule[] {
  const all = { protocol: "all", portRange: undefined } as const;
  return [
    { isEgress: false, ...all, peer: { securityGroupId: id } },
    { isEgress: true, ...all, peer: { cidr: parseCidr("0.0.0.0/0") } },
    { isEgress: true, ...all, peer: { cidr: parseCidr("::/0") } },
  ];
}

function rulesOf(inputs: Inputs, id: string, others: readonly Inputs[]): Known<readonly SecurityGroupRule[]> {
  const own: SecurityGroupRule[] = [];
  for (const [key, isEgress] of [
    ["ingress", false],
    ["egress", true],
  ] as const) {
    const blocks = inputs.blocks(key);
    if (!isKnown(blocks)) return blocks;
    for (const block of blocks) own.push(...inlineRules(block, isEgress, id));
  }
  const isExclusive = { false: inputs.has("ingress"), true: inputs.has("egress") };
  const standaloneRules = others
    .flatMap((one) => standaloneRule(one, id))
    .map((rule) =>
      // A group with rules of its own removes all others at each update, which then come back at the next one.
      isExclusive[`${rule.isEgress}`] ? { ...rule, peer: removed(id) } : rule,
    );
  return [...own, ...standaloneRules];
}

const removed = (id: string) =>
  new Unknown(`a standalone rule of ${id}, which has inline rules too and removes it: use either`);

function withStandalone(
  own: Known<readonly SecurityGroupRule[]>,
  id: string,
  others: readonly Inputs[],
): Known<readonly SecurityGroupRule[]> {
  return isKnown(own) ? [...own, ...others.flatMap((one) => standaloneRule(one, id))] : own;
}

function inlineRules(block: Block, isEgress: boolean, id: string): SecurityGroupRule[] {
  const protocol = protocolOf(block.value("protocol"), id);
  const portRange = portRangeOf(protocol, block.number("fromPort"), block.number("toPort"), id);
  return peersOf(block, id, ["securityGroups"]).map((peer) => ({ isEgress, protocol, portRange, peer }));
}

/** Each kind of standalone rule names its fields its own way. */
export function standaloneRule(inputs: Inputs, id: string): SecurityGroupRule[] {
  const { type } = inputs.resource;
  if (tokens.both.includes(type as never)) {
    const direction = inputs.text("type");
    const protocol = protocolOf(inputs.value("protocol"), inputs.resource.urn);
    const portRange = portRangeOf(protocol, inputs.number("fromPort"), inputs.number("toPort"), inputs.resource.urn);
    const block = new Block(inputs, "", inputs.resource.inputs);
    const peers = peersOf(block, id, ["sourceSecurityGroupId"]);
    const directions = isKnown(direction) ? [direction?.toLowerCase() === "egress"] : [true, false];
    return directions.flatMap((isEgress) =>
      peers.map((peer) => ({ isEgress, protocol, portRange, peer: isKnown(direction) ? peer : direction })),
    );
  }
  const isEgress = tokens.egress.includes(type as never);
  const protocol = protocolOf(inputs.value("ipProtocol"), inputs.resource.urn);
  const portRange = portRangeOf(protocol, inputs.number("fromPort"), inputs.number("toPort"), inputs.resource.urn);
  return [{ isEgress, protocol, portRange, peer: peerOf(inputs, id) }];
}

function peerOf(inputs: Inputs, id: string): Known<RulePeer> {
  for (const key of ["cidrIpv4", "cidrIpv6"]) if (inputs.has(key)) return blockPeer(inputs.value(key), id);
  if (inputs.has("prefixListId")) return listPeer(inputs.reference("prefixListId", prefixLists), id);
  if (inputs.has("referencedSecurityGroupId"))
    return groupPeer(inputs.resource.inputs.referencedSecurityGroupId, inputs, "referencedSecurityGroupId", id);
  return inputs.unknown("referencedSecurityGroupId", "is missing, as is every other peer of the rule");
}

/** Inline blocks and the older standalone rules have lists. */
function peersOf(block: Block, id: string, groupKeys: readonly string[]): Known<RulePeer>[] {
  const peers: Known<RulePeer>[] = [];
  for (const key of ["cidrBlocks", "ipv6CidrBlocks"]) {
    const blocks = block.list(key);
    if (!isKnown(blocks)) peers.push(blocks);
    else peers.push(...blocks.map((one) => blockPeer(block.inputs.known(one, key), id)));
  }
  if (block.has("prefixListIds")) {
    const ids = block.references("prefixListIds", prefixLists);
    peers.push(...(isKnown(ids) ? ids.map((one) => ({ prefixListId: one })) : [ids]));
  }
  for (const key of groupKeys) {
    if (!block.has(key)) continue;
    const ids = block.inputs.resolveAll(withoutAccounts(block.fields[key]), block.key(key), groups);
    peers.push(...(isKnown(ids) ? ids.map((one) => ({ securityGroupId: one })) : [ids]));
  }
  const self = block.value("self");
  if (!isKnown(self)) peers.push(self);
  else if (self === true) peers.push({ securityGroupId: id });
  return peers;
}

function blockPeer(value: Known<unknown>, id: string): Known<RulePeer> {
  if (!isKnown(value)) return value;
  try {
    return { cidr: parseCidr(String(value)) };
  } catch {
    return new Unknown(`a rule of ${id} is for ${JSON.stringify(value)}, which is no CIDR block`);
  }
}

function listPeer(reference: Known<string | undefined>, id: string): Known<RulePeer> {
  if (typeof reference === "string") return { prefixListId: reference };
  return reference ?? new Unknown(`the prefix list of a rule of ${id}`);
}

function groupPeer(value: unknown, inputs: Inputs, key: string, id: string): Known<RulePeer> {
  const bare = typeof value === "string" ? withoutAccount(value) : value;
  const reference = inputs.resolve(bare, key, groups);
  if (typeof reference === "string") return { securityGroupId: reference };
  return reference ?? new Unknown(`the group of a rule of ${id}`);
}

/** `123456789012/sg-0123`: a group of a peered VPC of another account. */
const withoutAccounts = (value: unknown) =>
  Array.isArray(value)
    ? value.map((one) => (typeof one === "string" ? withoutAccount(one) : one))
    : typeof value === "string"
      ? withoutAccount(value)
      : value;
const withoutAccount = (text: string) => text.replace(/^\d{12}\//, "");

function portRangeOf(
  protocol: Known<RuleProtocol>,
  from: Known<number | undefined>,
  to: Known<number | undefined>,
  where: string,
): Known<PortRange | undefined> {
  if (!isKnown(protocol)) return protocol;
  if (!isTransport(protocol) && !isIcmp(protocol)) return undefined;
  if (!isKnown(from)) return from;
  if (!isKnown(to)) return to;
  if (isIcmp(protocol)) return { from: from ?? -1, to: to ?? -1 };
  if (from === undefined || to === undefined) return new Unknown(`ports of ${where} are not set`);
  // EC2 takes -1 for all ports.
  return from === -1 ? { from: 0, to: 65_535 } : { from, to };
}
