import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const { vpc, computeA, computeB } = endpointsOnly();
new aws.ec2.NetworkAcl("compute", {
  vpcId: vpc.id,
  subnetIds: [computeA.id, computeB.id],
});
