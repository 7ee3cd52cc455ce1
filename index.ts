import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Batch } from "./batch/batch.ts";
import { BundleBucket } from "./batch/bundle-bucket.ts";
import { Database } from "./batch/database.ts";
import { OtherDatabase } from "./batch/other-database.ts";
import { Repository } from "./batch/repository.ts";
import { readConfiguration } from "./configuration.ts";
import { ExistingNetwork, Network } from "./network/network.ts";

const name = pulumi.getProject();
const { configuration, faults } = readConfiguration(name, pulumi.runtime.allConfig(), aws.config.region);
if (configuration === undefined) throw new pulumi.RunError(faults.join("\n"));

const ownNetwork = configuration.existingNetwork ? undefined : new Network(name, configuration.network);
const network = ownNetwork ?? new ExistingNetwork(name, configuration.existingNetwork!);

const jobs = { vpcId: network.vpcId, clientSecurityGroupId: network.jobSecurityGroup.id };
const ownDatabase = configuration.database
  ? new Database(`${name}-database`, { ...jobs, subnetIds: network.databaseSubnetIds, ...configuration.database })
  : undefined;
const database = ownDatabase ?? new OtherDatabase(`${name}-database`, { ...jobs, ...configuration.otherDatabase! });

const repository = configuration.image
  ? undefined
  : new Repository(name, { context: import.meta.dirname, forceDelete: configuration.forceDelete });

const bundles = new BundleBucket(name, { forceDelete: configuration.forceDelete });

const batch = new Batch(name, {
  ...configuration.batch,
  network,
  image: configuration.image ?? repository!.imageUri,
  environment: {
    ...database.environment,
    ...(repository ? { BATCH_PREFLIGHT_IMAGE_FINGERPRINT: repository.imageFingerprint } : {}),
  },
  secrets: database.secrets,
  secretArns: [database.secretArn],
  bundles,
});

export const vpcId = network.vpcId;
export const privateSubnetIds = ownNetwork?.privateSubnetIds ?? [];
export const publicSubnetIds = ownNetwork?.publicSubnetIds ?? [];
export const computeSubnetIds = network.computeSubnetIds;
export const databaseSubnetIds = network.databaseSubnetIds;
export const jobSecurityGroupId = network.jobSecurityGroup.id;
// Null rather than undefined, of which Pulumi warns each time.
export const databaseEndpoint = ownDatabase?.endpoint ?? null;
export const databaseSecretArn = database.secretArn;
export const repositoryUrl = repository?.url ?? null;
export const image = configuration.image ?? repository!.imageUri;
// Of an image of one's own nobody can tell.
export const imageFingerprint = repository?.imageFingerprint ?? null;
export const computeEnvironmentArns = batch.computeEnvironmentArns;
export const jobQueueArn = batch.jobQueueArn;
export const jobDefinitionArn = batch.jobDefinitionArn;
export const logGroupName = batch.logGroupName;
export const bundleBucket = bundles.name;
export const bundlePrefix = bundles.prefix;
export const submitPolicyArn = batch.submitPolicyArn;
export const arraySize = configuration.batch.arraySize;
