import type { Facts } from "./facts.ts";
import type { Placeholder, PlaceholderTable } from "./placeholder.ts";

const nameOf = (resource: Facts) => resource.text("name", resource.autoname);

const kinds: Readonly<Record<string, string>> = { application: "app", network: "net", gateway: "gwy" };

const loadBalancer: Placeholder = {
  autoname: "name",
  id: (resource) => {
    const kind = kinds[resource.text("loadBalancerType", "application")] ?? "app";
    return resource.arn("elasticloadbalancing", `loadbalancer/${kind}/${nameOf(resource)}/${resource.digits(16)}`);
  },
  outputs: (resource, id) => ({
    arn: id,
    arnSuffix: id.split(":loadbalancer/")[1],
    dnsName: `${nameOf(resource)}-${parseInt(resource.digits(8), 16)}.${resource.region}.elb.${resource.dnsSuffix}`,
  }),
};

const targetGroup: Placeholder = {
  autoname: "name",
  id: (resource) => resource.arn("elasticloadbalancing", `targetgroup/${nameOf(resource)}/${resource.digits(16)}`),
  outputs: (_resource, id) => ({ arn: id, arnSuffix: id.slice(id.indexOf("targetgroup/")) }),
};

const listener: Placeholder = {
  id: (resource) => {
    const balancer = resource.text("loadBalancerArn", "").replace(":loadbalancer/", ":listener/");
    return `${balancer}/${resource.digits(16)}`;
  },
  outputs: (_resource, id) => ({ arn: id }),
};

export const loadBalancing: PlaceholderTable = {
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:alb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:lb/targetGroup:TargetGroup": targetGroup,
  "aws:alb/targetGroup:TargetGroup": targetGroup,
  "aws:lb/listener:Listener": listener,
  "aws:alb/listener:Listener": listener,
};
