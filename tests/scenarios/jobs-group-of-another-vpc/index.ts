import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

const other = new aws.ec2.Vpc("other", { cidrBlock: "10.1.0.0/16" });
const group = new aws.ec2.SecurityGroup("other", {
  vpcId: other.id,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
natGateway({ computeResources: { securityGroupIds: [group.id] } });
