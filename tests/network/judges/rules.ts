import { type Cidr, parseCidr } from "../../../network/reachability/address.ts";
import type {
  NetworkAclEntry,
  PortRange,
  RulePeer,
  RuleProtocol,
  SecurityGroupRule,
} from "../../../network/reachability/topology.ts";
import type { AclPlan, GroupPlan } from "./plans.ts";

/** The plan's numbers name members of a list by their remainder. */
export function pick<T>(list: readonly T[], index: number): T {
  if (list.length === 0) throw new RangeError("nothing to pick from");
  return list[index % list.length] as T;
}

export const everywhere = ["0.0.0.0/0", "::/0"].map(parseCidr) as [Cidr, Cidr];

/** What networks let in for replies: what Linux takes, what NAT gateways take, and less. */
const ephemeralRanges: readonly PortRange[] = [
  { from: 1024, to: 65_535 },
  { from: 32_768, to: 60_999 },
  { from: 32_768, to: 49_999 },
  { from: 49_152, to: 65_535 },
];

/** What is asked for lies at and beside the ends of these. */
const portRanges: readonly PortRange[] = [
  { from: 443, to: 443 },
  { from: 0, to: 65_535 },
  { from: 1024, to: 65_535 },
  { from: 32_768, to: 60_999 },
  { from: 40_000, to: 49_999 },
  { from: 80, to: 443 },
  { from: 22, to: 22 },
  { from: 50_000, to: 65_535 },
];
export const destinationPorts = [443, 443, 443, 22, 80, 79, 444, 1024, 1023, 45_000, 40_000, 39_999];

const protocols: readonly RuleProtocol[] = ["all", 6, 17, 1, 6, 58, "all", 50];
const icmpTypes = [
  { type: -1, code: -1 },
  { type: 8, code: 0 },
  { type: 8, code: -1 },
  { type: 0, code: -1 },
  { type: 0, code: 0 },
  { type: 128, code: -1 },
  { type: 129, code: -1 },
  { type: 3, code: 4 },
];

const isIcmp = (protocol: RuleProtocol) => protocol === 1 || protocol === 58;

type Entry = Omit<NetworkAclEntry, "ruleNumber">;
const entry = (isEgress: boolean, cidr: Cidr, protocol: RuleProtocol, portRange?: PortRange): Entry => ({
  isEgress,
  action: "allow",
  protocol,
  cidr,
  portRange,
  icmp: isIcmp(protocol) ? { type: -1, code: -1 } : undefined,
});

function baseOf({ base, ephemeral }: AclPlan): Entry[] {
  if (base === "closed") return [];
  return everywhere.flatMap((cidr) =>
    [true, false].flatMap((isEgress) =>
      base === "open"
        ? [entry(isEgress, cidr, "all")]
        : [
            entry(isEgress, cidr, 6, { from: 0, to: 1023 }),
            entry(isEgress, cidr, 6, pick(ephemeralRanges, ephemeral)),
            entry(isEgress, cidr, 17, { from: 0, to: 60_000 }),
            entry(isEgress, cidr, cidr.family === 4 ? 1 : 58),
          ],
    ),
  );
}

/** The plan's own rules come before those that most networks have; the order in the list says nothing. */
export function aclEntries(plan: AclPlan, cidrs: readonly Cidr[]): NetworkAclEntry[] {
  const own = plan.rules.map((rule): Entry => {
    const protocol = pick(protocols, rule.protocol);
    return {
      isEgress: rule.isEgress,
      action: rule.isAllow ? "allow" : "deny",
      protocol,
      cidr: pick(cidrs, rule.cidr),
      portRange: protocol === 6 || protocol === 17 ? pick(portRanges, rule.ports) : undefined,
      icmp: isIcmp(protocol) ? pick(icmpTypes, rule.icmp) : undefined,
    };
  });
  const entries = [...own, ...baseOf(plan)].map((one, index) => ({ ...one, ruleNumber: 100 + index }));
  return plan.isReversed ? entries.reverse() : entries;
}

export interface RulePeers {
  readonly cidrs: readonly Cidr[];
  /** Those of all VPCs. */
  readonly blocks: readonly Cidr[];
  readonly prefixListIds: readonly string[];
  readonly groupIds: readonly string[];
}

export function groupRules(plan: GroupPlan, peers: RulePeers): SecurityGroupRule[] {
  const { cidrs, blocks, prefixListIds, groupIds } = peers;
  const rules = (isEgress: boolean, base: "open" | "vpcs" | "none"): SecurityGroupRule[] => {
    const from = base === "open" ? everywhere : base === "vpcs" ? blocks : [];
    return from.map((cidr) => ({ isEgress, protocol: "all", portRange: undefined, peer: { cidr } }));
  };
  const own = plan.rules.map((rule): SecurityGroupRule => {
    const protocol = pick(protocols, rule.protocol);
    const { type: from, code: to } = pick(icmpTypes, rule.icmp);
    return {
      isEgress: rule.isEgress,
      protocol,
      portRange: protocol === "all" ? undefined : isIcmp(protocol) ? { from, to } : pick(portRanges, rule.ports),
      peer: pick<RulePeer>(
        [
          ...groupIds.map((securityGroupId) => ({ securityGroupId })),
          { cidr: pick(cidrs, rule.peer) },
          ...prefixListIds.map((prefixListId) => ({ prefixListId })),
        ],
        rule.peerKind,
      ),
    };
  });
  return [...own, ...rules(true, plan.outbound), ...rules(false, plan.inbound)];
}
