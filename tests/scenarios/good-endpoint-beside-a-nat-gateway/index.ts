import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

const { vpc, computeA, computeTable, databaseGroup } = natGateway();
new aws.ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: "com.amazonaws.eu-west-1.s3",
  routeTableIds: [computeTable.id],
});
new aws.ec2.VpcEndpoint("logs", {
  vpcId: vpc.id,
  serviceName: "com.amazonaws.eu-west-1.logs",
  vpcEndpointType: "Interface",
  subnetIds: [computeA.id],
  securityGroupIds: [databaseGroup.id],
});
