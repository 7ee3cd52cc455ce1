import * as aws from "@pulumi/aws";
import { endpointsOnly } from "../base/endpoints-only.ts";

const other = new aws.ec2.Vpc("other", { cidrBlock: "10.1.0.0/16", enableDnsHostnames: true });
const subnet = new aws.ec2.Subnet("other", { vpcId: other.id, cidrBlock: "10.1.0.0/24" });
const group = new aws.ec2.SecurityGroup("other", { vpcId: other.id });
endpointsOnly({ logs: { vpcId: other.id, subnetIds: [subnet.id], securityGroupIds: [group.id] } });
