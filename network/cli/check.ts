import path from "node:path";
import * as v from "valibot";
import { asksForHelp, booleanFlag, parseFlags, refuseWords, usageFailure } from "../../worker/cli/flags.ts";
import { loadModule } from "../../worker/load-module.ts";
import { json } from "./formats/json.ts";
import { Counts, type Format, type Judgement } from "./formats/judgement.ts";
import { junit } from "./formats/junit.ts";
import { markdown } from "./formats/markdown.ts";
import { text } from "./formats/text.ts";
import type { CliContext } from "./main.ts";
import { writeOutput } from "./output-file.ts";
import { judgeFile } from "./sources/flows-file.ts";
import { readTopology } from "./sources/snapshot.ts";

const formats = { text, json, junit, markdown } satisfies Record<string, Format>;
const formatNames = Object.keys(formats) as (keyof typeof formats)[];

const help = `Usage: node network check [--program DIR [--stack NAME]] [--snapshot DIR] [--flows FILE]
                          [--format FORMAT] [--out FILE]

Says of each flow whether all its packets arrive and are answered, some, none, or that
this is not known; and why, with the component, the rule and what would help.

Which network:
  --program DIR    a Pulumi program for Node.js; this project's own unless --snapshot is given.
                   It is run with no engine, no account and no network
  --stack NAME     which Pulumi.NAME.yaml; else the selected one, the only one, or dev
  --preview        judge by what a first pulumi preview tells: no id is known
  --snapshot DIR   EC2 Describe* responses as JSON files; the folder of a file is its Region,
                   accounts/ID/REGION its account and Region. Beside --program: what that
                   names and does not make

Which flows: those that the jobs of the program need, or
  --flows FILE     JSON Lines: {"source","destination","protocol":"tcp|udp|icmp","port"?,
                   "requests"?:[{"action","resource"}],"expect"?}
                   source, destination: an IP address, or the id of a network interface,
                   instance (its primary interface) or subnet (every address that a job could get
                   there, with the VPC's default security group); as a destination also a VPC
                   endpoint (vpce-...) or an AWS service by name (s3, ecr.api). A public address
                   that nothing has is a host on the internet. Of a program: URNs
                   requests: what is asked through an endpoint, judged by its policy
  --policy-config FILE  flows to add and to waive, services of one's own: the file that
                   pulumi preview takes as --policy-pack-config

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
snapshot or not told by the program, or a component on the path is not modelled.

Not modelled, and unknown when a path meets it: load balancers, appliances (a route to a network
interface without source/destination check), Network Firewall and Gateway Load Balancers, VPN and
virtual private gateways, local and carrier gateways, Cloud WAN, transit gateway Connect attachments
and policy tables, route servers, regional NAT gateways, NAT64, DNS servers of one's own, DNS firewalls,
rules that forward AWS's names, Route 53 profiles, encryption controls that are enforced.

Exit codes: 0 all reachable, or all as "expect" says; 1 some not; 2 usage or unreadable input;
3 some unknown, none worse
`;

/** Flows with their judgements, as they come, and what else is said. */
export interface Judged {
  /** Of the file or program, for reports. */
  readonly name: string;
  readonly judgements: Iterable<Judgement>;
  /** For stderr. */
  readonly notes: readonly string[];
}

export interface ProgramFlags {
  readonly program: string | undefined;
  readonly stack: string | undefined;
  readonly preview: boolean;
  readonly snapshot: string | undefined;
  readonly flows: string | undefined;
  readonly policyConfig: string | undefined;
}

export async function command(argv: string[], context: CliContext): Promise<number> {
  if (asksForHelp(argv)) {
    context.stdout.write(help);
    return 0;
  }
  const { flags, words } = parseFlags("network check", argv, {
    program: v.optional(v.string()),
    stack: v.optional(v.string()),
    preview: booleanFlag,
    snapshot: v.optional(v.string()),
    flows: v.optional(v.string()),
    policyConfig: v.optional(v.string()),
    format: v.optional(v.picklist(formatNames, `is not one of ${formatNames.join(", ")}`)),
    json: booleanFlag,
    out: v.optional(v.string()),
  });
  refuseWords("network check", words);
  const hasProgram = flags.program !== undefined || flags.snapshot === undefined;
  const faults = [
    ...(flags.json && flags.format !== undefined && flags.format !== "json"
      ? [`--json and --format ${flags.format} are two formats`]
      : []),
    ...(hasProgram || flags.flows !== undefined
      ? []
      : ["--flows is missing: a snapshot has no jobs; name --program too"]),
    ...(hasProgram
      ? []
      : (["stack", "preview", "policyConfig"] as const)
          .filter((name) => flags[name] !== undefined && flags[name] !== false)
          .map((name) => `--${name === "policyConfig" ? "policy-config" : name} is for a program; name --program too`)),
  ];
  if (faults.length > 0) throw usageFailure("network check", faults);
  const format = flags.json ? "json" : (flags.format ?? "text");
  const { name, judgements, notes } = hasProgram
    ? await judgeProgram({ ...flags, preview: flags.preview === true }, context)
    : ofSnapshot(flags.snapshot as string, flags.flows as string);
  for (const note of notes) context.stderr.write(`${note}\n`);
  const counts = new Counts();
  function* counted(): Iterable<Judgement> {
    for (const judgement of judgements) {
      counts.add(judgement);
      yield judgement;
    }
  }
  const hasColors = flags.out === undefined && context.stdout.isTTY === true && !context.env.NO_COLOR;
  const pieces = formats[format](counted(), { name, hasColors });
  if (flags.out === undefined) for (const piece of pieces) context.stdout.write(piece);
  else {
    writeOutput(flags.out, pieces);
    context.stderr.write(`${counts.sentence}; written to ${flags.out}\n`);
  }
  return counts.of("not-as-expected") > 0 ? 1 : counts.of("unknown") > 0 ? 3 : 0;
}

function ofSnapshot(folder: string, file: string): Judged {
  return { name: path.basename(file), judgements: judgeFile(file, readTopology(folder)), notes: [] };
}

/** What runs programs is loaded for them alone. */
async function judgeProgram(flags: ProgramFlags, context: CliContext): Promise<Judged> {
  const { ofProgram } = await loadModule<typeof import("./sources/program.ts")>(
    new URL("./sources/program.ts", import.meta.url),
  );
  return await ofProgram(flags, context);
}
