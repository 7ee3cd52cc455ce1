import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

natGateway();
new aws.ec2.VpcBlockPublicAccessOptions("block", { internetGatewayBlockMode: "block-ingress" });
