import type { Program } from "../../network/adapters/pulumi/program.ts";
import { isKnown, type Known, Unknown } from "../../network/reachability/known.ts";
import { isFargate, type Job } from "../required-flows/job.ts";
import { logTargetOf } from "../required-flows/log-target.ts";
import { flowsNotModelled, type RequiredFlow, requiredFlows } from "../required-flows.ts";
import {
  type ComputeEnvironment,
  computeEnvironmentOf,
  computeEnvironmentTypes,
} from "./pulumi-workload/compute-environment.ts";
import { Databases } from "./pulumi-workload/databases.ts";
import type { PlacedHost } from "./pulumi-workload/host.ts";
import { JobReading } from "./pulumi-workload/job.ts";
import { type JobDefinition, jobDefinitionOf, jobDefinitionTypes, mayRunOn } from "./pulumi-workload/job-definition.ts";
import { type JobQueue, jobQueues } from "./pulumi-workload/job-queue.ts";
import { Locations, type StackLocation } from "./pulumi-workload/locations.ts";

export type { ComputeEnvironment } from "./pulumi-workload/compute-environment.ts";
export type { PlacedHost } from "./pulumi-workload/host.ts";
export type { JobDefinition } from "./pulumi-workload/job-definition.ts";
export type { JobQueue } from "./pulumi-workload/job-queue.ts";
export type { StackLocation } from "./pulumi-workload/locations.ts";

/** A required flow from each subnet of the compute environment. */
export interface SourcedFlow extends RequiredFlow {
  /** Of the interface that starts it; `as-subnet`: where the subnet's `mapPublicIpOnLaunch` is on. */
  readonly hasPublicAddress: Known<boolean> | "as-subnet";
  /** Who says so, by URN; undefined where nobody can: the node of a multi-node job never has one. */
  readonly publicAddressBy: PublicAddressBy | undefined;
}

export interface PublicAddressBy {
  readonly type: "subnet" | "launch-template" | "job-definition" | "compute-environment";
  /** That of the subnet is the flow's source. */
  readonly id: string | undefined;
}

/** The jobs of one definition in one compute environment. */
export interface Run {
  readonly computeEnvironment: ComputeEnvironment;
  /** Undefined where the program has none for it, or the compute environment is not modelled. */
  readonly jobDefinition: JobDefinition | undefined;
  readonly flows: readonly SourcedFlow[];
}

/** Something worth telling, about a resource by its URN. */
export interface Note {
  readonly id: string;
  readonly message: string;
}

export interface Workload {
  /** None: the program has no AWS Batch. */
  readonly computeEnvironments: readonly ComputeEnvironment[];
  readonly jobQueues: readonly JobQueue[];
  readonly jobDefinitions: readonly JobDefinition[];
  /** Each job definition in each compute environment that may run it: which queue a job goes to, only its submitter knows. */
  readonly runs: readonly Run[];
  /** The databases and file systems that flows lead to, by their ids. */
  readonly hosts: ReadonlyMap<string, PlacedHost>;
  readonly notes: readonly Note[];
}

/**
 * What a Pulumi program runs on AWS Batch, and what that needs to reach. In a preview the values of a job definition are
 * hidden as a whole: what it needs then comes from the resources that they depend on, and is what AWS Batch does where
 * nothing else is said.
 */
export function workloadOf(program: Program, stack: StackLocation = {}): Workload {
  const locations = new Locations(program, stack);
  const databases = new Databases(program);
  const environments = program
    .ofType(...computeEnvironmentTypes)
    .map((resource) => computeEnvironmentOf(program, locations, resource));
  const definitions = program.ofType(...jobDefinitionTypes).map((resource) => {
    const own = jobDefinitionOf(program, resource);
    const { assignPublicIp } = stack;
    return isKnown(own.hasPublicAddress) || assignPublicIp === undefined
      ? own
      : { ...own, hasPublicAddress: assignPublicIp };
  });
  const hosts = new Map<string, PlacedHost>();
  const runs: Run[] = [];
  for (const environment of environments) {
    if (environment.notModelled !== undefined) {
      const flows = flowsNotModelled(environment.notModelled);
      runs.push({ computeEnvironment: environment, jobDefinition: undefined, flows: flows.map(fromSubnet) });
      continue;
    }
    const { launchType, region } = environment.platform;
    const isNear = ({ resource }: JobDefinition) => {
      const other = locations.regionOf(resource);
      return !isKnown(region) || !isKnown(other) || region === other;
    };
    const own = definitions.filter((one) => one.notModelled === undefined && mayRunOn(one, launchType) && isNear(one));
    if (own.length === 0) runs.push(withoutDefinition(environment));
    for (const definition of own) {
      const job = new JobReading(program, locations, databases, definition, environment, stack.images ?? []).job();
      for (const host of [...job.fileSystems, ...job.databases]) if (isKnown(host)) hosts.set(host.id, host);
      runs.push(runOf(environment, definition, job));
    }
  }
  const queues = jobQueues(program);
  return {
    computeEnvironments: environments,
    jobQueues: queues,
    jobDefinitions: definitions,
    runs,
    hosts,
    notes: notesOf(environments, queues, definitions, runs),
  };
}

function runOf(computeEnvironment: ComputeEnvironment, jobDefinition: JobDefinition, job: Job): Run {
  const flows = requiredFlows(computeEnvironment.platform, job).map((flow) => ({
    ...flow,
    hasPublicAddress: publicAddressOf(computeEnvironment, jobDefinition, flow),
    publicAddressBy: publicAddressBy(computeEnvironment, jobDefinition, flow),
  }));
  return { computeEnvironment, jobDefinition, flows };
}

function publicAddressBy(
  computeEnvironment: ComputeEnvironment,
  definition: JobDefinition,
  { by }: RequiredFlow,
): PublicAddressBy | undefined {
  const { launchType } = computeEnvironment.platform;
  if (isKnown(launchType) && isFargate(launchType)) return { type: "job-definition", id: definition.id };
  if (by === "job" && definition.isMultiNode === true) return undefined;
  return ofInstances(computeEnvironment);
}

function ofInstances({ id, hasPublicAddress, launchTemplateId }: ComputeEnvironment): PublicAddressBy {
  if (hasPublicAddress === "as-subnet") return { type: "subnet", id: undefined };
  return launchTemplateId === undefined
    ? { type: "compute-environment", id }
    : { type: "launch-template", id: launchTemplateId };
}

/**
 * Fargate's interface is the job's; on instances a job has the instance's, but the nodes of a multi-node job have
 * interfaces of their own, which never get a public address (ECS developer guide, awsvpc network mode).
 */
function publicAddressOf(
  { platform, hasPublicAddress }: ComputeEnvironment,
  definition: JobDefinition,
  { by }: RequiredFlow,
): SourcedFlow["hasPublicAddress"] {
  const { launchType } = platform;
  if (!isKnown(launchType)) return launchType;
  if (isFargate(launchType)) return definition.hasPublicAddress;
  if (by === "agent" || definition.isMultiNode === false) return hasPublicAddress;
  return isKnown(definition.isMultiNode) ? false : definition.isMultiNode;
}

/** Jobs of definitions that the program does not have: their instances, and what every job needs. */
function withoutDefinition(computeEnvironment: ComputeEnvironment): Run {
  const { id, platform, hasPublicAddress } = computeEnvironment;
  const reason = `the program has no job definition for ${id}: which image its jobs have is not known`;
  const job: Job = {
    images: [{ type: "any", reason }],
    logs: [logTargetOf(undefined)],
    secrets: [],
    environmentFiles: [],
    fileSystems: [],
    databases: [],
    services: [],
    isMultiNode: false,
  };
  const { launchType } = platform;
  const onFargate = isKnown(launchType) && isFargate(launchType);
  const own = onFargate ? new Unknown(`whether the jobs of ${id} get a public address: ${reason}`) : hasPublicAddress;
  const by = onFargate ? ({ type: "compute-environment", id } as const) : ofInstances(computeEnvironment);
  const flows = requiredFlows(platform, job).map((flow) => ({ ...flow, hasPublicAddress: own, publicAddressBy: by }));
  return { computeEnvironment, jobDefinition: undefined, flows };
}

const fromSubnet = (flow: RequiredFlow): SourcedFlow => ({
  ...flow,
  hasPublicAddress: "as-subnet",
  publicAddressBy: { type: "subnet", id: undefined },
});

function notesOf(
  environments: readonly ComputeEnvironment[],
  queues: readonly JobQueue[],
  definitions: readonly JobDefinition[],
  runs: readonly Run[],
): readonly Note[] {
  const notes: Note[] = [];
  const add = (id: string, message: string) => notes.push({ id, message });
  for (const { id, faults, isEnabled, subnetsInDoubt } of environments) {
    for (const fault of faults) add(id, fault);
    if (isEnabled === false) add(id, `${id} is DISABLED: it takes no jobs until it is enabled.`);
    if (subnetsInDoubt !== undefined) add(id, `Some of the subnets of ${id} may not be its own: ${subnetsInDoubt}.`);
    const isQueued = queues.some(({ computeEnvironmentIds: ids }) => !isKnown(ids) || ids.includes(id));
    if (queues.length > 0 && !isQueued) add(id, `No job queue of the program has ${id}.`);
  }
  for (const definition of definitions) {
    const { id, hidden, notModelled } = definition;
    if (notModelled !== undefined) add(id, `${notModelled}.`);
    else if (!runs.some(({ jobDefinition }) => jobDefinition === definition) && environments.length > 0)
      add(id, `No compute environment of the program runs the jobs of ${id}: they would stay in RUNNABLE.`);
    if (hidden !== undefined) add(id, `What the jobs of ${id} need is told from what they depend on: ${hidden}.`);
  }
  return notes;
}
