import { Unknown } from "../../reachability/known.ts";
import type { NetworkAclEntry, Route, SecurityGroupRule } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import type { Inputs } from "./inputs.ts";
import { standaloneEntries } from "./network-acl.ts";
import { isUnknownValue } from "./resource.ts";
import { endpointRoutes, propagatedRoute, standaloneRoute, tokens as tableTokens } from "./route-table.ts";
import { tokens as ruleTokens, standaloneRule } from "./security-group.ts";
import { unreadOfVpcs } from "./unread.ts";
import { networkAcls, routeTables, securityGroups, subnets, types, vpcs } from "./wanted.ts";

/** What changes a whole VPC. */
const changing = [
  "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
  "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation",
  "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
  "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
  ...types.defaultSecurityGroup,
  ...unreadOfVpcs,
];

/** What takes over the rules or routes of something that is there. */
const adopting = [...types.defaultRouteTable, ...types.defaultNetworkAcl];

/** What a program adds to resources that it does not make: by the ids of these. */
export interface Additions {
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly rules: ReadonlyMap<string, readonly SecurityGroupRule[]>;
  readonly entries: ReadonlyMap<string, readonly NetworkAclEntry[]>;
  /** By subnet: the route table that it is given. */
  readonly tablesOfSubnets: ReadonlyMap<string, string>;
  /** By subnet: the network ACL that it is given. */
  readonly aclsOfSubnets: ReadonlyMap<string, string>;
  /** By VPC: why not all is known of it, which the program changes in a way that is not joined. */
  readonly changed: ReadonlyMap<string, Unknown>;
  /** Why something is added of which nobody knows where. */
  readonly stray: Unknown | undefined;
}

export function additionsOf(declarations: Declarations): Additions {
  const { program } = declarations;
  const isForeign = (id: string) => program.get(id) === undefined && !id.includes("#");
  const routes = new Map<string, Route[]>();
  const rules = new Map<string, SecurityGroupRule[]>();
  const entries = new Map<string, NetworkAclEntry[]>();
  let stray: Unknown | undefined;
  const add = <Item>(
    to: Map<string, Item[]>,
    all: ReturnType<typeof groupBy<Inputs>>,
    make: (one: Inputs, id: string) => readonly Item[],
  ) => {
    stray ??= all.stray;
    for (const [id, own] of all.byKey)
      if (isForeign(id)) to.set(id, [...(to.get(id) ?? []), ...own.flatMap((one) => make(one, id))]);
  };
  const ofTable = (inputs: Inputs) => inputs.reference("routeTableId", routeTables);
  add(routes, groupBy(declarations.of(tableTokens.route), ofTable), (one) => [standaloneRoute(one)]);
  add(routes, groupBy(declarations.of(tableTokens.propagation, tableTokens.routeServer), ofTable), (one) => [
    propagatedRoute(one),
  ]);
  const toEndpoints = endpointRoutes(declarations);
  const [anywhere] = toEndpoints.anywhere;
  stray ??= toEndpoints.stray ?? (anywhere && new Unknown((anywhere.target as Unknown).reason));
  for (const [id, own] of toEndpoints.byTable) if (isForeign(id)) routes.set(id, [...(routes.get(id) ?? []), ...own]);
  const { both, ingress, egress } = ruleTokens;
  const allRules = declarations.of(...both, ...ingress, ...egress);
  add(
    rules,
    groupBy(allRules, (inputs) => inputs.reference("securityGroupId", securityGroups)),
    standaloneRule,
  );
  const aclRules = declarations.of("aws:ec2/networkAclRule:NetworkAclRule");
  add(
    entries,
    groupBy(aclRules, (inputs) => inputs.reference("networkAclId", networkAcls)),
    standaloneEntries,
  );
  const given = (type: string, key: string, wanted: typeof routeTables) => {
    const all = new Map<string, string>();
    for (const inputs of declarations.of(type)) {
      const subnetId = inputs.reference("subnetId", subnets);
      const id = inputs.reference(key, wanted);
      if (subnetId instanceof Unknown || id instanceof Unknown)
        stray ??= new Unknown(`what ${inputs.resource.urn} associates`);
      else if (subnetId !== undefined && id !== undefined) all.set(subnetId, id);
    }
    return all;
  };
  const changed = new Map<string, Unknown>();
  for (const inputs of declarations.of(...changing)) {
    const id = inputs.reference("vpcId", vpcs);
    const reason = new Unknown(`what ${inputs.resource.urn} changes in a VPC that is the snapshot's`);
    if (id instanceof Unknown) stray ??= reason;
    else if (id !== undefined && isForeign(id)) changed.set(id, reason);
  }
  for (const inputs of declarations.of(...adopting)) {
    const [id] = ["defaultRouteTableId", "defaultNetworkAclId"].flatMap((key) => inputs.resource.inputs[key] ?? []);
    if (typeof id === "string" && program.ownersOf(id).length === 0 && !isUnknownValue(id))
      stray ??= new Unknown(`what ${inputs.resource.urn} changes in ${id}, which is the snapshot's`);
  }
  return {
    changed,
    routes,
    rules,
    entries,
    tablesOfSubnets: given(tableTokens.association, "routeTableId", routeTables),
    aclsOfSubnets: given("aws:ec2/networkAclAssociation:NetworkAclAssociation", "networkAclId", networkAcls),
    stray,
  };
}
