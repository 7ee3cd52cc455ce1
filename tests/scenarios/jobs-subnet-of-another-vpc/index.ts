import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

const other = new aws.ec2.Vpc("other", { cidrBlock: "10.1.0.0/16" });
const subnet = new aws.ec2.Subnet("otherA", {
  vpcId: other.id,
  availabilityZone: "eu-west-1a",
  cidrBlock: "10.1.0.0/24",
});
natGateway({ computeResources: ({ computeA }) => ({ subnets: [computeA.id, subnet.id] }) });
