import type { ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { fieldNames, propertyNames } from "./property-name.ts";
import type { AttributeType, Block, Member } from "./schema.ts";

/** A text that a resource's provider made up, and the template that stands for it in Terraform. */
export interface Reference {
  readonly text: string;
  readonly template: string;
  /** The program chose the text itself, so that it may stand elsewhere by chance: only a value that is all of it counts. */
  readonly isChosen: boolean;
}

/** Everything in the resource's outputs that others may refer to. */
export function referencesTo(resource: ProgramResource, address: string, block: Block): Reference[] {
  const chosen = new Set<string>();
  for (const value of Object.values(resource.inputs)) eachText(value, "", (text) => chosen.add(text));
  const references: Reference[] = [];
  const add = (text: string, expression: string) => {
    if (text.length < 3 || references.some((known) => known.text === text)) return;
    references.push({ text, template: `\${${expression}}`, isChosen: chosen.has(text) });
  };
  const names = propertyNames(block);
  for (const [property, value] of Object.entries(resource.outputs)) {
    const named = names.get(property);
    if (named !== undefined) outputTexts(value, `${address}.${named.name}`, named.member, add);
  }
  // Last, since what an id is differs from version to version where the ARN or the name would do as well.
  if (resource.id !== undefined) add(resource.id, `${address}.id`);
  return references;
}

type Add = (text: string, expression: string) => void;

function outputTexts(value: unknown, expression: string, member: Member, add: Add): void {
  // What is inside a block is the program's own choice; what a provider adds there nobody refers to.
  if (member.kind === "attribute") typedTexts(value, expression, member.attribute.type, add);
}

function typedTexts(value: unknown, expression: string, type: AttributeType, add: Add): void {
  if (typeof value === "string") add(value, expression);
  else if (typeof type === "string" || typeof value !== "object" || value === null) return;
  else if (type[0] === "object") {
    const names = fieldNames(type[1]);
    for (const [property, inner] of Object.entries(value)) {
      const name = names.get(property);
      if (name !== undefined) typedTexts(inner, `${expression}.${name}`, type[1][name] as AttributeType, add);
    }
  } else if (type[0] === "map") {
    for (const [key, inner] of Object.entries(value)) typedTexts(inner, `${expression}["${key}"]`, type[1], add);
  } else {
    const list = type[0] === "set" ? `tolist(${expression})` : expression;
    const inners = Array.isArray(value) ? value : [value];
    for (const [index, inner] of inners.entries()) typedTexts(inner, `${list}[${index}]`, type[1], add);
  }
}

export function eachText(value: unknown, path: string, visit: (text: string, path: string) => void): void {
  if (typeof value === "string") visit(value, path);
  else if (Array.isArray(value))
    for (const [index, inner] of value.entries()) eachText(inner, `${path}[${index}]`, visit);
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) eachText(inner, path === "" ? key : `${path}.${key}`, visit);
}

const escaped = (text: string): string => text.replace(/([$%])\{/g, (all, sign: string) => sign + all);

/** The text as a template: what another resource made up becomes a reference to it, the rest stands for itself. */
export function template(text: string, references: readonly Reference[]): string {
  const whole = references.find((reference) => reference.text === text);
  if (whole !== undefined) return whole.template;
  const inside = references
    .filter((reference) => !reference.isChosen && text.includes(reference.text))
    .sort((a, b) => b.text.length - a.text.length);
  const [longest] = inside;
  if (longest === undefined) return escaped(text);
  const rest = inside.slice(1);
  return text
    .split(longest.text)
    .map((part) => template(part, rest))
    .join(longest.template);
}
