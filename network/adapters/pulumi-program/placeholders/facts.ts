import { createHash } from "node:crypto";
import { isUnknownValue, type Properties, unknownValue } from "../../pulumi/resource.ts";

/** The account that placeholders belong to: no account of AWS has it. */
export const placeholderAccount = "000000000000";

/** The partition is told by the Region's name (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}

/** The domain of AWS's services in the Region's partition. */
export function dnsSuffixOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

/** Hexadecimal digits that are always the same for the same text. */
export function digits(text: string, count: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, count);
}

/** `vpc-0` and 16 digits: EC2's form of an id (17 digits). */
export const ec2Id = (prefix: string, text: string): string => `${prefix}-0${digits(text, 16)}`;

/**
 * What placeholders are made of. A text that is computed from a value which is not known holds the mark of unknown
 * values, and is dropped later.
 */
export class Facts {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  readonly region: string;
  readonly account = placeholderAccount;

  constructor(said: { urn: string; type: string; name: string; inputs: Properties; region: string | undefined }) {
    this.urn = said.urn;
    this.type = said.type;
    this.name = said.name;
    this.inputs = said.inputs;
    this.region = said.region ?? unknownValue;
  }

  /** The same, as if the program had said these too. */
  with(inputs: Properties): Facts {
    return new Facts({ ...this, inputs: { ...this.inputs, ...inputs } });
  }

  get partition(): string {
    return partitionOf(this.region);
  }

  get dnsSuffix(): string {
    return dnsSuffixOf(this.region);
  }

  /** A text among the inputs; the fallback stands where there is none, not where it is unknown. */
  text(key: string, fallback: string): string {
    const value = this.inputs[key];
    if (value === undefined || value === null || value === "") return fallback;
    return String(value);
  }

  has(key: string): boolean {
    const value = this.inputs[key];
    return value !== undefined && value !== null && value !== "";
  }

  isKnown(key: string): boolean {
    return this.has(key) && !isUnknownValue(this.inputs[key]);
  }

  /** The name that Pulumi makes up: NAME-1a2b3c4 (https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming). */
  get autoname(): string {
    return `${this.name}-${digits(this.urn, 7)}`;
  }

  ec2Id(prefix: string, salt = ""): string {
    return ec2Id(prefix, this.urn + salt);
  }

  digits(count: number, salt = ""): string {
    return digits(this.urn + salt, count);
  }

  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }

  /** Of a service that has no Regions. */
  globalArn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}::${this.account}:${resource}`;
  }
}
