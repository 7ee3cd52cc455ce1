import { Inputs } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import { isUnknownValue, type ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { isKnown, type Known } from "../../../network/reachability/known.ts";
import { isFargate, type LaunchType } from "../../required-flows/job.ts";
import { readSourceLocations, type SourceLocation, sourcesVariable } from "../../required-flows/source-location.ts";
import {
  type ContainerSet,
  fieldOf,
  hiddenContainers,
  ofContainerProperties,
  ofEcsProperties,
  ofNodeProperties,
  readDocument,
  stringsIn,
} from "./container.ts";

export const jobDefinitionTypes = ["aws:batch/jobDefinition:JobDefinition"] as const;

/** What names what a job needs, and how each is read. */
const documents = {
  containerProperties: ofContainerProperties,
  nodeProperties: ofNodeProperties,
  ecsProperties: ofEcsProperties,
} as const;

/** A job definition of the program. */
export interface JobDefinition {
  /** URN. */
  readonly id: string;
  /** Its logical name. */
  readonly name: string;
  readonly resource: ProgramResource;
  readonly platforms: Known<readonly string[]>;
  readonly isMultiNode: Known<boolean>;
  /** Fargate alone (API_NetworkConfiguration: DISABLED where it is not said). */
  readonly hasPublicAddress: Known<boolean>;
  readonly set: ContainerSet;
  /** Why its values are hidden by a preview. */
  readonly hidden: string | undefined;
  /** What its values come from. */
  readonly sources: readonly ProgramResource[];
  /** What its code is told, as far as it is known. */
  readonly texts: readonly string[];
  /** Where its jobs read their sources. */
  readonly sourceLocations: readonly (SourceLocation | string)[];
  /** Why its jobs are not modelled. */
  readonly notModelled: string | undefined;
}

export function jobDefinitionOf(program: Program, own: ProgramResource): JobDefinition {
  const resource = own.isRead === true ? { ...own, inputs: { ...own.outputs, ...own.inputs } } : own;
  const inputs = new Inputs(program, resource);
  const { urn: id, name } = resource;
  const sets: ContainerSet[] = [];
  let hidden: string | undefined;
  for (const [key, read] of Object.entries(documents)) {
    if (!inputs.has(key)) continue;
    const document = readDocument(resource.inputs[key], `${key} of ${id}`);
    if (isKnown(document)) {
      sets.push(read(document));
    } else {
      hidden = document.reason;
      sets.push(hiddenContainers(document));
    }
  }
  const keys = [...Object.keys(documents), "parameters"];
  const urns = new Set(keys.flatMap((key) => resource.propertyDependencies[key] ?? []));
  const publicly = sets.find(({ assignPublicIp }) => assignPublicIp !== undefined)?.assignPublicIp;
  return {
    id,
    name,
    resource,
    platforms: platformsOf(inputs),
    isMultiNode: isMultiNode(inputs),
    hasPublicAddress: isKnown(publicly) ? publicly?.toUpperCase() === "ENABLED" : publicly,
    set: {
      containers: sets.flatMap(({ containers }) => containers),
      volumes: sets.flatMap(({ volumes }) => volumes),
      assignPublicIp: publicly,
    },
    hidden,
    sources: [...urns].map((urn) => program.get(urn)).filter((one) => one !== undefined),
    texts: [
      ...sets.flatMap(({ containers }) => containers.flatMap((container) => container.texts)),
      ...stringsIn(resource.inputs.parameters),
    ],
    sourceLocations: readSourceLocations(
      [
        ...sets.flatMap(({ containers }) => containers.flatMap((container) => container.sources)),
        ...stringsIn(fieldOf(resource.inputs.parameters, sourcesVariable)),
      ].join(" "),
    ),
    notModelled: notModelledReason(inputs, sets.length),
  };
}

/** Whether its jobs may run there. */
export function mayRunOn(definition: JobDefinition, launchType: Known<LaunchType>): boolean {
  const { platforms, isMultiNode: hasNodes } = definition;
  if (!isKnown(launchType)) return true;
  // Jobs of several nodes run on instances that stay (Batch user guide, Multi-node parallel jobs).
  if (hasNodes === true && launchType !== "EC2") return false;
  if (!isKnown(platforms)) return true;
  if (launchType === "MANAGED_INSTANCES") return !platforms.every((one) => one === "FARGATE");
  return platforms.includes(isFargate(launchType) ? "FARGATE" : "EC2");
}

/** EC2 where it is not said (API_RegisterJobDefinition). */
function platformsOf(inputs: Inputs): Known<readonly string[]> {
  const value = inputs.value("platformCapabilities");
  if (!isKnown(value)) return value;
  const list: readonly unknown[] = value === undefined ? [] : [value].flat();
  if (list.some(isUnknownValue)) return inputs.unknown("platformCapabilities");
  return list.length === 0 ? ["EC2"] : list.map((one) => String(one).toUpperCase());
}

function isMultiNode(inputs: Inputs): Known<boolean> {
  if (inputs.has("nodeProperties")) return true;
  const type = inputs.text("type");
  return isKnown(type) ? type === "multinode" : type;
}

function notModelledReason(inputs: Inputs, documentCount: number): string | undefined {
  const { urn } = inputs.resource;
  if (inputs.has("eksProperties")) return `what the jobs of ${urn} need on Amazon EKS is not modelled`;
  return documentCount === 0 ? `${urn} says nothing of its containers` : undefined;
}
