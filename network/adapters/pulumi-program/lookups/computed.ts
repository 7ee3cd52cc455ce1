import { isUnknownValue, type Properties } from "../../pulumi/resource.ts";
import { dnsSuffixOf, ec2Id, partitionOf, placeholderAccount } from "../placeholders/facts.ts";
import { availabilityZones } from "./availability-zones.ts";
import type { FoundResource } from "./found.ts";
import { policyDocument } from "./policy-document.ts";

type Compute = (parameters: Properties, region: string) => Properties | undefined;

/** Functions whose answer follows from their arguments, the Region and AWS's documents; the account is a placeholder. */
const functions: Readonly<Record<string, Compute>> = {
  "aws:index/getRegion:getRegion": (parameters, ofProvider) => {
    const region = textOf(parameters.region) ?? textOf(parameters.name) ?? ofProvider;
    const endpoint = `ec2.${region}.${dnsSuffixOf(region)}`;
    return { id: region, name: region, region, description: region, endpoint };
  },
  "aws:index/getPartition:getPartition": (_, region) => {
    const [partition, dnsSuffix] = [partitionOf(region), dnsSuffixOf(region)];
    return { id: partition, partition, dnsSuffix, reverseDnsPrefix: dnsSuffix.split(".").reverse().join(".") };
  },
  "aws:index/getCallerIdentity:getCallerIdentity": (_, region) => ({
    id: placeholderAccount,
    accountId: placeholderAccount,
    arn: `arn:${partitionOf(region)}:iam::${placeholderAccount}:root`,
    userId: placeholderAccount,
  }),
  "aws:index/getArn:getArn": ({ arn }) => {
    const [, partition, service, region, account, ...resource] = textOf(arn)?.split(":") ?? [];
    if (resource.length === 0) return undefined;
    return { id: arn, arn, partition, service, region, account, resource: resource.join(":") };
  },
  "aws:index/getServicePrincipal:getServicePrincipal": ({ serviceName, region }, ofProvider) => {
    const name = `${serviceName}.amazonaws.com`;
    return { id: name, name, region: region ?? ofProvider, serviceName, suffix: "amazonaws.com" };
  },
  "aws:index/getAvailabilityZones:getAvailabilityZones": availabilityZones,
  "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
};

/** Undefined: it can't be told. */
export function computed(token: string, parameters: Properties, region: string | undefined): Properties | undefined {
  if (region === undefined || !Object.hasOwn(functions, token)) return undefined;
  return functions[token]!(parameters, region);
}

/**
 * What AWS offers in every account, as far as its name tells: the prefix list of a gateway endpoint's service, the
 * service of an endpoint. The rest of it is unknown.
 */
export function offeredByAws(
  token: string,
  parameters: Properties,
  region: string | undefined,
): Properties | undefined {
  if (region === undefined) return undefined;
  switch (token) {
    case "aws:ec2/getPrefixList:getPrefixList":
    case "aws:ec2/getManagedPrefixList:getManagedPrefixList": {
      const name = textOf(parameters.name) ?? filteredName(parameters.filters);
      if (!name?.startsWith("com.amazonaws.")) return undefined;
      return { ...parameters, name, id: ec2Id("pl", name), ownerId: "AWS" };
    }
    case "aws:ec2/getVpcEndpointService:getVpcEndpointService": {
      const [service, serviceName] = [textOf(parameters.service), textOf(parameters.serviceName)];
      if (service === undefined && serviceName === undefined) return undefined;
      return { ...parameters, serviceName: serviceName ?? `com.amazonaws.${region}.${service}` };
    }
    default:
      return undefined;
  }
}

/** A prefix list is what rules and routes refer to. */
export function offeredResources(token: string, { id, name }: Properties): readonly FoundResource[] {
  if (typeof id !== "string" || typeof name !== "string") return [];
  const functionName = token.split(":").at(-1) ?? token;
  return [{ type: token, name: `${functionName}(${JSON.stringify({ name })})`, id, outputs: { name } }];
}

function filteredName(filters: unknown): string | undefined {
  const filter = Array.isArray(filters) && filters.find(({ name }) => name === "prefix-list-name");
  return filter ? textOf(filter.values?.[0]) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !isUnknownValue(value) ? value : undefined;
}
