import type { Vpc, VpcEndpoint } from "./topology.ts";

/**
 * `com.amazonaws.us-east-1.ecr.api` of `ecr.api`, and of `api.ecr.us-east-1.amazonaws.com`; a whole service name stays as it
 * is, and a host that is not AWS's is taken for a service that nobody has an endpoint for.
 */
export function serviceNameOf(name: string, { region }: Pick<Vpc, "region">): string {
  if (isWhole(name)) return name;
  const host = /^(.+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/.exec(name.toLowerCase());
  const own = host?.[1] === undefined ? undefined : serviceOfHost(host[1]);
  return own === undefined ? `com.amazonaws.${region}.${name}` : `com.amazonaws.${host?.[2]}.${own}`;
}

const isWhole = (name: string) => /^(com\.amazonaws|cn\.com\.amazonaws|aws)\./.test(name);

/** Endpoint services of customers and partners are called `com.amazonaws.vpce.REGION.vpce-svc-...`. */
export const isOfAws = (serviceName: string) =>
  /^(cn\.)?com\.amazonaws\.|^aws\./.test(serviceName) && !serviceName.includes(".vpce-svc-");

/** Whether an endpoint is for the service. */
export function isFor(serviceName: string): (endpoint: Pick<VpcEndpoint, "serviceName">) => boolean {
  // China's Regions have `cn.com.amazonaws.` before the Region; a snapshot may not say its Region.
  const names = [serviceName, `cn.${serviceName}`];
  if (!serviceName.startsWith("com.amazonaws..")) return (endpoint) => names.includes(endpoint.serviceName);
  const own = shortNameOf(serviceName);
  return (endpoint) => shortNameOf(endpoint.serviceName) === own;
}

/** `ecr.api` of `com.amazonaws.us-east-1.ecr.api`. */
export const shortNameOf = (serviceName: string) => serviceName.replace(/^(cn\.)?com\.amazonaws\.[^.]*\.|^aws\./, "");

/** The Region in a service's name; empty where a snapshot does not say it. */
const regionIn = (serviceName: string) => /^(?:cn\.)?com\.amazonaws\.([^.]*)\./.exec(serviceName)?.[1];

/** Services that gateway endpoints are for (PrivateLink guide, Gateway endpoints). */
const byGateway = new Set(["s3", "dynamodb"]);
export const hasGatewayEndpoints = (serviceName: string) => byGateway.has(shortNameOf(serviceName));

/** What comes after the dot in the names of AWS's services that have one: no host of the internet ends so. */
const lastParts = new Set(
  "api dkr repositories runtime featurestore-runtime metrics data credentials cups lns streaming controlplane dataplane server env ops".split(
    " ",
  ),
);

/** Whether a VPC's own Region has the service as AWS's, so that an endpoint for it can be made there. */
export function canHaveEndpoint(serviceName: string, { region }: Pick<Vpc, "region">): boolean {
  return isOfService(serviceName) && regionIn(serviceName) === region;
}

/** Whether a name is that of a service of AWS's, and not of any host. */
export function isOfService(serviceName: string): boolean {
  const [first = "", ...rest] = shortNameOf(serviceName).split(".");
  return /^[\w-]+$/.test(first) && (rest.length === 0 || (rest.length === 1 && lastParts.has(rest[0] ?? "")));
}

/** Any label: of an account, of a bucket. */
export const anyLabel = "*";

/** What comes before the Region in the names of hosts, where that is not the service's own name. */
const hostsByService: Readonly<Record<string, readonly string[]>> = {
  "ecs-agent": ["ecs-a"],
  "ecs-telemetry": ["ecs-t"],
  "ecr.dkr": [`${anyLabel}.dkr.ecr`],
  s3: ["s3", `${anyLabel}.s3`],
};

/**
 * The hosts that clients of a service ask for (General reference, Service endpoints): `api.ecr.us-east-1.amazonaws.com`. A
 * host that is asked for by its own name is that alone; a Region that is not known is any label.
 */
export function hostsOf(name: string, { region }: Pick<Vpc, "region">): readonly string[] {
  const serviceName = serviceNameOf(name, { region });
  const isHost = /\.amazonaws\.com(\.cn)?$/.test(name.toLowerCase());
  if (!isWhole(name) && (isHost || !isOfService(serviceName))) return [name.toLowerCase()];
  const own = shortNameOf(serviceName);
  const place = regionIn(serviceName) || region || anyLabel;
  const suffix = `${place}.amazonaws.com${place.startsWith("cn-") ? ".cn" : ""}`;
  return (hostsByService[own] ?? [own.split(".").reverse().join(".")]).map((prefix) => `${prefix}.${suffix}`);
}

function serviceOfHost(prefix: string): string | undefined {
  const labels = prefix.split(".");
  const last = labels.at(-1);
  if (last === "s3") return "s3";
  if (last === "ecr" && labels.at(-2) === "dkr") return "ecr.dkr";
  const known = Object.entries(hostsByService).find(([, hosts]) => hosts.includes(prefix))?.[0];
  const own = known ?? labels.reverse().join(".");
  return isOfService(own) ? own : undefined;
}
