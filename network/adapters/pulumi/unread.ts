import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { Vpc } from "../../reachability/topology.ts";
import type { Declarations } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { routeTables, subnets, types, vpcs } from "./wanted.ts";

/** What changes where packets of a VPC go, or what names stand for in it, and is not modelled. */
interface Unread {
  readonly what: string;
  /** Inputs that name the VPC, or something in it. */
  readonly keys: readonly string[];
  /** Names alone: packets go where they went. */
  readonly isDns?: true;
  readonly isHarmless?: (inputs: Inputs) => boolean;
}

const unread: Readonly<Record<string, Unread>> = {
  "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": {
    what: "which names the DNS firewall of",
    keys: ["vpcId"],
    isDns: true,
  },
  "aws:route53/resolverRuleAssociation:ResolverRuleAssociation": {
    what: "what the forwarded names have that",
    keys: ["vpcId"],
    isDns: true,
    isHarmless: isForOthers,
  },
  "aws:route53/profilesAssociation:ProfilesAssociation": {
    what: "what the Route 53 profile of",
    keys: ["resourceId"],
    isDns: true,
  },
  "aws:ec2/vpcEncryptionControl:VpcEncryptionControl": {
    what: "which packets the encryption control",
    keys: ["vpcId"],
    isHarmless: isMonitor,
  },
  "aws:ec2/encryptionControl:EncryptionControl": {
    what: "which packets the encryption control",
    keys: ["vpcId"],
    isHarmless: isMonitor,
  },
};

export const unreadOfVpcs = Object.keys(unread);

/** Of the AWS Cloud Control provider, whose resources are not read: those that change what others of the program do. */
const native =
  /^aws-native:ec2:(Route|GatewayRouteTableAssociation|SubnetRouteTableAssociation|SubnetNetworkAclAssociation|NetworkAclEntry|VpcdhcpOptionsAssociation|VpcDhcpOptionsAssociation|VpcEndpoint|VpcCidrBlock|VpcGatewayAttachment|VpnGatewayRoutePropagation)$/;

const anyKey = ["vpcId", "subnetId", "routeTableId", "networkAclId"];

/** VPCs with why not all of them is known: because of a resource of the program that nobody reads. */
export function withUnread(declarations: Declarations, all: ReadonlyMap<string, Vpc>): Map<string, Vpc> {
  const changed = new Map(all);
  const change = (inputs: Inputs, keys: readonly string[], how: (vpc: Vpc) => Vpc) => {
    const vpcId = vpcOf(declarations, inputs, keys, all);
    for (const [id, vpc] of changed) if (!isKnown(vpcId) || vpcId === id) changed.set(id, how(vpc));
  };
  for (const [type, { what, keys, isDns, isHarmless }] of Object.entries(unread)) {
    for (const inputs of declarations.of(type)) {
      if (isHarmless?.(inputs)) continue;
      const reason = new Unknown(`${what} ${inputs.resource.urn} lets through, which is not modelled`);
      change(inputs, keys, (vpc) => (isDns ? { ...vpc, dhcpOptionsId: reason } : { ...vpc, cidrBlocks: reason }));
    }
  }
  const ofNative = declarations.program.resources.filter(({ type }) => native.test(type));
  for (const inputs of declarations.of(...new Set(ofNative.map(({ type }) => type)))) {
    const reason = new Unknown(`what ${inputs.resource.urn} changes: resources of aws-native are not read`);
    change(inputs, anyKey, (vpc) => ({ ...vpc, cidrBlocks: reason, others: reason }));
  }
  return changed;
}

/** Unknown: it may be each of the program's. */
function vpcOf(
  declarations: Declarations,
  inputs: Inputs,
  keys: readonly string[],
  all: ReadonlyMap<string, Vpc>,
): Known<string | undefined> {
  for (const key of keys) {
    if (!inputs.has(key)) continue;
    for (const wanted of [vpcs, subnets, routeTables]) {
      const id = inputs.reference(key, wanted);
      if (typeof id !== "string") continue;
      const own = declarations.of(...types.vpc, ...types.subnet, ...types.routeTable);
      const named = own.find(({ resource }) => resource.urn === id.replace(/#.*/, ""));
      if (!named) continue;
      const vpcId = types.vpc.includes(named.resource.type as never)
        ? named.resource.urn
        : named.reference("vpcId", vpcs);
      if (typeof vpcId === "string" && all.has(vpcId)) return vpcId;
    }
  }
  const [first = "vpcId"] = keys;
  const value = inputs.resource.inputs[first];
  // The id of somebody else's VPC.
  if (typeof value === "string" && /^vpc-/.test(value)) return value;
  return inputs.unknown(first);
}

/** A rule for names that are none of AWS's, or that leaves names to Amazon's resolver. */
function isForOthers(inputs: Inputs): boolean {
  const id = inputs.reference("resolverRuleId", rules);
  const [rule] = inputs.of(...rules.types).filter(({ resource }) => resource.urn === id);
  const [type, domain] = [rule?.text("ruleType"), rule?.text("domainName")];
  if (type === "SYSTEM") return true;
  if (typeof domain !== "string") return false;
  const name = domain.toLowerCase().replace(/\.$/, "");
  if (name === "") return false;
  return !["amazonaws.com", "amazonaws.com.cn", "api.aws", "on.aws", "aws"].some(
    (own) => name === own || name.endsWith(`.${own}`) || own.endsWith(`.${name}`),
  );
}

const rules = { name: "resolver rule", types: ["aws:route53/resolverRule:ResolverRule"] };

/** It reports what is not encrypted and lets it through. */
function isMonitor(inputs: Inputs): boolean {
  return inputs.text("mode") === "monitor";
}
