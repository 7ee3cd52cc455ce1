import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/verify-connectivity.html
const { vpc, computeA, computeB } = endpointsOnly();
new aws.ec2.NetworkAcl("compute", {
  vpcId: vpc.id,
  subnetIds: [computeA.id, computeB.id],
  ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlock: "0.0.0.0/0" }],
  egress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 1024, toPort: 65535, cidrBlock: "0.0.0.0/0" }],
});
