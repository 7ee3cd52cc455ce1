import { Program } from "../../../../network/adapters/pulumi/program.ts";
import { topologyOf } from "../../../../network/adapters/pulumi-resources.ts";
import { isKnown, Unknown } from "../../../../network/reachability/known.ts";
import type { Collection, Topology } from "../../../../network/reachability/topology.ts";
import { type Mode, region, Stack } from "../../../batch/adapters/declared.ts";

export { type Mode, modes, Stack } from "../../../batch/adapters/declared.ts";

export const ec2 = (name: string) => `aws:ec2/${name[0]?.toLowerCase()}${name.slice(1)}:${name}`;
export const transit = (name: string) => `aws:ec2transitgateway/${name[0]?.toLowerCase()}${name.slice(1)}:${name}`;

/** What a program of some resources makes. */
export function topology(mode: Mode, declare: (stack: Stack) => void): Topology {
  const stack = new Stack(mode);
  declare(stack);
  return topologyOf(new Program(stack.resources), { region });
}

/** A VPC and a subnet of it, which most programs here have. */
export function base(stack: Stack) {
  const vpc = stack.add(
    ec2("Vpc"),
    "main",
    { cidrBlock: "10.0.0.0/16" },
    {
      defaultSecurityGroupId: "sg-default",
      defaultRouteTableId: "rtb-default",
      mainRouteTableId: "rtb-default",
      defaultNetworkAclId: "acl-default",
    },
  );
  const subnet = stack.add(ec2("Subnet"), "jobs", { vpcId: vpc.out(), cidrBlock: "10.0.1.0/24" });
  return { vpc, subnet };
}

/** The one of a collection whose id ends so. @throws where there is none */
export function one<R extends { readonly id: string }>(all: Collection<R>, end: string): R {
  if (!isKnown(all)) throw new Error(all.reason);
  const found = [...all.values()].find(({ id }) => id.endsWith(end));
  if (!found) throw new Error(`none of ${[...all.keys()].join(", ")} ends with ${end}`);
  return found;
}

/** The logical names of ids; a value that is not known as `?`. */
export const short = (value: unknown): unknown => {
  if (value instanceof Unknown) return "?";
  if (Array.isArray(value)) return value.map(short);
  return typeof value === "string" ? value.split("::").at(-1) : value;
};
