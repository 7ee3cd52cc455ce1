import { publicSubnets } from "../base/internet.ts";

publicSubnets({
  computeResources: { type: "FARGATE", instanceTypes: undefined, instanceRole: undefined },
  container: {
    image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/work:1",
    environment: [],
    secrets: [],
    networkConfiguration: { assignPublicIp: "DISABLED" },
  },
  job: { platformCapabilities: ["FARGATE"] },
});
