import { isKnown, Unknown } from "../../reachability/known.ts";
import type { NetworkAclEntry, Route, SecurityGroupRule } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import { standaloneEntries } from "./network-acl.ts";
import type { Inputs } from "./program.ts";
import { endpointRoutes, propagatedRoute, standaloneRoute, tokens as tableTokens } from "./route-table.ts";
import { tokens as ruleTokens, standaloneRule } from "./security-group.ts";
import { networkAcls, routeTables, securityGroups, subnets } from "./wanted.ts";

/** What a program adds to resources that it does not make: by the ids of these. */
export interface Additions {
  readonly routes: ReadonlyMap<string, readonly Route[]>;
  readonly rules: ReadonlyMap<string, readonly SecurityGroupRule[]>;
  readonly entries: ReadonlyMap<string, readonly NetworkAclEntry[]>;
  /** By subnet: the route table that it is given. */
  readonly tablesOfSubnets: ReadonlyMap<string, string>;
  /** By subnet: the network ACL that it is given. */
  readonly aclsOfSubnets: ReadonlyMap<string, string>;
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
  stray ??= toEndpoints.stray;
  for (const [id, own] of toEndpoints.byTable) if (isForeign(id)) routes.set(id, [...(routes.get(id) ?? []), ...own]);
  const allRules = Object.values(ruleTokens).flatMap((types) => declarations.of(...types));
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
  return {
    routes,
    rules,
    entries,
    tablesOfSubnets: given(tableTokens.association, "routeTableId", routeTables),
    aclsOfSubnets: given("aws:ec2/networkAclAssociation:NetworkAclAssociation", "networkAclId", networkAcls),
    stray,
  };
}
