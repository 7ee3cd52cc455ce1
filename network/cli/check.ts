import * as v from "valibot";
import { asksForHelp, booleanFlag, parseFlags, refuseWords } from "../../worker/cli/flags.ts";
import { Failure } from "../../worker/failure.ts";
import { FlowsError, type Question, readFlows } from "../adapters/flows.ts";
import { readSnapshot, SnapshotError } from "../adapters/snapshot.ts";
import { type Analysis, analyze, samples, TopologyIndex } from "../reachability/index.ts";
import { renderText } from "../reachability/render.ts";
import type { CliContext } from "./main.ts";

const help = `Usage: node network check --snapshot DIR --flows FILE [--format text|json]

Says of each flow whether all its packets arrive and are answered, some, none, or that
this is not known; and why, with the component, the rule and what would help.

  --snapshot DIR   EC2 Describe* responses as JSON files; the folder of a file is its Region,
                   accounts/ID/REGION its account and Region
  --flows FILE     JSON Lines: {"source","destination","protocol":"tcp|udp|icmp","port"?,
                   "requests"?:[{"action","resource"}],"expect"?}
                   source, destination: an IP address, or the id of a network interface or
                   instance; a public address that nothing has is a host on the internet.
                   source may be a subnet: every address that an instance could get there,
                   with the default security group
  --format         text (default) or json: one object a line for each flow
  --json           the same as --format json

Not modelled, and unknown when a path meets it: appliances and load balancers, Network Firewall,
VPN, virtual private and local gateways, Transit Gateway Connect, NAT64.

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
    format: v.optional(v.picklist(["text", "json"], "is not one of text, json")),
    json: booleanFlag,
  });
  refuseWords("network check", words);
  const topology = reading(() => readSnapshot(flags.snapshot));
  const flows = reading(() => readFlows(flags.flows, topology));
  const index = new TopologyIndex(topology);
  const asJson = flags.json || flags.format === "json";
  const codes = new Set<number>();
  for (const { question, flow } of flows) {
    const analysis = analyze(index, flow);
    context.stdout.write(asJson ? `${JSON.stringify(objectOf(question, analysis))}\n` : renderText(question, analysis));
    codes.add(codeOf(question, analysis));
  }
  return [1, 3].find((code) => codes.has(code)) ?? 0;
}

/** A flow with `outOfScope` is judged like any other, and counts for nothing. */
function codeOf({ expect, outOfScope }: Question, { verdict }: Analysis): number {
  if (outOfScope !== undefined || verdict === (expect ?? "reachable")) return 0;
  return verdict === "unknown" ? 3 : 1;
}

/** As the contract has it: the flow's own fields first. */
function objectOf(question: Question, analysis: Analysis): object {
  const { verdict, explanations, forwardPath, returnPath } = analysis;
  const packets = verdict === "partial" ? { packets: samples(analysis) } : {};
  return {
    ...question,
    verdict,
    explanations: explanations.map(({ change: _, ...explanation }) => explanation),
    forwardPath,
    returnPath,
    ...packets,
  };
}

function reading<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SnapshotError || error instanceof FlowsError) throw new Failure("usage", error.message);
    throw error;
  }
}
