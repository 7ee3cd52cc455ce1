import type { ProgramResource } from "../../../network/adapters/pulumi/resource.ts";

/**
 * Components that run in a provider of their own: what they create is not in the program's record, so what matters of it
 * is put in their place.
 *
 * - `awsx:ecr:Repository`: the repository. Its lifecycle policy, awsx's own by default, is left out.
 * - `awsx:ecr:Image`: nothing, for an image is built by a docker that is not there. The address that the program gets of
 *   it stands for itself.
 */
export function withoutOpaque(resources: readonly ProgramResource[]): ProgramResource[] {
  return resources.flatMap((resource) => {
    if (resource.type === "awsx:ecr:Image") return [];
    if (resource.type !== "awsx:ecr:Repository") return [resource];
    const { lifecyclePolicy: _, ...inputs } = resource.inputs;
    const { url } = resource.outputs;
    const outputs = url === undefined ? {} : { repositoryUrl: url };
    return [{ ...resource, type: "aws:ecr/repository:Repository", isCustom: true, inputs, outputs }];
  });
}
