import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const { vpc, databaseA, databaseB } = endpointsOnly();
const acl = new aws.ec2.NetworkAcl("database", { vpcId: vpc.id, subnetIds: [databaseA.id, databaseB.id] });
new aws.ec2.NetworkAclRule("databaseIn", {
  networkAclId: acl.id,
  ruleNumber: 100,
  ruleAction: "allow",
  protocol: "tcp",
  fromPort: 5432,
  toPort: 5432,
  cidrBlock: "10.0.0.0/16",
});
new aws.ec2.NetworkAclRule("databaseOut", {
  networkAclId: acl.id,
  egress: true,
  ruleNumber: 100,
  ruleAction: "allow",
  protocol: "tcp",
  fromPort: 5432,
  toPort: 5432,
  cidrBlock: "10.0.0.0/16",
});
