/** What `terraform providers schema -json` says of a resource type's arguments; only what is read here. */
export interface ResourceSchema {
  readonly block: Block;
}

export interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, NestedBlock>>;
}

export interface Attribute {
  readonly type: AttributeType;
  readonly required?: boolean;
  readonly optional?: boolean;
  readonly computed?: boolean;
}

export type AttributeType =
  | "string"
  | "number"
  | "bool"
  | readonly ["list" | "set" | "map", AttributeType]
  | readonly ["object", Readonly<Record<string, AttributeType>>];

export interface NestedBlock {
  readonly nesting_mode: "single" | "list" | "set";
  readonly block: Block;
  readonly max_items?: number;
}

/** By type, such as `aws_vpc`. */
export type ResourceSchemas = Readonly<Record<string, ResourceSchema>>;

/** One argument or output, under either of the two ways in which a provider declares it. */
export type Member =
  | { readonly kind: "attribute"; readonly attribute: Attribute }
  | { readonly kind: "block"; readonly nested: NestedBlock };

export function membersOf(block: Block): ReadonlyMap<string, Member> {
  return new Map<string, Member>([
    ...Object.entries(block.attributes ?? {}).map(
      ([name, attribute]) => [name, { kind: "attribute", attribute }] as const,
    ),
    ...Object.entries(block.block_types ?? {}).map(([name, nested]) => [name, { kind: "block", nested }] as const),
  ]);
}

/** Computed members can be read, but not set. */
export const isArgument = (member: Member): boolean =>
  member.kind === "block" || member.attribute.required === true || member.attribute.optional === true;
