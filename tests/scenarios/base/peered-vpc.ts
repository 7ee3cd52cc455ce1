import * as aws from "@pulumi/aws";
import { type EndpointsOnlyParts, makeEndpoints, ofInstances, ofJobs } from "./endpoints-only.ts";
import { type Changes, Recipe } from "./recipe.ts";
import { makeVpc, region } from "./vpc.ts";
import { makeWorkload } from "./workload.ts";

export interface PeeredVpcParts extends EndpointsOnlyParts {
  readonly other: aws.ec2.Vpc;
  readonly otherA: aws.ec2.Subnet;
  readonly otherGroup: aws.ec2.SecurityGroup;
  readonly peering: aws.ec2.VpcPeeringConnection;
}

/** Jobs on instances in a VPC without a way to the internet, and their database in another VPC, by a peering connection. */
export function peeredVpc(changes: Changes<PeeredVpcParts> = {}): PeeredVpcParts {
  const recipe = new Recipe(changes);
  const own = makeVpc(recipe);
  makeEndpoints(recipe, own, [...ofInstances, ...ofJobs]);
  const other = recipe.make(aws.ec2.Vpc, "other", { cidrBlock: "10.1.0.0/16", enableDnsHostnames: true });
  const [otherA, otherB] = ["A", "B"].map((zone, index) =>
    recipe.make(aws.ec2.Subnet, `other${zone}`, {
      vpcId: other.id,
      availabilityZone: `${region}${zone.toLowerCase()}`,
      cidrBlock: `10.1.${index}.0/24`,
    }),
  ) as [aws.ec2.Subnet, aws.ec2.Subnet];
  const otherGroup = recipe.make(aws.ec2.SecurityGroup, "otherGroup", { vpcId: other.id });
  const postgres = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432 };
  recipe.make(aws.vpc.SecurityGroupIngressRule, "otherFromJobs", {
    ...postgres,
    securityGroupId: otherGroup.id,
    cidrIpv4: "10.0.0.0/16",
  });
  recipe.make(aws.vpc.SecurityGroupEgressRule, "jobsToOther", {
    ...postgres,
    securityGroupId: own.jobs.id,
    cidrIpv4: "10.1.0.0/16",
  });
  const peering = recipe.make(aws.ec2.VpcPeeringConnection, "peering", {
    vpcId: own.vpc.id,
    peerVpcId: other.id,
    autoAccept: true,
  });
  recipe.make(aws.ec2.Route, "there", {
    routeTableId: own.computeTable.id,
    destinationCidrBlock: "10.1.0.0/16",
    vpcPeeringConnectionId: peering?.id,
  });
  recipe.make(aws.ec2.Route, "back", {
    routeTableId: other.mainRouteTableId,
    destinationCidrBlock: "10.0.0.0/16",
    vpcPeeringConnectionId: peering?.id,
  });
  makeWorkload(recipe, { ...own, databaseA: otherA, databaseB: otherB, databaseGroup: otherGroup }, "EC2");
  return recipe.done();
}
