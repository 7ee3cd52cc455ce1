import * as aws from "@pulumi/aws";
import { type Changes, Recipe } from "./recipe.ts";
import { makeVpc, region, type VpcParts } from "./vpc.ts";
import { makeWorkload } from "./workload.ts";

export interface EndpointsOnlyParts extends VpcParts {
  readonly endpoints: aws.ec2.SecurityGroup;
  readonly s3: aws.ec2.VpcEndpoint;
  readonly logs: aws.ec2.VpcEndpoint;
  readonly secretsmanager: aws.ec2.VpcEndpoint;
}

export const ofInstances = ["ecs", "ecs-agent", "ecs-telemetry"];
export const ofJobs = ["ecr.api", "ecr.dkr", "logs", "secretsmanager"];

/** Jobs on instances in a VPC without a way to the internet: each service has an endpoint, which goes by the service's name. */
export function endpointsOnly(changes: Changes<EndpointsOnlyParts> = {}): EndpointsOnlyParts {
  const recipe = new Recipe(changes);
  const vpc = makeVpc(recipe);
  makeEndpoints(recipe, vpc, [...ofInstances, ...ofJobs]);
  makeWorkload(recipe, vpc, "EC2");
  return recipe.done();
}

/** The same for Fargate, which needs no endpoint of Amazon ECS. */
export function fargate(changes: Changes<EndpointsOnlyParts> = {}): EndpointsOnlyParts {
  const recipe = new Recipe(changes);
  const vpc = makeVpc(recipe);
  makeEndpoints(recipe, vpc, ofJobs);
  makeWorkload(recipe, vpc, "FARGATE");
  return recipe.done();
}

/** Endpoints for services, and the groups' rules for them. */
export function makeEndpoints<Parts extends EndpointsOnlyParts>(
  recipe: Recipe<Parts>,
  own: VpcParts,
  services: readonly string[],
): void {
  const vpcId = own.vpc.id;
  const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
  const endpoints = recipe.make(aws.ec2.SecurityGroup, "endpoints", { vpcId });
  recipe.make(aws.vpc.SecurityGroupIngressRule, "endpointsFromJobs", {
    ...https,
    securityGroupId: endpoints.id,
    referencedSecurityGroupId: own.jobs.id,
  });
  recipe.make(aws.vpc.SecurityGroupEgressRule, "jobsToEndpoints", {
    ...https,
    securityGroupId: own.jobs.id,
    referencedSecurityGroupId: endpoints.id,
  });
  for (const service of services) {
    recipe.make(aws.ec2.VpcEndpoint, service, {
      vpcId,
      serviceName: `com.amazonaws.${region}.${service}`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: [own.computeA.id, own.computeB.id],
      securityGroupIds: [endpoints.id],
    });
  }
  const s3 = recipe.make(aws.ec2.VpcEndpoint, "s3", {
    vpcId,
    serviceName: `com.amazonaws.${region}.s3`,
    vpcEndpointType: "Gateway",
    routeTableIds: [own.computeTable.id],
  });
  recipe.make(aws.vpc.SecurityGroupEgressRule, "jobsToS3", {
    ...https,
    securityGroupId: own.jobs.id,
    ...(s3 ? { prefixListId: s3.prefixListId } : { cidrIpv4: "10.0.0.0/16" }),
  });
}
