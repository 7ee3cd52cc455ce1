import * as batch from "@aws-sdk/client-batch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import type { Json } from "./fake-aws.ts";

/**
 * A shape of the AWS SDK's own model of a service, as its generated code has it (`client-batch/dist-es/schemas`): a structure is
 * `[3, namespace, name, traits, members, their shapes, how many of them, from the first on, are required]`, a list and a map have
 * their elements' shape last; simple shapes are numbers, with 64 and 128 added for lists and maps of them.
 */
type Shape = number | readonly unknown[] | (() => Shape);

const structure = 3;
const list = 1;
const map = 2;
const simple: Readonly<Record<number, string>> = { 0: "string", 1: "number", 2: "boolean", 4: "number", 7: "number" };

/** What the AWS SDK's model has against the body of a request; SubmitJob's, say, by `submitjob`. */
export function faultsOfRequest(operation: string, body: Json): string[] {
  const wanted = `${operation}Request$`.toLowerCase();
  const found = Object.entries({ ...logs, ...batch }).find(([name]) => name.toLowerCase() === wanted);
  if (found === undefined) return [`${operation} is no operation of AWS Batch or CloudWatch Logs`];
  return faultsOf(found[1] as unknown as Shape, body, operation);
}

function faultsOf(shape: Shape, value: Json, where: string): string[] {
  if (typeof shape === "function") return faultsOf(shape(), value, where);
  if (typeof shape === "number") return simpleFaults(shape, value, where);
  const [kind, , name] = shape as [number, string, string];
  if (kind === structure) return structureFaults(shape, value, where);
  if (kind === list) return eachOf(shape.at(-1) as Shape, value, where, Array.isArray(value));
  if (kind === map) return eachOf(shape.at(-1) as Shape, value, where, isObject(value));
  throw new Error(`${where}: the model has ${name} as a kind that is not known here, ${kind}`);
}

function simpleFaults(shape: number, value: Json, where: string): string[] {
  if (shape >= 128) return eachOf(shape - 128, value, where, isObject(value));
  if (shape >= 64) return eachOf(shape - 64, value, where, Array.isArray(value));
  const wanted = simple[shape];
  if (wanted === undefined) throw new Error(`${where}: the model has a simple shape that is not known here, ${shape}`);
  return typeof value === wanted ? [] : [`${where} is ${JSON.stringify(value)}, not a ${wanted}`];
}

function structureFaults(shape: readonly unknown[], value: Json, where: string): string[] {
  if (!isObject(value)) return [`${where} is ${JSON.stringify(value)}, not a structure`];
  const [, , , , names, shapes, required = 0] = shape as [0, 0, 0, 0, string[], Shape[], number?];
  const missing = names.slice(0, required).filter((name) => value[name] === undefined);
  const faults = missing.map((name) => `${where}.${name} is missing`);
  for (const [name, member] of Object.entries(value)) {
    const index = names.indexOf(name);
    if (index < 0) faults.push(`${where}.${name} is not in the model`);
    else faults.push(...faultsOf(memberShape(shapes[index]!), member, `${where}.${name}`));
  }
  return faults;
}

/** A member that has traits of its own is a pair. */
const memberShape = (shape: Shape): Shape =>
  Array.isArray(shape) && typeof shape[0] !== "number" ? (shape[0] as Shape) : shape;

function eachOf(shape: Shape, value: Json, where: string, isOne: boolean): string[] {
  if (!isOne) return [`${where} is ${JSON.stringify(value)}, which is not what the model has`];
  return Object.entries(value).flatMap(([key, element]) => faultsOf(shape, element, `${where}[${key}]`));
}

const isObject = (value: Json): boolean => typeof value === "object" && value !== null && !Array.isArray(value);
