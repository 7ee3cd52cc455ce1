import * as aws from "@pulumi/aws";
import { publicSubnets } from "../base/internet.ts";

publicSubnets({
  computeResources: ({ jobs }) => ({
    securityGroupIds: undefined,
    launchTemplate: {
      launchTemplateId: new aws.ec2.LaunchTemplate("instances", {
        networkInterfaces: [{ deviceIndex: 0, associatePublicIpAddress: "false", securityGroups: [jobs.id] }],
      }).id,
    },
  }),
});
