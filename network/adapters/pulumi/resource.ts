/**
 * A resource that a Pulumi program declares or reads, as the engine sees it: made by a run in process
 * (`../pulumi-program.ts`) or by a policy pack. JSON throughout.
 */
export interface ProgramResource {
  readonly urn: string;
  /** `aws:ec2/vpc:Vpc`. */
  readonly type: string;
  /** Its logical name, without parents. */
  readonly name: string;
  /** One that a provider manages; else a component, whose children are resources of their own if it is not a remote one. */
  readonly isCustom: boolean;
  /** Looked up and not managed by the program: `aws.ec2.Vpc.get(...)`. */
  readonly isRead?: boolean;
  /** The provider's id, where it is known. */
  readonly id?: string;
  readonly parent?: string;
  /** URN of the explicit provider that it has, or inherits. */
  readonly provider?: string;
  /** What the program says, without secret envelopes; a value that is not known yet is one of `unknownValues`. */
  readonly inputs: Properties;
  /** What the provider says beyond that; what it says only after `up` is unknown or absent in a preview. */
  readonly outputs: Properties;
  /** By input: the resources that its value comes from, in no order. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** All resources that it waits for. */
  readonly dependencies: readonly string[];
}

export type Properties = Readonly<Record<string, unknown>>;

/**
 * What stands for a value that is not known during a preview, by its type: boolean, number, string (nearly always), array,
 * asset, archive, object (pulumi/sdk/go/common/resource/plugin/rpc.go).
 */
const unknownValues: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** The one that the SDK for Node.js writes. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const isUnknownValue = (value: unknown): boolean => unknownValues.has(value);
