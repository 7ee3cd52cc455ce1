import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const { vpc, computeA } = endpointsOnly();
new aws.ec2.NetworkAcl("compute", {
  vpcId: vpc.id,
  subnetIds: [computeA.id],
  ingress: [{ ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" }],
  egress: [
    { ruleNo: 90, action: "deny", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlock: "10.0.16.0/20" },
    { ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" },
  ],
});
