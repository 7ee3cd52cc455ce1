import { createHash } from "node:crypto";
import { isUnknownValue, type ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { differences, omittedEverywhere, serviceRole } from "./difference.ts";
import { withoutOpaque } from "./opaque.ts";
import { type Reference, referencesTo, template } from "./reference.ts";
import { terraformType } from "./resource-type.ts";
import type { Block, ResourceSchemas } from "./schema.ts";
import { argumentsOf } from "./value.ts";

/** A configuration in Terraform's JSON syntax; only its resources. */
export interface Translation {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
  /** What could not be translated, a sentence each: then the configuration is not the program. */
  readonly faults: readonly string[];
}

interface Translated {
  readonly resource: ProgramResource;
  readonly type: string;
  readonly label: string;
  readonly block: Block;
  readonly references: readonly Reference[];
}

/**
 * The resources of a program that was recorded with its ids known, as Terraform would have them.
 *
 * @param region of the provider
 */
export function translation(
  recorded: readonly ProgramResource[],
  schemas: ResourceSchemas,
  { region }: { region: string },
): Translation {
  const faults: string[] = [];
  const byUrn = new Map<string, Translated>();
  const taken = new Set<string>();
  for (const resource of withoutOpaque(recorded)) {
    if (!resource.isCustom || resource.type === "pulumi:providers:aws") continue;
    const type = terraformType(resource.type, schemas);
    const block = type === undefined ? undefined : schemas[type]?.block;
    if (type === undefined || block === undefined) {
      faults.push(`${title(resource)}: Terraform's provider has no type for it, or several.`);
    } else if (resource.isRead === true) {
      faults.push(`${title(resource)}: it is looked up, and would have to exist beforehand.`);
    } else {
      const label = labelOf(resource, type, taken);
      const references = referencesTo(resource, `${type}.${label}`, block);
      byUrn.set(resource.urn, { resource, type, label, block, references });
    }
  }

  const configuration: Record<string, Record<string, Record<string, unknown>>> = {};
  for (const translated of byUrn.values()) {
    const { type, label, resource } = translated;
    configuration[type] ??= {};
    configuration[type][label] = resourceArguments(translated, byUrn, region, (fault) =>
      faults.push(`${title(resource)}: ${fault}`),
    );
  }
  return { resource: withMoto(configuration), faults };
}

const title = ({ type, name }: ProgramResource): string => `${type} "${name}"`;

function labelOf({ name, urn }: ProgramResource, type: string, taken: Set<string>): string {
  const label = name.replace(/[^\w-]/g, "_").replace(/^(?![A-Za-z_])/, "_");
  const free = taken.has(`${type}.${label}`) ? `${label}-${suffix(urn)}` : label;
  taken.add(`${type}.${free}`);
  return free;
}

/** Seven digits, as Pulumi appends to names; the same at each run. */
const suffix = (urn: string): string => createHash("sha256").update(urn).digest("hex").slice(0, 7);

function resourceArguments(
  { type, block, resource }: Translated,
  byUrn: ReadonlyMap<string, Translated>,
  region: string,
  fault: (sentence: string) => void,
): Record<string, unknown> {
  const { renamed = {}, omitted = {}, added = {}, autonamed = { argument: "name" } } = differences[type] ?? {};
  const inputs: Record<string, unknown> = {};
  for (const [property, value] of Object.entries(resource.inputs)) {
    if (property === "region" && value !== region) fault(`its Region is ${value}, the provider's is ${region}.`);
    if (!Object.hasOwn(omitted, property) && !Object.hasOwn(omittedEverywhere, property)) inputs[property] = value;
  }
  const result = argumentsOf(inputs, block, {
    renamed,
    path: "",
    fault,
    text(text, path) {
      if (isUnknownValue(text) || /\bundefined\b|\[object Object\]/.test(text))
        fault(`property "${path}" is "${text}", though the program was recorded with everything known.`);
      const [property = ""] = path.split(/[.[]/);
      const owners = resource.propertyDependencies[property] ?? [];
      return template(
        text,
        owners.flatMap((urn) => byUrn.get(urn)?.references ?? []),
      );
    },
  });
  const { argument, isLowerCase = false } = autonamed;
  const attribute = block.attributes?.[argument];
  if (attribute?.type === "string" && (attribute.required || attribute.optional)) {
    if (result[argument] === undefined && result[`${argument}_prefix`] === undefined) {
      const name = `${resource.name}-${suffix(resource.urn)}`;
      result[argument] = isLowerCase ? name.toLowerCase() : name;
    }
  }
  for (const [name, value] of Object.entries(added)) result[name] ??= value;
  const said = JSON.stringify(result);
  const waitsFor = resource.dependencies.flatMap((urn) => {
    const other = byUrn.get(urn);
    if (other === undefined || urn === resource.urn) return [];
    const address = `${other.type}.${other.label}`;
    // Terraform sees by itself what is referred to.
    return said.includes(`\${${address}.`) ? [] : [address];
  });
  if (waitsFor.length > 0) result.depends_on = [...new Set(waitsFor)].sort();
  return result;
}

function withMoto(configuration: Record<string, Record<string, Record<string, unknown>>>): Translation["resource"] {
  if (!JSON.stringify(configuration).includes(`aws_iam_role.${serviceRole}.`)) return configuration;
  const principal = { Effect: "Allow", Principal: { Service: "batch.amazonaws.com" }, Action: "sts:AssumeRole" };
  const role = {
    name_prefix: `${serviceRole}-`,
    assume_role_policy: JSON.stringify({ Version: "2012-10-17", Statement: [principal] }),
  };
  return { ...configuration, aws_iam_role: { ...configuration.aws_iam_role, [serviceRole]: role } };
}
