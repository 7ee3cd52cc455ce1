import { publicSubnets } from "../base/internet.ts";

publicSubnets({
  computeResources: { type: "FARGATE", instanceTypes: undefined, instanceRole: undefined },
  container: {
    image: "public.ecr.aws/docker/library/python:3.13",
    environment: [],
    secrets: [],
    networkConfiguration: { assignPublicIp: "ENABLED" },
  },
  job: { platformCapabilities: ["FARGATE"] },
});
