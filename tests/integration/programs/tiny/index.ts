import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("main", { cidrBlock: "10.0.0.0/16" });
new aws.ec2.Subnet("main", { vpcId: vpc.id, cidrBlock: "10.0.0.0/20" });
