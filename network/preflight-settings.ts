import * as v from "valibot";

/**
 * What a person sets for the preflight beyond what the program says, in JSON:
 * `{"services": ["sqs"], "flows": [{"destination": "10.9.0.5", "protocol": "tcp", "port": 5432}], "waivers": [{"destination": "s3", "reason": "...", "expires": "2027-01-31"}]}`.
 */
export interface PreflightSettings {
  /** AWS services that jobs call themselves, by the names of their endpoints: `sqs`, `sts`. */
  readonly services: readonly string[];
  /** URIs of the images of job definitions whose container properties a preview hides as a whole. */
  readonly images: readonly string[];
  /** Whether jobs on Fargate get a public address whose container properties a preview hides. */
  readonly assignPublicIp?: boolean | undefined;
  readonly flows: readonly AddedFlow[];
  readonly waivers: readonly Waiver[];
}

/** A flow that must be reachable too. */
export interface AddedFlow {
  /** A subnet, by its URN or id; each subnet of the compute environments where it is left out. */
  readonly source?: string | undefined;
  /** A service, an address, the URN or id of a database or endpoint. */
  readonly destination: string;
  readonly protocol: "tcp" | "udp" | "icmp";
  /** Of TCP and UDP. */
  readonly port?: number | undefined;
}

/** Flows that need not be reachable for a while. */
export interface Waiver {
  /** As of a flow; any where it is left out. */
  readonly source?: string | undefined;
  readonly destination: string;
  readonly port?: number | undefined;
  readonly reason: string;
  /** The last day, in UTC, that it counts: `2027-01-31`. */
  readonly expires: string;
}

/** All that is wrong with settings, each fault a phrase: `flows.0.port must be at most 65535`. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("; "));
    this.faults = faults;
  }
}

const text = v.pipe(v.string("must be a string"), v.trim(), v.nonEmpty("must not be empty"));
const port = v.pipe(
  v.number("must be a number"),
  v.integer("must be a whole number"),
  v.minValue(0, "must be at least 0"),
  v.maxValue(65_535, "must be at most 65535"),
);
const day = v.pipe(text, v.check(isDay, "must be a day as YYYY-MM-DD"));

// To valibot an array is an object.
const object = v.check((value: unknown) => !Array.isArray(value), "must be an object");

const flow = v.strictObject({
  source: v.optional(text),
  destination: text,
  protocol: v.picklist(["tcp", "udp", "icmp"], "must be tcp, udp or icmp"),
  port: v.optional(port),
});
const waiver = v.strictObject({
  source: v.optional(text),
  destination: text,
  port: v.optional(port),
  reason: text,
  expires: day,
});
const settings = v.strictObject({
  services: v.optional(v.array(text, "must be an array"), []),
  images: v.optional(v.array(text, "must be an array"), []),
  assignPublicIp: v.optional(v.boolean("must be true or false")),
  flows: v.optional(
    v.array(
      v.pipe(
        v.unknown(),
        object,
        flow,
        v.forward(
          v.check(
            ({ protocol, port }) => protocol === "icmp" || port !== undefined,
            "is missing; tcp and udp need one",
          ),
          ["port"],
        ),
        v.forward(
          v.check(({ protocol, port }) => protocol !== "icmp" || port === undefined, "must be left out with icmp"),
          ["port"],
        ),
      ),
      "must be an array",
    ),
    [],
  ),
  waivers: v.optional(v.array(v.pipe(v.unknown(), object, waiver), "must be an array"), []),
});

/** @throws SettingsError with all faults of it */
export function settingsOf(value: unknown): PreflightSettings {
  const checked = v.safeParse(v.pipe(v.unknown(), object, settings), value);
  if (checked.success) return checked.output;
  throw new SettingsError(checked.issues.map(faultOf));
}

function faultOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "all of it";
  if (issue.kind !== "schema" || issue.type !== "strict_object") return `${path} ${issue.message}`;
  if (issue.expected === "never") return `${path} is no setting`;
  // A key that is missing is told of its object.
  return issue.expected === "Object" ? `${path} must be an object` : `${path} is missing`;
}

function isDay(value: string): boolean {
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === value;
}

/**
 * The waivers that still count, and a sentence on each waiver: it is printed each time.
 * @param today in UTC: `2026-11-23`
 */
export function waiversOn(
  today: string,
  waivers: readonly Waiver[],
): { readonly inForce: readonly Waiver[]; readonly notes: readonly string[] } {
  const isInForce = ({ expires }: Waiver) => today <= expires;
  return {
    inForce: waivers.filter(isInForce),
    notes: waivers.map((waiver) => {
      const { source, destination, port, reason, expires } = waiver;
      const from = source === undefined ? "" : ` from ${source}`;
      const what = `${destination}${port === undefined ? "" : `:${port}`}${from}`;
      return isInForce(waiver)
        ? `Waived until ${expires}: ${what}. Reason: ${reason}`
        : `The waiver of ${what} expired on ${expires} and counts no more. Its reason was: ${reason}`;
    }),
  };
}

/** Whether a waiver is for a flow: by its destination, and by source and port where it names them. */
export function isWaived(
  { source, destination, port }: Waiver,
  flow: { readonly source: string; readonly destination: string; readonly port?: number | undefined },
): boolean {
  return (
    destination === flow.destination &&
    (source === undefined || source === flow.source) &&
    (port === undefined || port === flow.port)
  );
}
