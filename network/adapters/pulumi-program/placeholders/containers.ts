import { unknownValue } from "../../pulumi/resource.ts";
import type { Facts } from "./facts.ts";
import type { PlaceholderTable } from "./placeholder.ts";

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const registryOf = ({ account, region, dnsSuffix }: Facts) => `${account}.dkr.ecr.${region}.${dnsSuffix}`;

const digestOf = (resource: Facts) => `sha256:${resource.digits(64)}`;

const nameOf = (resource: Facts) => resource.text("name", resource.autoname).toLowerCase();

export const containers: PlaceholderTable = {
  "aws:ecr/repository:Repository": {
    autoname: "name",
    id: nameOf,
    outputs: (resource, id) => ({
      arn: resource.arn("ecr", `repository/${id}`),
      registryId: resource.account,
      repositoryUrl: `${registryOf(resource)}/${id}`,
    }),
  },
  "awsx:ecr:Repository": { outputs: (resource) => ({ url: `${registryOf(resource)}/${nameOf(resource)}` }) },
  "awsx:ecr:Image": {
    outputs: (resource) => ({ imageUri: `${resource.text("repositoryUrl", unknownValue)}@${digestOf(resource)}` }),
  },
  "docker-build:index:Image": {
    outputs: (resource) => {
      const [tag = unknownValue] = Array.isArray(resource.inputs.tags) ? resource.inputs.tags : [];
      return { digest: digestOf(resource), ref: `${tag}@${digestOf(resource)}` };
    },
  },
  "docker:index/image:Image": {
    outputs: (resource) => ({ repoDigest: `${resource.text("imageName", unknownValue)}@${digestOf(resource)}` }),
  },
  "aws:ecs/cluster:Cluster": {
    autoname: "name",
    id: (resource) => resource.arn("ecs", `cluster/${resource.text("name", resource.autoname)}`),
    outputs: (_resource, id) => ({ arn: id }),
  },
  "aws:ecs/taskDefinition:TaskDefinition": {
    id: (resource) => resource.text("family", unknownValue),
    outputs: (resource, id) => ({
      arn: resource.arn("ecs", `task-definition/${id}:1`),
      arnWithoutRevision: resource.arn("ecs", `task-definition/${id}`),
      revision: 1,
    }),
  },
  "aws:eks/cluster:Cluster": {
    autoname: "name",
    id: (resource) => resource.text("name", resource.autoname),
    outputs: (resource, id) => ({ arn: resource.arn("eks", `cluster/${id}`) }),
  },
};
