import ipaddr from "ipaddr.js";
import type { AwsResource } from "./aws-cloud.ts";

type Values = Record<string, unknown>;

/** Why AWS would not take these inputs; undefined where it would, as far as is known here. */
export function refusal(
  token: string,
  inputs: Values,
  others: readonly AwsResource[],
  region: string,
): string | undefined {
  return missing(inputs, others) ?? sameName(token, inputs, others) ?? rules[token]?.(inputs, others, region);
}

const rules: Readonly<
  Record<string, (inputs: Values, others: readonly AwsResource[], region: string) => string | undefined>
> = {
  "aws:ec2/vpc:Vpc": ({ cidrBlock }) => {
    const [, bits] = ipaddr.parseCIDR(String(cidrBlock));
    return bits < 16 || bits > 28 ? `InvalidVpc.Range: ${cidrBlock}` : undefined;
  },
  "aws:ec2/subnet:Subnet": ({ cidrBlock, vpcId, availabilityZone }, others, region) => {
    if (availabilityZone !== undefined && !/^[abc]$/.test(String(availabilityZone).replace(region, ""))) {
      return `InvalidParameterValue: zone ${availabilityZone}`;
    }
    const [address, bits] = ipaddr.parseCIDR(String(cidrBlock));
    const vpc = others.find((one) => one.id === vpcId);
    const [vpcAddress, vpcBits] = ipaddr.parseCIDR(String(vpc?.inputs.cidrBlock));
    if (bits < vpcBits || !address.match(vpcAddress, vpcBits)) return `InvalidSubnet.Range: ${cidrBlock}`;
    const siblings = others.filter((one) => one.token === "aws:ec2/subnet:Subnet" && one.inputs.vpcId === vpcId);
    for (const { inputs } of siblings) {
      const [other, otherBits] = ipaddr.parseCIDR(String(inputs.cidrBlock));
      const common = Math.min(bits, otherBits);
      if (address.match(other, common)) return `InvalidSubnet.Conflict: ${cidrBlock} and ${inputs.cidrBlock}`;
    }
    return undefined;
  },
  "aws:ec2/route:Route": (inputs, others) => {
    const destination = ["destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"].find(
      (key) => inputs[key] !== undefined,
    );
    if (!destination) return "one of the destinations must be set";
    const same = others.some(
      (one) =>
        one.token === "aws:ec2/route:Route" &&
        one.inputs.routeTableId === inputs.routeTableId &&
        one.inputs[destination] === inputs[destination],
    );
    return same ? `RouteAlreadyExists: ${inputs[destination]}` : undefined;
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ({ subnetId }, others) =>
    subnetId !== undefined &&
    others.some((one) => one.token.endsWith(":RouteTableAssociation") && one.inputs.subnetId === subnetId)
      ? `Resource.AlreadyAssociated: ${subnetId}`
      : undefined,
  "aws:batch/computeEnvironment:ComputeEnvironment": ({ computeResources, serviceRole }) => {
    const { type, subnets } = (computeResources ?? {}) as { type?: string; subnets?: unknown[] };
    if (computeResources === undefined) return undefined;
    if (!["EC2", "SPOT", "FARGATE", "FARGATE_SPOT"].includes(String(type))) return `ClientException: type ${type}`;
    if (!subnets?.length) return "ClientException: subnets must not be empty";
    return serviceRole === "" ? "ClientException: ServiceRole is empty" : undefined;
  },
};

/** References by an id of EC2 that nothing has. */
function missing(inputs: Values, others: readonly AwsResource[]): string | undefined {
  const ids = new Set(
    others.flatMap(({ id, outputs }) => [id, ...Object.values(outputs).filter((one) => typeof one === "string")]),
  );
  for (const value of strings(inputs)) {
    const isId = /^(vpc|subnet|rtb|sg|acl|igw|nat|eipalloc|vpce|lt)-[0-9a-f]{17}$/.test(value);
    if (isId && !ids.has(value)) return `NotFound: ${value}`;
  }
  return undefined;
}

const named = [
  "aws:batch/computeEnvironment:ComputeEnvironment",
  "aws:batch/jobQueue:JobQueue",
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:ecr/repository:Repository",
  "aws:iam/instanceProfile:InstanceProfile",
  "aws:iam/role:Role",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:secretsmanager/secret:Secret",
];

function sameName(token: string, { name }: Values, others: readonly AwsResource[]): string | undefined {
  if (!named.includes(token)) return undefined;
  return others.some((one) => one.token === token && one.inputs.name === name) ? `AlreadyExists: ${name}` : undefined;
}

function* strings(value: unknown): Generator<string> {
  if (typeof value === "string") yield value;
  else if (typeof value === "object" && value !== null) for (const own of Object.values(value)) yield* strings(own);
}
