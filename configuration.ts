import {
  computeEnvironmentFaults,
  type LaunchType,
  launchTypes,
  runsOnInstances,
} from "./batch/compute-environment.ts";
import { databaseFaults } from "./batch/database.ts";
import { jobFaults } from "./batch/job-definition.ts";
import { type SourceLocation, sourceLocationOf } from "./batch/required-flows.ts";
import { bundleBucketPrefix, type WorkloadNeeds, workloadNeeds } from "./batch/workload.ts";
import { isPrivate, overlap, parseCidrBlock } from "./network/cidr.ts";
import { planNetwork } from "./network/plan.ts";
import { readValues, type Settings, type Values } from "./settings.ts";

/** Retention that CloudWatch Logs knows, in days (API_PutRetentionPolicy). */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * @param name of the project, which its resources have too
 * @returns what the program builds, or all faults of the settings as sentences
 */
export function readConfiguration(name: string, settings: Settings, region: string | undefined) {
  const { values, faults } = readValues(name, settings);
  if (region === undefined || region === "") {
    faults.push("No Region is set; set one: pulumi config set aws:region eu-west-1");
    return { faults };
  }
  const configuration = configurationOf(name, values, region, faults);
  return faults.length > 0 ? { faults } : { configuration };
}

export type Configuration = ReturnType<typeof configurationOf>;

function configurationOf(name: string, values: Values, region: string, faults: string[]) {
  const types = launchTypesOf(values.launchType, faults);
  const vcpu = Number(values.vcpu);
  const onFargate = !types.some(runsOnInstances);
  const hasOwnDatabase = values.databaseUrlSecretArn === "";
  const isExisting = values.vpcId !== "" || values.subnetIds.length > 0;
  const sourceLocations = sourceLocationsOf(values.sourceLocations, faults);
  const needs = workloadNeeds({
    region,
    launchTypes: types,
    image: values.image || undefined,
    secretArn: values.databaseUrlSecretArn || undefined,
    bundleBucketPrefix: bundleBucketPrefix(name),
    sourceLocations,
  });

  for (const type of types)
    faults.push(...computeEnvironmentFaults(`${name}-${type}`, { ...values, launchType: type }));
  const size = { vcpu, memory: values.memory, timeoutSeconds: values.timeout };
  const limits = { attempts: values.attempts, arraySize: values.arraySize };
  faults.push(...jobFaults({ ...size, ...limits }, { onFargate, maxvCpus: values.maxvCpus }));
  if (!retentions.includes(values.logRetentionDays)) {
    faults.push(`logRetentionDays is ${values.logRetentionDays}; CloudWatch Logs knows ${retentions.join(", ")}.`);
  }
  if (hasOwnDatabase) {
    const { databaseInstanceClass: instanceClass, databaseStorage: allocatedStorage } = values;
    faults.push(...databaseFaults({ instanceClass, allocatedStorage, backupRetentionDays: values.databaseBackupDays }));
  } else otherDatabaseFaults(values, isExisting, faults);

  const network = {
    region,
    cidrBlock: values.cidrBlock,
    zones: values.zoneNames.length > 0 ? values.zoneNames : values.zones,
    subnetCidrBlocks: values.subnetCidrBlocks,
    egress: values.egress,
    natGateways: values.natGateways,
    database: hasOwnDatabase,
    // Each job may get an instance, or on Fargate an interface, of its own.
    jobs: types.length * Math.floor(values.maxvCpus / Math.max(vcpu, 0.25)),
    onInstances: !onFargate,
    services: needs.services,
    policies: needs.policies,
    internetPorts: [...new Set([443, ...needs.hosts.map(({ port }) => port)])],
    flowLogs: values.flowLogs,
    logRetentionInDays: values.logRetentionDays,
  };
  if (isExisting) existingNetworkFaults(values, hasOwnDatabase, faults);
  else {
    const plan = planNetwork(network);
    if ("faults" in plan) faults.push(...plan.faults);
    if (values.egress === "endpoints") faults.push(...hostFaults(needs));
  }

  return {
    network,
    existingNetwork: isExisting
      ? { vpcId: values.vpcId, subnetIds: values.subnetIds, internetPorts: network.internetPorts }
      : undefined,
    database: hasOwnDatabase
      ? {
          instanceClass: values.databaseInstanceClass,
          allocatedStorage: values.databaseStorage,
          multiZone: values.databaseMultiZone,
          backupRetentionDays: values.databaseBackupDays,
          deletionProtection: values.deletionProtection,
        }
      : undefined,
    otherDatabase: hasOwnDatabase
      ? undefined
      : { secretArn: values.databaseUrlSecretArn, cidrBlock: values.databaseCidrBlock, port: values.databasePort },
    /** An image of one's own; undefined: the worker's is built. */
    image: values.image === "" ? undefined : values.image,
    forceDelete: !values.deletionProtection,
    batch: {
      region,
      launchTypes: types,
      instanceTypes: values.instanceTypes,
      minvCpus: values.minvCpus,
      maxvCpus: values.maxvCpus,
      assignPublicIp: values.egress === "public",
      ...size,
      ...limits,
      logRetentionInDays: values.logRetentionDays,
      sourceLocations,
    },
  };
}

function sourceLocationsOf(texts: readonly string[], faults: string[]): SourceLocation[] {
  return texts.flatMap((text) => {
    const location = sourceLocationOf(text);
    if (location === undefined) {
      faults.push(
        `sourceLocations has "${text}"; write it as s3://bucket or s3://bucket/prefix, percent-encoded, without *, ? and $.`,
      );
    }
    return location ?? [];
  });
}

function launchTypesOf(text: string, faults: string[]): LaunchType[] {
  const words = text.split(",").map((word) => word.trim());
  const unknown = words.filter((word) => !launchTypes.some((type) => type === word));
  if (unknown.length > 0) {
    const which = unknown.map((word) => `"${word}"`).join(" and ");
    faults.push(`launchType has ${which}; it is one of ${launchTypes.join(", ")}, or several with commas between.`);
    return [];
  }
  const types = launchTypes.filter((type) => words.includes(type));
  if (types.length < words.length) faults.push(`launchType is "${text}"; name each launch type once.`);
  if (types.includes("fargate") && types.length > 1) {
    faults.push(`launchType is "${text}"; a job queue has Fargate alone or instances alone.`);
  }
  return types.sort((one, other) => words.indexOf(one) - words.indexOf(other));
}

function otherDatabaseFaults(values: Values, isExisting: boolean, faults: string[]): void {
  const { databaseUrlSecretArn, databaseCidrBlock, databasePort, cidrBlock, egress } = values;
  if (!/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/.test(databaseUrlSecretArn)) {
    faults.push(`databaseUrlSecretArn is "${databaseUrlSecretArn}", which is no ARN of a secret; copy it whole.`);
  }
  if (!Number.isInteger(databasePort) || databasePort < 1 || databasePort > 65_535) {
    faults.push(`databasePort is ${databasePort}; it must be a whole number from 1 to 65535.`);
  }
  const block = parseCidrBlock(databaseCidrBlock);
  const vpc = parseCidrBlock(cidrBlock);
  if (databaseCidrBlock === "") {
    faults.push(
      "databaseCidrBlock is not given; with databaseUrlSecretArn it says where the database listens, so that jobs may go there.",
    );
  } else if (block === undefined) {
    faults.push(`databaseCidrBlock is "${databaseCidrBlock}", which is no block of IPv4 addresses.`);
  } else if (!isExisting && vpc !== undefined && overlap(block, vpc)) {
    faults.push(
      `databaseCidrBlock ${databaseCidrBlock} overlaps with cidrBlock ${cidrBlock}: packets for it would stay in the new VPC; choose another cidrBlock.`,
    );
  } else if (!isExisting && egress === "endpoints") {
    faults.push(
      `databaseCidrBlock is ${databaseCidrBlock} and egress is endpoints: a new VPC leads there by nothing; name a VPC that does (vpcId, subnetIds), or, for public addresses, choose nat or public.`,
    );
  } else if (!isExisting && isPrivate(block)) {
    faults.push(
      `databaseCidrBlock ${databaseCidrBlock} is private, and a new VPC leads to the internet alone; name a VPC that leads there (vpcId, subnetIds).`,
    );
  }
}

function existingNetworkFaults({ vpcId, subnetIds }: Values, hasOwnDatabase: boolean, faults: string[]): void {
  if (vpcId === "") faults.push("subnetIds is given without vpcId; give both, or neither.");
  else if (!/^vpc-[0-9a-f]+$/.test(vpcId)) faults.push(`vpcId is "${vpcId}"; write it as vpc-0123456789abcdef0.`);
  if (subnetIds.length === 0) faults.push("vpcId is given without subnetIds; name the subnets that jobs run in.");
  for (const id of subnetIds) {
    if (!/^subnet-[0-9a-f]+$/.test(id)) faults.push(`subnetIds has "${id}"; write it as subnet-0123456789abcdef0.`);
  }
  if (hasOwnDatabase && subnetIds.length === 1) {
    faults.push("subnetIds has one subnet, and RDS wants two zones; name another one, or set databaseUrlSecretArn.");
  }
}

/** What no endpoint leads to, jobs without any internet can't reach. */
function hostFaults({ hosts }: WorkloadNeeds): string[] {
  return [...new Set(hosts.map(({ host }) => host))].map(
    (host) =>
      `egress is endpoints, and jobs need ${host}, which has none in this Region; choose nat or public, or keep image and secret in ECR and Secrets Manager of the stack's own Region.`,
  );
}
