import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

const { computeB, computeTable } = natGateway();
const left = new aws.ec2.NatGateway("left", { subnetId: computeB.id, connectivityType: "private" });
new aws.ec2.Route("left", {
  routeTableId: computeTable.id,
  destinationCidrBlock: "128.0.0.0/1",
  natGatewayId: left.id,
});
