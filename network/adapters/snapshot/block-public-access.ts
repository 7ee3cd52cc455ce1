import { type Known, Unknown } from "../../reachability/known.ts";
import type { BlockPublicAccess } from "../../reachability/topology.ts";
import { missing, type Reading } from "./reading.ts";
import type { Entry } from "./responses.ts";

const modes = ["off", "block-bidirectional", "block-ingress"] as const;
const exclusionModes = ["allow-bidirectional", "allow-egress"] as const;

type Exclusion = Exclude<BlockPublicAccess["exclusions"], Unknown>[number];

/** Off where no file tells, as it is until somebody turns it on. */
export function blockPublicAccess(reading: Reading): readonly BlockPublicAccess[] {
  const exclusions = exclusionsOf(reading);
  const told = (reading.entries("VpcBlockPublicAccessOptions") ?? []).map((entry) => {
    const fields = reading.fields(entry, "VpcBlockPublicAccessOptions");
    const mode = fields.oneOf("InternetGatewayBlockMode", modes);
    const isPassing = fields.optionalText("State") === "update-in-progress";
    const ownerId = fields.optionalText("AwsAccountId") ?? entry.account ?? "";
    const region = fields.optionalText("AwsRegion") ?? entry.region ?? "";
    const own: BlockPublicAccess = {
      ownerId,
      region,
      mode: isPassing ? new Unknown("VPC Block Public Access is being changed") : mode,
      exclusions: exclusions(ownerId, region),
    };
    return { entry, own };
  });
  const known = new Map<string, { mode: BlockPublicAccess["mode"]; file: string }>();
  for (const { entry, own } of told) {
    const place = `${own.ownerId}/${own.region}`;
    const other = known.get(place);
    if (other && other.mode !== own.mode)
      reading.fault(entry, "VpcBlockPublicAccessOptions", `the mode differs from what ${other.file} tells`);
    known.set(place, { mode: own.mode, file: entry.file });
  }
  return told.map(({ own }) => own).filter(({ mode }) => mode !== "off");
}

interface Found {
  readonly arn: readonly string[];
  readonly exclusion: Known<Exclusion>;
}

/** By account and Region, which the ARN of what is excluded tells: `arn:aws:ec2:REGION:ACCOUNT:vpc/vpc-1`. */
function exclusionsOf(reading: Reading): (ownerId: string, region: string) => BlockPublicAccess["exclusions"] {
  const entries = reading.entries("VpcBlockPublicAccessExclusions");
  if (!entries) return () => missing("VpcBlockPublicAccessExclusions");
  const all = entries.flatMap((entry) => found(reading, entry));
  return (ownerId, region) => {
    const own: Exclusion[] = [];
    for (const { arn, exclusion } of all) {
      if ((ownerId !== "" && arn[4] !== ownerId) || (region !== "" && arn[3] !== region)) continue;
      if (exclusion instanceof Unknown) return exclusion;
      own.push(exclusion);
    }
    return own;
  };
}

const counting = ["create-complete", "update-complete"];
const gone = ["create-failed", "delete-complete", "disable-complete"];

function found(reading: Reading, entry: Entry): readonly Found[] {
  const id = typeof entry.value.ExclusionId === "string" ? entry.value.ExclusionId : "an exclusion";
  const fields = reading.fields(entry, id);
  const state = fields.text("State");
  const mode = fields.oneOf("InternetGatewayExclusionMode", exclusionModes);
  const arn = fields.text("ResourceArn").split(":");
  const resourceId = /^(vpc|subnet)\/(\S+)$/.exec(arn[5] ?? "")?.[2];
  if (resourceId === undefined) {
    if (fields.has("ResourceArn")) fields.fault("ResourceArn", "is not that of a VPC or a subnet");
    return [];
  }
  if (gone.includes(state)) return [];
  const exclusion = counting.includes(state) ? { resourceId, mode } : new Unknown(`${id} of ${resourceId} is ${state}`);
  return [{ arn, exclusion }];
}
