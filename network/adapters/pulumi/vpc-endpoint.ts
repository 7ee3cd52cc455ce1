import { isKnown, type Known, Unknown } from "../../reachability/known.ts";
import type { VpcEndpoint } from "../../reachability/topology.ts";
import { type Declarations, groupBy } from "./declarations.ts";
import { type Inputs, referencesOf } from "./inputs.ts";
import { defaultGroupOf, routeTables, securityGroups, subnets, types, vpcEndpoints as wanted } from "./wanted.ts";

const token = {
  subnet: "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation",
  table: "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
  group: "aws:ec2/securityGroupAssociation:SecurityGroupAssociation",
  policy: "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
  privateDns: "aws:vpc/endpointPrivateDns:EndpointPrivateDns",
} as const;

const ofEndpoint = (inputs: Inputs) => inputs.reference("vpcEndpointId", wanted);

/** Endpoints as they will be: available, with what standalone associations add. */
export function vpcEndpoints(declarations: Declarations): Map<string, VpcEndpoint> {
  const own = (type: string) => groupBy(declarations.of(type), ofEndpoint);
  const [bySubnet, byTable, byGroup, byPolicy, byPrivateDns] = [
    own(token.subnet),
    own(token.table),
    own(token.group),
    own(token.policy),
    own(token.privateDns),
  ];
  return new Map(
    declarations.of(...types.vpcEndpoint).map((inputs) => {
      const { urn } = inputs.resource;
      const vpcId = declarations.vpcOf(inputs);
      const serviceName = inputs.text("serviceName");
      const type = typeOf(inputs);
      const [privateDns = inputs] = byPrivateDns.byKey.get(urn) ?? [];
      const endpoint: VpcEndpoint = {
        id: urn,
        vpcId,
        type: isKnown(serviceName) ? type : serviceName,
        serviceName: typeof serviceName === "string" ? serviceName : "",
        state: stateOf(inputs, serviceName),
        policyDocument: byPolicy.stray ?? policyOf(declarations, [inputs, ...(byPolicy.byKey.get(urn) ?? [])]),
        privateDnsEnabled: byPrivateDns.stray ?? privateDns.flag("privateDnsEnabled", false),
        privateDnsOnlyForInboundResolverEndpoint: inboundOnly(inputs, serviceName),
        routeTableIds: joined(
          inputs.references("routeTableIds", routeTables),
          byTable,
          urn,
          "routeTableId",
          routeTables,
        ),
        ...placesOf(inputs, bySubnet),
        networkInterfaceIds: [],
        securityGroupIds: groupsOf(inputs, byGroup.byKey.get(urn) ?? [], vpcId, byGroup.stray),
      };
      return [urn, endpoint];
    }),
  );
}

function typeOf(inputs: Inputs): VpcEndpoint["type"] {
  const type = inputs.text("vpcEndpointType");
  if (!isKnown(type)) return type;
  if (type === undefined || type === "Gateway") return "Gateway";
  return type === "Interface" ? "Interface" : "other";
}

function stateOf(inputs: Inputs, serviceName: Known<string | undefined>): VpcEndpoint["state"] {
  const { urn, isRead } = inputs.resource;
  if (isRead || !isKnown(serviceName) || /vpce-svc-/.test(serviceName ?? ""))
    return new Unknown(`whether ${urn} is accepted by the owner of its service`);
  const family = inputs.text("ipAddressType");
  if (!isKnown(family)) return family;
  return family === "ipv6" ? inputs.unknown("ipAddressType", "is ipv6, which is not modelled") : "available";
}

/** The endpoint's own, or a resource of its own: with both, the one that the provider sets last. */
function policyOf(declarations: Declarations, all: readonly Inputs[]): Known<unknown> {
  const own = all.filter((inputs) => inputs.has("policy"));
  const [first] = own;
  if (own.length > 1)
    return new Unknown(`which policy an endpoint has, of those of ${own.map((one) => one.resource.urn).join(" and ")}`);
  return first ? documentOf(declarations, first) : all[0]?.value("policy");
}

function documentOf(declarations: Declarations, inputs: Inputs): Known<unknown> {
  const text = inputs.value("policy");
  if (!isKnown(text) || text === undefined) return text;
  try {
    return withUrns(declarations, typeof text === "string" ? JSON.parse(text) : text);
  } catch {
    return inputs.unknown("policy", "is no JSON");
  }
}

const namedInConditions: readonly string[] = [...types.vpc, ...types.vpcEndpoint];

/** Conditions name VPCs and endpoints by the ids that they have by now, the topology by their URNs. */
function withUrns(declarations: Declarations, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => withUrns(declarations, one));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withUrns(declarations, one)]));
  if (typeof value !== "string") return value;
  const owners = declarations.program.ownersOf(value);
  const own = owners.find(({ attribute, resource }) => !attribute && namedInConditions.includes(resource?.type ?? ""));
  return own?.id ?? value;
}

/** `subnetConfigurations` name subnets too, each with an address. */
function placesOf(
  inputs: Inputs,
  associations: ReturnType<typeof groupBy<Inputs>>,
): Pick<VpcEndpoint, "subnetIds" | "subnetsInDoubt"> {
  const { ids: named, inDoubt } = inputs.possibleReferences("subnetIds", subnets);
  const configurations = inputs.blocks("subnetConfigurations");
  if (!isKnown(named)) return { subnetIds: named };
  if (!isKnown(configurations)) return { subnetIds: configurations };
  const others = referencesOf(configurations, "subnetId", subnets);
  const own = isKnown(others) ? [...named, ...others] : others;
  const subnetIds = joined(own, associations, inputs.resource.urn, "subnetId", subnets);
  return { subnetIds, ...(inDoubt === undefined ? {} : { subnetsInDoubt: inDoubt }) };
}

function joined(
  own: Known<readonly string[]>,
  associations: ReturnType<typeof groupBy<Inputs>>,
  urn: string,
  key: string,
  wantedOne: typeof subnets,
): Known<readonly string[]> {
  if (!isKnown(own)) return own;
  if (associations.stray) return associations.stray;
  const others = referencesOf(associations.byKey.get(urn) ?? [], key, wantedOne);
  return isKnown(others) ? [...new Set([...own, ...others])] : others;
}

/** The VPC's default group where none is named, unless an association replaces it. */
function groupsOf(
  inputs: Inputs,
  associations: readonly Inputs[],
  vpcId: string,
  stray: Unknown | undefined,
): Known<readonly string[]> {
  const own = inputs.references("securityGroupIds", securityGroups);
  if (!isKnown(own)) return own;
  if (stray) return stray;
  const all = own.length > 0 ? [...own] : [defaultGroupOf(vpcId)];
  for (const association of associations) {
    const id = association.reference("securityGroupId", securityGroups);
    if (!isKnown(id)) return id;
    const isInstead = association.flag("replaceDefaultAssociation", false);
    if (!isKnown(isInstead)) return isInstead;
    if (isInstead) all.splice(0, all.length, ...all.filter((one) => one !== defaultGroupOf(vpcId)));
    if (id !== undefined) all.push(id);
  }
  return all;
}

/** Services with gateway endpoints too, for which a private name may be for inbound resolver endpoints alone. */
const ofBothKinds = /\.(s3|dynamodb)$/;

/**
 * What AWS chooses where the program says nothing has changed over time
 * (https://github.com/hashicorp/terraform-provider-aws/issues/46404).
 */
function inboundOnly(inputs: Inputs, serviceName: Known<string | undefined>): Known<boolean> {
  const key = "privateDnsOnlyForInboundResolverEndpoint";
  const options = inputs.blocks("dnsOptions");
  if (!isKnown(options)) return options;
  const [block] = options;
  if (!block) {
    if (!isKnown(serviceName) || !ofBothKinds.test(serviceName ?? "")) return false;
    return inputs.unknown(`dnsOptions.${key}`, "is not set, and AWS's own choice for it is not sure");
  }
  const own = block.value(key);
  return isKnown(own) ? own === true || own === "true" : own;
}
