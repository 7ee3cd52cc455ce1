import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

const { vpc, publicA } = natGateway();
new aws.ec2.NetworkAcl("public", {
  vpcId: vpc.id,
  subnetIds: [publicA.id],
  ingress: [
    { ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlock: "10.0.0.0/16" },
    { ruleNo: 110, action: "allow", protocol: "tcp", fromPort: 32768, toPort: 60999, cidrBlock: "0.0.0.0/0" },
  ],
  egress: [{ ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" }],
});
