import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

// https://github.com/terraform-aws-modules/terraform-aws-vpc/pull/1197
const { vpc, computeTable } = natGateway();
new aws.ec2.VpcEndpoint("s3", {
  vpcId: vpc.id,
  serviceName: "com.amazonaws.eu-west-1.s3",
  routeTableIds: [computeTable.id],
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::results/*" }],
  }),
});
