import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const { vpc, databaseA, databaseB } = endpointsOnly();
new aws.ec2.NetworkAcl("database", {
  vpcId: vpc.id,
  subnetIds: [databaseA.id, databaseB.id],
  ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 3306, toPort: 3306, cidrBlock: "10.0.0.0/16" }],
  egress: [{ ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" }],
});
