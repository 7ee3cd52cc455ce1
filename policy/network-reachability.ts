import { inspect } from "node:util";
import type { Policies, ReportViolation } from "@pulumi/policy";
import type { ProgramResource } from "../network/adapters/pulumi/resource.ts";
import { type PreflightSettings, SettingsError, settingsOf, waiversOn } from "../network/preflight-settings.ts";
import { type StackResources, stackLocation } from "./resources.ts";

/** Judges the resources of a program: a violation for each blocker, at the resource to change. */
export type Preflight = (
  resources: readonly ProgramResource[],
  settings: PreflightSettings,
  stack: { readonly region?: string },
) => {
  readonly violations: readonly { readonly urn: string; readonly message: string }[];
  readonly notes: readonly string[];
};

const configSchema = {
  properties: {
    services: {
      type: "array",
      items: { type: "string" },
      description: 'AWS services that jobs call themselves, by the names of their endpoints: ["sqs", "sts"].',
    },
    images: {
      type: "array",
      items: { type: "string" },
      description: "URIs of the images of jobs whose container properties a preview hides: a registry is a flow.",
    },
    assignPublicIp: {
      type: "boolean",
      description: "Whether jobs on Fargate get a public address whose container properties a preview hides.",
    },
    flows: {
      type: "array",
      items: { type: "object" },
      description: "Flows that must be reachable too: {source?, destination, protocol: tcp|udp|icmp, port}.",
    },
    waivers: {
      type: "array",
      items: { type: "object" },
      description:
        "Flows that need not be reachable for a while: {source?, destination, port?, reason, expires: YYYY-MM-DD}.",
    },
  },
} as const;

/**
 * The policies of the pack. Nothing may leave them as an exception: of one about an unknown value the SDK makes an
 * advisory note, and the mandatory policy passes.
 * @param today in UTC: `2026-11-23`
 */
export function networkReachability(
  preflight: Preflight,
  today: () => string,
  stack: Pick<StackResources, "collect" | "take">,
): Policies {
  let notes: readonly string[] = [];
  return [
    {
      name: "network-reachability",
      description: "A job reaches all that it needs: in a network where it does not, it would hang.",
      enforcementLevel: "mandatory",
      configSchema: structuredClone(configSchema) as never,
      // One policy with both, so that no config can switch off the one without the other.
      validateResource: (args, report) => {
        attempt(report, `the inputs of ${args.urn} can't be read`, () => stack.collect(args), args.urn);
      },
      validateStack: (args, report) => {
        notes = [];
        attempt(report, "the network was not judged", () => {
          const resources = stack.take(args);
          const settings = settingsOf(args.getConfig());
          const waivers = waiversOn(today(), settings.waivers);
          notes = waivers.notes;
          const result = preflight(resources, { ...settings, waivers: waivers.inForce }, stackLocation(resources));
          notes = [...notes, ...result.notes];
          for (const { urn, message } of result.violations) report(message, urn);
        });
      },
    },
    {
      name: "network-reachability-notes",
      description: "What was said about the network that fails nothing.",
      enforcementLevel: "advisory",
      validateStack: (_, report) => {
        for (const note of notes) report(note);
      },
    },
  ];
}

function attempt(report: ReportViolation, what: string, task: () => void, urn?: string): void {
  try {
    task();
  } catch (error) {
    report(sentenceOf(error, what), urn);
  }
}

function sentenceOf(error: unknown, what: string): string {
  if (error instanceof SettingsError) {
    return `The config of the policy network-reachability does not fit: ${error.message}.`;
  }
  // A bug of ours: its stack is what helps. inspect() throws for nothing.
  return `Nothing is proved: ${what}. ${inspect(error)}`;
}
