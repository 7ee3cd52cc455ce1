import type { Block } from "../../../network/adapters/pulumi/block.ts";
import { Inputs, type Possible } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import { isUnknownValue, type ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { securityGroups, subnets } from "../../../network/adapters/pulumi/wanted.ts";
import { isKnown, type Known, Unknown } from "../../../network/reachability/known.ts";
import type { Host } from "../../required-flows/job.ts";
import { defaultGroups } from "./compute-environment.ts";
import { fileSystemTypes, type HostType, hostTypes, partsOfHosts } from "./host-types.ts";

/** A database, a cache, a file system: where in a VPC its addresses are. */
export interface PlacedHost extends Host {
  /** Its address may be in any of them. Empty: it has addresses on the internet alone. */
  readonly subnetIds: Known<readonly string[]>;
  /** Why its address may be in some of `subnetIds` alone. */
  readonly subnetsInDoubt?: string;
  readonly securityGroupIds: Known<readonly string[]>;
  /** By subnet, where they differ. */
  readonly securityGroupsIn?: ReadonlyMap<string, Known<readonly string[]>>;
  /** Whether it has a public address besides. */
  readonly isPublic: Known<boolean>;
  /** A file system's mount targets: each Availability Zone's hosts ask the one in their own zone. */
  readonly isZonal: boolean;
}

export const isFileSystem = ({ type }: ProgramResource): boolean =>
  (fileSystemTypes as readonly string[]).includes(type);

/** The resource that has the addresses: itself, or the cluster of an instance, the file system of an access point, what a record names. */
export function hostResource(program: Program, resource: ProgramResource): ProgramResource | undefined {
  if (resource.type in hostTypes || isFileSystem(resource)) return resource;
  const key = partsOfHosts[resource.type];
  if (key === undefined) return undefined;
  const types = [...Object.keys(hostTypes), ...fileSystemTypes];
  const { ids } = new Inputs(program, resource).possibleReferences(key, { name: "host", types });
  const [whole] = isKnown(ids) ? ids.flatMap((id) => program.get(id) ?? []) : [];
  return whole;
}

export function hostOf(program: Program, own: ProgramResource): PlacedHost {
  const resource = own.isRead === true ? { ...own, inputs: { ...own.outputs, ...own.inputs } } : own;
  const inputs = new Inputs(program, resource);
  if (isFileSystem(resource)) return fileSystemOf(program, resource);
  const type = hostTypes[resource.type] as HostType;
  const isPublic = inputs.flag("publiclyAccessible", false);
  const base = { id: resource.urn, name: type.name, port: portOf(inputs, type), isZonal: false };
  const place = placeOf(program, inputs, type);
  if (place === "public") return { ...base, subnetIds: [], securityGroupIds: [], isPublic: true };
  return { ...base, ...place, isPublic };
}

type Place = Pick<PlacedHost, "subnetIds" | "subnetsInDoubt" | "securityGroupIds">;

function placeOf(program: Program, inputs: Inputs, type: HostType): Place | "public" {
  const blocks = type.within === undefined ? [] : inputs.blocks(type.within);
  if (!isKnown(blocks)) return { subnetIds: blocks, securityGroupIds: blocks };
  const [block] = blocks;
  if (type.isPublicWithout && !block) return "public";
  const at: Inputs | Block = block ?? inputs;
  const { ids: subnetIds, inDoubt } =
    typeof type.subnets === "string"
      ? at.possibleReferences(type.subnets, subnets)
      : ofGroup(program, inputs, ...type.subnets);
  if (isKnown(subnetIds) && subnetIds.length === 0) {
    const inDefault = new Unknown(
      `the subnets of ${inputs.resource.urn}: it is in the default VPC, which is not in the program`,
    );
    return { subnetIds: inDefault, securityGroupIds: inDefault };
  }
  const groups = at.references(type.securityGroups, securityGroups);
  const isNone = isKnown(groups) && groups.length === 0;
  const securityGroupIds = isNone ? defaultGroups(program, subnetIds) : groups;
  return { subnetIds, securityGroupIds, ...(inDoubt === undefined ? {} : { subnetsInDoubt: inDoubt }) };
}

function ofGroup(program: Program, inputs: Inputs, key: string, type: string): Possible {
  const group = inputs.reference(key, { name: "subnet group", types: [type] });
  if (group === undefined) return { ids: [] };
  if (!isKnown(group)) return { ids: group };
  const resource = program.get(group);
  if (!resource)
    return { ids: new Unknown(`the subnets of the subnet group ${group}, which this program does not make`) };
  return new Inputs(program, resource).possibleReferences("subnetIds", subnets);
}

function portOf(inputs: Inputs, type: HostType): Known<number> {
  const own = inputs.number("port");
  if (own !== undefined) return own;
  // A provider's own default is told only after `up`, and is that of the engine.
  const told = inputs.resource.outputs.port;
  if (typeof told === "number" && !isUnknownValue(told)) return told;
  if (inputs.resource.type === "aws:msk/cluster:Cluster") return kafkaPort(inputs);
  if (typeof type.ports === "number") return type.ports;
  const engine = inputs.text(type.engine ?? "engine");
  if (!isKnown(engine)) return engine;
  const found = Object.entries(type.ports).find(([name]) => (engine ?? "").toLowerCase().includes(name.toLowerCase()));
  return (
    found?.[1] ?? inputs.unknown("port", `is not said, and its engine, ${engine ?? "none"}, has no port that is known`)
  );
}

/** MSK developer guide, Port information. */
function kafkaPort(inputs: Inputs): Known<number> {
  const { clientAuthentication, encryptionInfo } = inputs.resource.inputs as Record<string, Record<string, unknown>>;
  const sasl = clientAuthentication?.sasl as Record<string, unknown> | undefined;
  if (isUnknownValue(clientAuthentication) || isUnknownValue(encryptionInfo) || isUnknownValue(sasl))
    return inputs.unknown("clientAuthentication");
  if (sasl?.iam === true) return 9098;
  if (sasl?.scram === true) return 9096;
  const inTransit = encryptionInfo?.encryptionInTransit as Record<string, unknown> | undefined;
  return inTransit?.clientBroker === "PLAINTEXT" ? 9092 : 9094;
}

/** EFS: the mount targets have the addresses (EFS user guide, Managing mount targets). */
function fileSystemOf(program: Program, { urn }: ProgramResource): PlacedHost {
  const base = { id: urn, name: "file system", port: 2049, isPublic: false, isZonal: true };
  const all = program.ofType("aws:efs/mountTarget:MountTarget").map((one) => new Inputs(program, one));
  const subnetIds = new Set<string>();
  const groups = new Map<string, Known<readonly string[]>>();
  for (const target of all) {
    const fileSystem = target.reference("fileSystemId", { name: "file system", types: fileSystemTypes });
    if (!isKnown(fileSystem)) return { ...base, subnetIds: fileSystem, securityGroupIds: fileSystem };
    if (fileSystem !== urn) continue;
    const subnetId = target.reference("subnetId", subnets);
    if (!isKnown(subnetId)) return { ...base, subnetIds: subnetId, securityGroupIds: subnetId };
    if (subnetId === undefined) continue;
    subnetIds.add(subnetId);
    const own = target.references("securityGroups", securityGroups);
    groups.set(subnetId, isKnown(own) && own.length === 0 ? defaultGroups(program, [subnetId]) : own);
  }
  const [first] = groups.values();
  if (first === undefined) {
    const none = new Unknown(`the mount targets of ${urn}: the program makes none`);
    return { ...base, subnetIds: none, securityGroupIds: none };
  }
  return { ...base, subnetIds: [...subnetIds], securityGroupIds: first, securityGroupsIn: groups };
}

/** What a job names and the program does not make. */
export function foreignHost(id: string, name: string, port: number): PlacedHost {
  const reason = new Unknown(`where ${id} is, a ${name} that this program does not make`);
  return { id, name, port, subnetIds: reason, securityGroupIds: reason, isPublic: reason, isZonal: false };
}
