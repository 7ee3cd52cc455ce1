import { isKnown, type Known, Unknown } from "../../network/reachability/known.ts";

/**
 * What a client asks of a service, as an endpoint's policy sees it. `unknown`: why parts of it are not known; each `*` in it
 * then stands for some characters that nobody knows, instead of all there may be.
 */
export interface RequiredRequest {
  /** `s3:GetObject`. */
  readonly action: string;
  /** An ARN, or `*` where the action has no resource of its own. */
  readonly resource: string;
  readonly unknown?: string;
  /** What the resource may be, where the account in it stands for one that nobody knows. */
  readonly mayBe?: string;
  /** Of a resource that is Amazon's own: no customer's account has it, nor organization. */
  readonly owner?: "amazon";
}

/** Where a resource is; what is undefined is left out of its ARN (S3's buckets have neither). */
export interface Location {
  readonly partition: Known<string>;
  readonly region?: Known<string> | undefined;
  readonly accountId?: Known<string> | undefined;
}

/** AWS's partition by a Region's name (IAM guide, ARNs; General Reference, Service endpoints). */
export function partitionOf(region: Known<string>): Known<string> {
  if (!isKnown(region)) return region;
  const [prefix, second] = region.split("-");
  if (prefix === "cn") return "aws-cn";
  if (prefix === "eusc") return "aws-eusc";
  if (prefix === "us" && second === "gov") return "aws-us-gov";
  if (second === "iso") return "aws-iso";
  if (second === "isob") return "aws-iso-b";
  if (second === "isoe") return "aws-iso-e";
  if (second === "isof") return "aws-iso-f";
  return "aws";
}

const suffixes: Readonly<Record<string, string>> = {
  "aws-cn": "amazonaws.com.cn",
  "aws-eusc": "amazonaws.eu",
  "aws-iso": "c2s.ic.gov",
  "aws-iso-b": "sc2s.sgov.gov",
  "aws-iso-e": "cloud.adc-e.uk",
  "aws-iso-f": "csp.hci.ic.gov",
};

/** What the names of a Region's services end with. */
export function dnsSuffixOf(region: string): string {
  const partition = partitionOf(region);
  return (isKnown(partition) && suffixes[partition]) || "amazonaws.com";
}

/** A request for a resource by the parts of its ARN; `name`: the pieces of its last part. */
export function request(
  action: string,
  { partition, region, accountId }: Location,
  ...name: readonly Known<string>[]
): RequiredRequest {
  const [service = ""] = action.split(":");
  const text = (part: Known<string>) => (isKnown(part) ? part : "*");
  const location = [partition, service, region ?? "", accountId ?? ""].map(text).join(":");
  const resource = `arn:${location}:${name.map(text).join("")}`;
  return withReasons({ action, resource }, [partition, region, accountId, ...name]);
}

/** A request for what is named by an ARN as a whole. */
export function requestFor(action: string, arn: Known<string>): RequiredRequest {
  return withReasons({ action, resource: isKnown(arn) ? arn : "*" }, [arn]);
}

/** A request without a resource of its own. */
export const requestForAll = (action: string): RequiredRequest => ({ action, resource: "*" });

/** What programs that are run without an account have instead of its number: no account of AWS has it. */
const placeholderAccount = ":000000000000:";

function withReasons(own: RequiredRequest, parts: readonly Known<unknown>[]): RequiredRequest {
  const reasons = new Set(parts.flatMap((part) => (part instanceof Unknown ? [part.reason] : [])));
  const hasPlaceholder = own.resource.includes(placeholderAccount);
  if (hasPlaceholder) reasons.add("the number of the account is not known");
  if (reasons.size === 0) return own;
  const mayBe = hasPlaceholder ? { mayBe: own.resource.replace(placeholderAccount, ":*:") } : {};
  return { ...own, unknown: [...reasons].join("; "), ...mayBe };
}

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  readonly name: string;
}

/** The parts of an ARN; undefined for what is none. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, accountId, ...name] = text.split(":");
  if (prefix !== "arn" || !partition || !service || name.length === 0) return undefined;
  return { partition, service, region: region ?? "", accountId: accountId ?? "", name: name.join(":") };
}
