import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const { jobs } = endpointsOnly({ jobsToS3: null });
const list = aws.ec2.getPrefixListOutput({ name: "com.amazonaws.eu-west-1.dynamodb" });
new aws.vpc.SecurityGroupEgressRule("jobsToDynamoDb", {
  securityGroupId: jobs.id,
  ipProtocol: "tcp",
  fromPort: 443,
  toPort: 443,
  prefixListId: list.id,
});
