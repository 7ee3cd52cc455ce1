import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

const other = new aws.ec2.Vpc("other", { cidrBlock: "10.1.0.0/16" });
natGateway({ internetGateway: { vpcId: other.id } });
