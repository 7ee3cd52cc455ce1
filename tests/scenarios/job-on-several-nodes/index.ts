import { publicSubnets } from "../base/internet.ts";

publicSubnets({
  job: {
    type: "multinode",
    containerProperties: undefined,
    nodeProperties: JSON.stringify({
      mainNode: 0,
      numNodes: 2,
      nodeRangeProperties: [
        {
          targetNodes: "0:",
          container: { image: "public.ecr.aws/docker/library/python:3.13", vcpus: 1, memory: 2048 },
        },
      ],
    }),
  },
});
