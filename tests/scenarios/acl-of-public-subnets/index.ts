import * as aws from "@pulumi/aws";
import { publicSubnets } from "../base/internet.ts";

const { vpc, computeA, computeB } = publicSubnets();
new aws.ec2.NetworkAcl("compute", {
  vpcId: vpc.id,
  subnetIds: [computeA.id, computeB.id],
  ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlock: "0.0.0.0/0" }],
  egress: [{ ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" }],
});
