import type { Placeholder, PlaceholderTable } from "./placeholder.ts";

const named = (kind: string): Placeholder => ({
  autoname: "name",
  id: (resource) => resource.arn("batch", `${kind}/${resource.text("name", resource.autoname)}`),
  outputs: (_resource, id) => ({ arn: id }),
});

export const batch: PlaceholderTable = {
  "aws:batch/computeEnvironment:ComputeEnvironment": {
    ...named("compute-environment"),
    outputs: (resource, id) => ({
      arn: id,
      // The cluster of ECS that Batch makes beneath it.
      ecsClusterArn: resource.arn(
        "ecs",
        `cluster/${resource.text("name", resource.autoname)}_Batch_${resource.digits(32)}`,
      ),
    }),
  },
  "aws:batch/jobQueue:JobQueue": named("job-queue"),
  "aws:batch/schedulingPolicy:SchedulingPolicy": named("scheduling-policy"),
  "aws:batch/jobDefinition:JobDefinition": {
    autoname: "name",
    id: (resource) => resource.arn("batch", `job-definition/${resource.text("name", resource.autoname)}:1`),
    outputs: (_resource, id) => ({ arn: id, arnPrefix: id.replace(/:1$/, ""), revision: 1 }),
  },
};
