import * as v from "valibot";

const verdicts = ["reachable", "partial", "not-reachable", "unknown"] as const;

const question = v.looseObject({
  source: v.string("must be a string"),
  destination: v.string("must be a string"),
  protocol: v.picklist(["tcp", "udp", "icmp"], "must be tcp, udp or icmp"),
  port: v.optional(
    v.pipe(
      v.number("must be a number"),
      v.integer("must be a whole number"),
      v.minValue(0, "must be at least 0"),
      v.maxValue(65_535, "must be at most 65535"),
    ),
  ),
  requests: v.optional(
    v.array(
      v.object({ action: v.string("must be a string"), resource: v.string("must be a string") }, "must be an object"),
      "must be an array",
    ),
  ),
  expect: v.optional(v.picklist(verdicts, `must be one of ${verdicts.join(", ")}`)),
});

/** A line of a flows file. */
export type Question = v.InferOutput<typeof question>;

/** @throws RangeError for what is no question, with all that is wrong with it */
export function questionOf(line: string): Question {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw new RangeError((error as Error).message.replaceAll(/\s+/g, " "));
  }
  const checked = v.safeParse(question, parsed);
  if (!checked.success) {
    const faults = checked.issues.map((issue) => `${v.getDotPath(issue) ?? "the line"} ${issue.message}`);
    throw new RangeError(faults.join("; "));
  }
  const { protocol, port } = checked.output;
  if (protocol === "icmp" && port !== undefined) throw new RangeError("port must be left out with icmp, which is echo");
  if (protocol !== "icmp" && port === undefined) throw new RangeError(`port is missing; ${protocol} needs one`);
  return checked.output;
}
