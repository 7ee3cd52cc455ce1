import * as aws from "@pulumi/aws";
import type { Recipe } from "./recipe.ts";

/** What all good programs have: subnets for jobs and for a database in two zones, tables, groups. */
export interface VpcParts {
  readonly vpc: aws.ec2.Vpc;
  readonly computeA: aws.ec2.Subnet;
  readonly computeB: aws.ec2.Subnet;
  readonly databaseA: aws.ec2.Subnet;
  readonly databaseB: aws.ec2.Subnet;
  readonly computeTable: aws.ec2.RouteTable;
  readonly databaseTable: aws.ec2.RouteTable;
  readonly jobs: aws.ec2.SecurityGroup;
  readonly databaseGroup: aws.ec2.SecurityGroup;
}

export const region = "eu-west-1";

export function makeVpc<Parts extends VpcParts>(recipe: Recipe<Parts>, { isPublic = false } = {}): VpcParts {
  const vpc = recipe.make(aws.ec2.Vpc, "vpc", {
    cidrBlock: "10.0.0.0/16",
    enableDnsSupport: true,
    enableDnsHostnames: true,
  });
  const vpcId = vpc.id;
  const subnet = (name: string, zone: string, cidrBlock: string, mapPublicIpOnLaunch = false) =>
    recipe.make(aws.ec2.Subnet, name, {
      vpcId,
      availabilityZone: `${region}${zone}`,
      cidrBlock,
      mapPublicIpOnLaunch,
    });
  const computeA = subnet("computeA", "a", "10.0.0.0/20", isPublic);
  const computeB = subnet("computeB", "b", "10.0.16.0/20", isPublic);
  const databaseA = subnet("databaseA", "a", "10.0.128.0/24");
  const databaseB = subnet("databaseB", "b", "10.0.129.0/24");

  const computeTable = recipe.make(aws.ec2.RouteTable, "computeTable", { vpcId });
  const databaseTable = recipe.make(aws.ec2.RouteTable, "databaseTable", { vpcId });
  associate(recipe, "computeA", computeA, computeTable);
  associate(recipe, "computeB", computeB, computeTable);
  associate(recipe, "databaseA", databaseA, databaseTable);
  associate(recipe, "databaseB", databaseB, databaseTable);

  const jobs = recipe.make(aws.ec2.SecurityGroup, "jobs", { vpcId });
  const databaseGroup = recipe.make(aws.ec2.SecurityGroup, "databaseGroup", { vpcId });
  const postgres = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432 };
  recipe.make(aws.vpc.SecurityGroupEgressRule, "jobsToDatabase", {
    ...postgres,
    securityGroupId: jobs.id,
    referencedSecurityGroupId: databaseGroup.id,
  });
  recipe.make(aws.vpc.SecurityGroupIngressRule, "databaseFromJobs", {
    ...postgres,
    securityGroupId: databaseGroup.id,
    referencedSecurityGroupId: jobs.id,
  });
  return { vpc, computeA, computeB, databaseA, databaseB, computeTable, databaseTable, jobs, databaseGroup };
}

/** `computeA` becomes `computeAToTable`. */
export function associate<Parts extends object>(
  recipe: Recipe<Parts>,
  name: string,
  subnet: aws.ec2.Subnet,
  table: aws.ec2.RouteTable,
): void {
  recipe.make(aws.ec2.RouteTableAssociation, `${name}ToTable`, { subnetId: subnet.id, routeTableId: table.id });
}
