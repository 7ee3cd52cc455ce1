import { partitionOf } from "../network/region.ts";

/** `123456789012.dkr.ecr.eu-west-1.amazonaws.com/name/space:tag`, or the repository's URL alone. */
const privateRegistry = /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)/;

/** ARN of the ECR repository that an image lies in; undefined for another registry, which needs no permission of ours. */
export function repositoryArnOf(image: string): string | undefined {
  const [, account, region, name] = privateRegistry.exec(image) ?? [];
  if (account === undefined || region === undefined) return undefined;
  return `arn:${partitionOf(region)}:ecr:${region}:${account}:repository/${name}`;
}
