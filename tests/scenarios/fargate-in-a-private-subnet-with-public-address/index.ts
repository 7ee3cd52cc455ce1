import { fargate } from "../base/endpoints-only.ts";

fargate({
  container: {
    image: "public.ecr.aws/docker/library/python:3.13",
    environment: [],
    secrets: [],
    networkConfiguration: { assignPublicIp: "ENABLED" },
  },
});
