import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
const { vpc } = endpointsOnly();
const options = new aws.ec2.VpcDhcpOptions("options", { domainNameServers: ["10.9.0.2", "10.9.0.3"] });
new aws.ec2.VpcDhcpOptionsAssociation("options", { vpcId: vpc.id, dhcpOptionsId: options.id });
