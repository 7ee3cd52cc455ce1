import path from "node:path";
import * as v from "valibot";
import { asksForHelp, booleanFlag, parseFlags, refuseWords, usageFailure } from "../../worker/cli/flags.ts";
import { Failure } from "../../worker/failure.ts";
import { FlowsError, readFlows } from "../adapters/flows.ts";
import { readSnapshot, SnapshotError } from "../adapters/snapshot.ts";
import { analyze, TopologyIndex } from "../reachability/index.ts";
import { json } from "./formats/json.ts";
import { Counts, type Format, type Judgement, judgementOf } from "./formats/judgement.ts";
import { junit } from "./formats/junit.ts";
import { markdown } from "./formats/markdown.ts";
import { text } from "./formats/text.ts";
import type { CliContext } from "./main.ts";
import { writeOutput } from "./output-file.ts";

const formats = { text, json, junit, markdown } satisfies Record<string, Format>;
const formatNames = Object.keys(formats) as (keyof typeof formats)[];

const help = `Usage: node network check --snapshot DIR --flows FILE [--format FORMAT] [--out FILE]

Says of each flow whether all its packets arrive and are answered, some, none, or that
this is not known; and why, with the component, the rule and what would help.

  --snapshot DIR   EC2 Describe* responses as JSON files; the folder of a file is its Region,
                   accounts/ID/REGION its account and Region
  --flows FILE     JSON Lines: {"source","destination","protocol":"tcp|udp|icmp","port"?,
                   "requests"?:[{"action","resource"}],"expect"?}
                   source, destination: an IP address, or the id of a network interface,
                   instance (its primary interface) or subnet (every address that a job could get
                   there, with the VPC's default security group); as a destination also a VPC
                   endpoint (vpce-...) or an AWS service by name (s3, ecr.api). A public address
                   that nothing has is a host on the internet
                   requests: what is asked through an endpoint, judged by its policy
  --format         text (default), with colours on a terminal unless NO_COLOR is set
                   json: one object a line for each flow
                   junit: a test case for each flow, as Jenkins and GitLab read it
                   markdown: a table, and what is not as expected, as GitHub and GitLab show it
  --json           the same as --format json
  --out FILE       writes there instead, all of it or nothing, and how many came out how on stderr

A flow without "expect" is expected to be reachable; one with "outOfScope" is judged and not
counted.

A flow is reachable when every packet arrives and every reply comes back: from each source
address, from each port that Linux may choose (32768-60999), through NAT gateways from each port
that these may choose (1024-65535). partial: some do. unknown: a value that decides is not in the
snapshot, or a component on the path is not modelled.

Not modelled, and unknown when a path meets it: load balancers, appliances (a route to a network
interface without source/destination check), Network Firewall and Gateway Load Balancers, VPN and
virtual private gateways, local and carrier gateways, Cloud WAN, transit gateway Connect attachments
and policy tables, regional NAT gateways, NAT64, DNS servers of one's own.

Exit codes: 0 all reachable, or all as "expect" says; 1 some not; 2 usage or unreadable input;
3 some unknown, none worse
`;

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return 0;
  }
  const { flags, words } = parseFlags("network check", argv, {
    snapshot: v.string("is missing"),
    flows: v.string("is missing"),
    format: v.optional(v.picklist(formatNames, `is not one of ${formatNames.join(", ")}`)),
    json: booleanFlag,
    out: v.optional(v.string()),
  });
  refuseWords("network check", words);
  if (flags.json && flags.format !== undefined && flags.format !== "json") {
    throw usageFailure("network check", [`--json and --format ${flags.format} are two formats`]);
  }
  const format = flags.json ? "json" : (flags.format ?? "text");
  const topology = reading(() => readSnapshot(flags.snapshot));
  const flows = reading(() => readFlows(flags.flows, topology));
  const index = new TopologyIndex(topology);
  const counts = new Counts();
  function* judged(): Iterable<Judgement> {
    for (const { question, flow } of flows) {
      const judgement = judgementOf(question, analyze(index, flow));
      counts.add(judgement);
      yield judgement;
    }
  }
  const hasColors = flags.out === undefined && context.stdout.isTTY === true && !context.env.NO_COLOR;
  const pieces = formats[format](judged(), { name: path.basename(flags.flows), hasColors });
  if (flags.out === undefined) for (const piece of pieces) context.stdout.write(piece);
  else {
    writeOutput(flags.out, pieces);
    context.stderr.write(`${counts.sentence}; written to ${flags.out}\n`);
  }
  return counts.of("not-as-expected") > 0 ? 1 : counts.of("unknown") > 0 ? 3 : 0;
}

function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SnapshotError || error instanceof FlowsError) throw new Failure("usage", error.message);
    throw error;
  }
}
