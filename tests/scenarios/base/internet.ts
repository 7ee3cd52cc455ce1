import * as aws from "@pulumi/aws";
import { type Changes, Recipe } from "./recipe.ts";
import { associate, makeVpc, region, type VpcParts } from "./vpc.ts";
import { makeWorkload } from "./workload.ts";

export interface PublicSubnetsParts extends VpcParts {
  readonly internetGateway: aws.ec2.InternetGateway;
}

export interface NatGatewayParts extends PublicSubnetsParts {
  readonly publicA: aws.ec2.Subnet;
  readonly publicTable: aws.ec2.RouteTable;
  readonly natGateway: aws.ec2.NatGateway;
}

const everywhere = "0.0.0.0/0";

/** Jobs on instances with public addresses, which reach all services by way of an internet gateway. */
export function publicSubnets(changes: Changes<PublicSubnetsParts> = {}): PublicSubnetsParts {
  const recipe = new Recipe(changes);
  const vpc = makeVpc(recipe, { isPublic: true });
  const internetGateway = recipe.make(aws.ec2.InternetGateway, "internetGateway", { vpcId: vpc.vpc.id });
  recipe.make(aws.ec2.Route, "computeToInternet", {
    routeTableId: vpc.computeTable.id,
    destinationCidrBlock: everywhere,
    gatewayId: internetGateway.id,
  });
  letJobsOut(recipe, vpc);
  makeWorkload(recipe, vpc, "EC2");
  return recipe.done();
}

/** Jobs on instances without public addresses, which reach all services by way of a NAT gateway. */
export function natGateway(changes: Changes<NatGatewayParts> = {}, type: "EC2" | "FARGATE" = "EC2"): NatGatewayParts {
  const recipe = new Recipe(changes);
  const vpc = makeVpc(recipe);
  const vpcId = vpc.vpc.id;
  const publicA = recipe.make(aws.ec2.Subnet, "publicA", {
    vpcId,
    availabilityZone: `${region}a`,
    cidrBlock: "10.0.240.0/24",
  });
  const publicTable = recipe.make(aws.ec2.RouteTable, "publicTable", { vpcId });
  associate(recipe, "publicA", publicA, publicTable);
  const internetGateway = recipe.make(aws.ec2.InternetGateway, "internetGateway", { vpcId });
  recipe.make(aws.ec2.Route, "publicToInternet", {
    routeTableId: publicTable.id,
    destinationCidrBlock: everywhere,
    gatewayId: internetGateway.id,
  });
  const address = recipe.make(aws.ec2.Eip, "natAddress", { domain: "vpc" });
  const gateway = recipe.make(aws.ec2.NatGateway, "natGateway", { subnetId: publicA.id, allocationId: address.id });
  recipe.make(aws.ec2.Route, "computeToNat", {
    routeTableId: vpc.computeTable.id,
    destinationCidrBlock: everywhere,
    natGatewayId: gateway.id,
  });
  letJobsOut(recipe, vpc);
  makeWorkload(recipe, vpc, type);
  return recipe.done();
}

function letJobsOut<Parts extends VpcParts>(recipe: Recipe<Parts>, { jobs }: VpcParts): void {
  recipe.make(aws.vpc.SecurityGroupEgressRule, "jobsToInternet", {
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    securityGroupId: jobs.id,
    cidrIpv4: everywhere,
  });
}
