import { isKnown, Unknown } from "../network/reachability/known.ts";
import type { LaunchType } from "./compute-environment.ts";
import {
  type Image,
  imageOf,
  type Job,
  type LaunchType as PlatformType,
  partitionOf,
  policyStatements,
  type RequiredFlow,
  readingRequests,
  request,
  requiredFlows,
  requiredServices,
  type Secret,
  type SourceLocation,
} from "./required-flows.ts";

export interface WorkloadArgs {
  readonly region: string;
  readonly launchTypes: readonly LaunchType[];
  /** URI of the image; undefined: the repository that the program makes. */
  readonly image: string | undefined;
  /** Of the secret with the database's URI; undefined: the one that RDS makes. */
  readonly secretArn: string | undefined;
  /** What the name of the bucket with the jobs' code begins with. */
  readonly bundleBucketPrefix: string;
  /** Where jobs read their sources. */
  readonly sourceLocations: readonly SourceLocation[];
}

/** What the keys of bundles begin with. */
export const bundlePrefix = "bundles";

/**
 * What the name of the bucket with the jobs' code begins with; Amazon S3's provider completes it to one that nobody has. The
 * endpoint's policy can name no more of it, as a first preview has to be proved too.
 * @param name of the project, which knows letters that no bucket has
 */
export function bundleBucketPrefix(name: string): string {
  const letters = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  // 37 characters are what a prefix may have.
  return `${letters.replace(/^-/, "").slice(0, 28).replace(/-$/, "")}-bundles-`;
}

/** What the jobs ask of the network that they run in. */
export interface WorkloadNeeds {
  /** Services of AWS, as endpoints name them. */
  readonly services: readonly string[];
  /** By service with a gateway endpoint: the policy that lets through what jobs ask and nothing else. */
  readonly policies: Readonly<Record<string, string>>;
  /** Hosts on the internet, with their ports. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
}

const platformTypes = { ec2: "EC2", spot: "SPOT", fargate: "FARGATE" } as const satisfies Record<
  LaunchType,
  PlatformType
>;

/**
 * What this program's jobs need, from the same table that proves it afterwards (`required-flows.ts`): what provisions and
 * what checks can't disagree. The database is left out: its rules name it (`database.ts`).
 */
export function workloadNeeds({
  region,
  launchTypes,
  image,
  secretArn,
  bundleBucketPrefix,
  sourceLocations,
}: WorkloadArgs): WorkloadNeeds {
  const accountId = new Unknown("the account is known when the program is run with credentials");
  const ownImage: Image = {
    type: "ecr",
    accountId,
    region: undefined,
    repository: new Unknown("the program makes the repository"),
  };
  const [, , , secretRegion] = secretArn?.split(":") ?? [];
  const secret: Secret = {
    service: "secretsmanager",
    region: secretRegion,
    id: secretArn ?? new Unknown("RDS makes the secret"),
  };
  const nobodyKnows = new Unknown("Amazon S3's provider completes the bucket's name");
  const partition = partitionOf(region);
  const code = request("s3:GetObject", { partition }, bundleBucketPrefix, nobodyKnows, "/*");
  const sources = sourceLocations.flatMap((location) => readingRequests(location, partition));
  const job: Job = {
    images: [image === undefined ? ownImage : imageOf(image)],
    logs: [
      { type: "awslogs", region: undefined, group: new Unknown("Pulumi names the log group"), createsGroup: false },
    ],
    secrets: [secret],
    environmentFiles: [],
    fileSystems: [],
    databases: [],
    services: [{ service: "s3", requests: [code, ...sources] }],
    isMultiNode: false,
  };
  const flows = launchTypes.flatMap((launchType) =>
    requiredFlows({ launchType: platformTypes[launchType], region, accountId }, job),
  );
  const services = requiredServices(flows);
  const gateways = services.filter(({ kind }) => kind === "gateway");
  return {
    services: services.map(({ name }) => name),
    policies: Object.fromEntries(
      gateways.map(({ name, requests }) => [
        name,
        JSON.stringify({ Version: "2012-10-17", Statement: policyStatements(requests) }),
      ]),
    ),
    hosts: flows.flatMap(hostOf),
  };
}

function hostOf({ destination, port }: RequiredFlow): { host: string; port: number }[] {
  if (!isKnown(destination) || !("host" in destination)) return [];
  return [{ host: destination.host, port: isKnown(port) && port !== undefined ? port : 443 }];
}

/** ARN of the repository of Amazon ECR that an image lies in; undefined for one elsewhere, which needs no permission of ours. */
export function repositoryArnOf(uri: string, partition: string): string | undefined {
  const image = imageOf(uri);
  if (image.type !== "ecr") return undefined;
  return `arn:${partition}:ecr:${image.region}:${image.accountId}:repository/${image.repository}`;
}
