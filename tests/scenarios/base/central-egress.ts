import * as aws from "@pulumi/aws";
import { type Changes, Recipe } from "./recipe.ts";
import { makeVpc, region, type VpcParts } from "./vpc.ts";
import { makeWorkload } from "./workload.ts";

export interface CentralEgressParts extends VpcParts {
  readonly egress: aws.ec2.Vpc;
  readonly egressPrivate: aws.ec2.Subnet;
  readonly transit: aws.ec2transitgateway.TransitGateway;
}

const everywhere = "0.0.0.0/0";

/** Jobs on instances whose packets leave by a transit gateway and the NAT gateway of another VPC. */
export function centralEgress(changes: Changes<CentralEgressParts> = {}): CentralEgressParts {
  const recipe = new Recipe(changes);
  const own = makeVpc(recipe);
  const egress = recipe.make(aws.ec2.Vpc, "egress", { cidrBlock: "10.9.0.0/16" });
  const vpcId = egress.id;
  const place = { vpcId, availabilityZone: `${region}a` };
  const egressPrivate = recipe.make(aws.ec2.Subnet, "egressPrivate", { ...place, cidrBlock: "10.9.0.0/24" });
  const egressPublic = recipe.make(aws.ec2.Subnet, "egressPublic", { ...place, cidrBlock: "10.9.1.0/24" });
  const privateTable = recipe.make(aws.ec2.RouteTable, "egressPrivateTable", { vpcId });
  const publicTable = recipe.make(aws.ec2.RouteTable, "egressPublicTable", { vpcId });
  for (const [name, subnet, table] of [
    ["egressPrivateToTable", egressPrivate, privateTable],
    ["egressPublicToTable", egressPublic, publicTable],
  ] as const) {
    recipe.make(aws.ec2.RouteTableAssociation, name, { subnetId: subnet.id, routeTableId: table.id });
  }
  const internetGateway = recipe.make(aws.ec2.InternetGateway, "internetGateway", { vpcId });
  const address = recipe.make(aws.ec2.Eip, "natAddress", { domain: "vpc" });
  const natGateway = recipe.make(aws.ec2.NatGateway, "natGateway", {
    subnetId: egressPublic.id,
    allocationId: address.id,
  });

  const transit = recipe.make(aws.ec2transitgateway.TransitGateway, "transit", {});
  const attach = (name: string, attached: aws.ec2.Vpc, subnets: readonly aws.ec2.Subnet[]) =>
    recipe.make(aws.ec2transitgateway.VpcAttachment, name, {
      transitGatewayId: transit.id,
      vpcId: attached.id,
      subnetIds: subnets.map(({ id }) => id),
    });
  attach("jobsAttachment", own.vpc, [own.computeA, own.computeB]);
  const egressAttachment = attach("egressAttachment", egress, [egressPrivate]);
  recipe.make(aws.ec2transitgateway.Route, "transitToEgress", {
    transitGatewayRouteTableId: transit.associationDefaultRouteTableId,
    destinationCidrBlock: everywhere,
    transitGatewayAttachmentId: egressAttachment.id,
  });

  const route = (name: string, table: aws.ec2.RouteTable, destinationCidrBlock: string, target: object) =>
    recipe.make(aws.ec2.Route, name, { routeTableId: table.id, destinationCidrBlock, ...target });
  route("computeToTransit", own.computeTable, everywhere, { transitGatewayId: transit.id });
  route("egressToNat", privateTable, everywhere, { natGatewayId: natGateway.id });
  route("egressToInternet", publicTable, everywhere, { gatewayId: internetGateway.id });
  route("egressToJobs", publicTable, "10.0.0.0/16", { transitGatewayId: transit.id });
  recipe.make(aws.vpc.SecurityGroupEgressRule, "jobsToInternet", {
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    securityGroupId: own.jobs.id,
    cidrIpv4: everywhere,
  });
  makeWorkload(recipe, own, "EC2");
  return recipe.done();
}
