import { type Block, type Member, membersOf } from "./schema.ts";

const camelCase = (name: string): string => name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

function plural(word: string): string {
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, "ies");
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** Names that Terraform's provider gives to arguments of a block, by what Pulumi calls them. */
export type PropertyNames = ReadonlyMap<string, { readonly name: string; readonly member: Member }>;

const namesOfBlocks = new WeakMap<Block, PropertyNames>();

/**
 * Pulumi makes `route_table_ids` to `routeTableIds` and, where there may be several, `egress_rule` to `egressRules`; what
 * is plural already it leaves. Which of the two it took the schema does not tell, so both lead to the argument.
 */
export function propertyNames(block: Block): PropertyNames {
  const known = namesOfBlocks.get(block);
  if (known !== undefined) return known;
  const names = new Map<string, { name: string; member: Member }>();
  const members = membersOf(block);
  for (const [name, member] of members) names.set(camelCase(name), { name, member });
  for (const [name, member] of members) {
    const several = plural(camelCase(name));
    if (isRepeatable(member) && !names.has(several)) names.set(several, { name, member });
  }
  namesOfBlocks.set(block, names);
  return names;
}

function isRepeatable(member: Member): boolean {
  if (member.kind === "block") return member.nested.nesting_mode !== "single" && member.nested.max_items !== 1;
  const { type } = member.attribute;
  return typeof type !== "string" && (type[0] === "list" || type[0] === "set");
}

/** `dnsName`, of an object's fields: an object inside an attribute is not a block to Terraform, but is named the same. */
export const fieldNames = (fields: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> =>
  new Map(
    Object.keys(fields).flatMap((name) => [
      [plural(camelCase(name)), name],
      [camelCase(name), name],
    ]),
  );
