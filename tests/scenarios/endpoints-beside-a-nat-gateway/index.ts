import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

const { vpc, computeA, databaseGroup } = natGateway();
new aws.ec2.VpcEndpoint("ecr.api", {
  vpcId: vpc.id,
  serviceName: "com.amazonaws.eu-west-1.ecr.api",
  vpcEndpointType: "Interface",
  privateDnsEnabled: true,
  subnetIds: [computeA.id],
  securityGroupIds: [databaseGroup.id],
});
