import * as aws from "@pulumi/aws";
import { natGateway } from "../base/internet.ts";

natGateway({
  computeResources: ({ databaseGroup }) => ({
    securityGroupIds: undefined,
    launchTemplate: {
      launchTemplateId: new aws.ec2.LaunchTemplate("instances", { vpcSecurityGroupIds: [databaseGroup.id] }).id,
    },
  }),
});
