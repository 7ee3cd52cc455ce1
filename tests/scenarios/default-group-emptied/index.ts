import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

// https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-2
const { vpc } = natGateway({ computeResources: ({ vpc }) => ({ securityGroupIds: [vpc.defaultSecurityGroupId] }) });
new aws.ec2.DefaultSecurityGroup("default", { vpcId: vpc.id });
