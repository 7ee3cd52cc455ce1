import { fieldNames, propertyNames } from "./property-name.ts";
import { type AttributeType, type Block, isArgument, type Member } from "./schema.ts";

export interface Rendering {
  /** Arguments by property, where the rule for names does not lead there. */
  readonly renamed: Readonly<Record<string, string>>;
  /** Where in the resource the properties are. */
  readonly path: string;
  text(text: string, path: string): string;
  fault(sentence: string): void;
}

type Properties = Readonly<Record<string, unknown>>;

/** Pulumi's properties of a resource, or of a block in it, as the arguments of Terraform's block. */
export function argumentsOf(properties: Properties, block: Block, rendering: Rendering): Record<string, unknown> {
  const names = propertyNames(block);
  const result: Record<string, unknown> = {};
  for (const [property, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    const path = rendering.path === "" ? property : `${rendering.path}.${property}`;
    const name = rendering.renamed[property] ?? names.get(property)?.name;
    const member = name === undefined ? undefined : memberNamed(block, name);
    if (name === undefined || member === undefined || !isArgument(member)) {
      rendering.fault(`property "${path}" is not an argument of Terraform's provider.`);
    } else if (Object.hasOwn(result, name)) {
      rendering.fault(`property "${path}" is the argument "${name}", which another property is, too.`);
    } else {
      result[name] = memberValue(value, member, { ...rendering, renamed: {}, path });
    }
  }
  return result;
}

function memberNamed(block: Block, name: string): Member | undefined {
  const attribute = block.attributes?.[name];
  const nested = block.block_types?.[name];
  if (attribute !== undefined) return { kind: "attribute", attribute };
  return nested === undefined ? undefined : { kind: "block", nested };
}

function memberValue(value: unknown, member: Member, rendering: Rendering): unknown {
  if (member.kind === "attribute") return attributeValue(value, member.attribute.type, rendering);
  const { nesting_mode, block } = member.nested;
  if (nesting_mode === "single") return blockValue(value, block, rendering);
  return items(value, rendering, (item, itemRendering) => blockValue(item, block, itemRendering));
}

function blockValue(value: unknown, block: Block, rendering: Rendering): unknown {
  if (isObject(value)) return argumentsOf(value, block, rendering);
  rendering.fault(`property "${rendering.path}" is ${JSON.stringify(value)}, and must be an object.`);
  return undefined;
}

/** Pulumi has no list around what there can be at most one of. */
function items(
  value: unknown,
  rendering: Rendering,
  each: (item: unknown, rendering: Rendering) => unknown,
): unknown[] {
  if (!Array.isArray(value)) return [each(value, rendering)];
  return value.map((item, index) => each(item, { ...rendering, path: `${rendering.path}[${index}]` }));
}

function attributeValue(value: unknown, type: AttributeType, rendering: Rendering): unknown {
  if (typeof type === "string") return scalar(value, type, rendering);
  if (type[0] === "list" || type[0] === "set") {
    const [, inner] = type;
    return items(value, rendering, (item, itemRendering) => attributeValue(item, inner, itemRendering));
  }
  if (!isObject(value)) {
    rendering.fault(`property "${rendering.path}" is ${JSON.stringify(value)}, and must be an object.`);
    return undefined;
  }
  const at = (key: string): Rendering => ({ ...rendering, path: `${rendering.path}.${key}` });
  if (type[0] === "object") return objectValue(value, type[1], rendering, at);
  const [, inner] = type;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, attributeValue(item, inner, at(key))]));
}

/** Terraform wants every field of an object inside an attribute, if only as null. */
function objectValue(
  value: Properties,
  fields: Readonly<Record<string, AttributeType>>,
  { fault }: Rendering,
  at: (key: string) => Rendering,
): Record<string, unknown> {
  const names = fieldNames(fields);
  const result: Record<string, unknown> = Object.fromEntries(Object.keys(fields).map((name) => [name, null]));
  for (const [property, item] of Object.entries(value)) {
    const name = names.get(property);
    if (name === undefined) fault(`property "${at(property).path}" is not an argument of Terraform's provider.`);
    else if (item !== undefined) result[name] = attributeValue(item, fields[name] as AttributeType, at(property));
  }
  return result;
}

function scalar(value: unknown, type: string, { text, fault, path }: Rendering): unknown {
  if (typeof value === "string") return text(value, path);
  if (typeof value === "number" || typeof value === "boolean") return value;
  // Pulumi takes a policy as an object, too, and writes it as JSON.
  if (type === "string" && isObject(value) && /[pP]olicy$/.test(path)) return text(JSON.stringify(value), path);
  fault(`property "${path}" is ${JSON.stringify(value)}, and must be a ${type}.`);
  return undefined;
}

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);
