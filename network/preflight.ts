import { type Run, type SourcedFlow, type StackLocation, workloadOf } from "../batch/adapters/pulumi-workload.ts";
import type { RequiredFlow } from "../batch/required-flows.ts";
import { Names } from "./adapters/pulumi/names.ts";
import { Program } from "./adapters/pulumi/program.ts";
import type { ProgramResource } from "./adapters/pulumi/resource.ts";
import { topologyOf } from "./adapters/pulumi-resources.ts";
import { type AddedAnalysis, AddedFlows } from "./preflight/added-flow.ts";
import { atCulprit } from "./preflight/culprit.ts";
import { inDoubt, Judge, notReachable } from "./preflight/judge.ts";
import { declared, type JudgedFlow, named } from "./preflight/judged-flow.ts";
import { placeIn } from "./preflight/source.ts";
import { type Violation, violationsOf } from "./preflight/violation.ts";
import { isWaived, type PreflightSettings } from "./preflight-settings.ts";
import { TopologyIndex } from "./reachability/index.ts";
import { isKnown, Unknown } from "./reachability/known.ts";
import type { Topology } from "./reachability/topology.ts";

export type { JudgedFlow } from "./preflight/judged-flow.ts";
export type { Violation } from "./preflight/violation.ts";

/** What a program's jobs need to reach, and whether they do. */
export interface Proof {
  readonly program: Program;
  readonly topology: Topology;
  readonly names: Names;
  /** Whether there is a compute environment at all. */
  readonly hasBatch: boolean;
  readonly flows: readonly JudgedFlow[];
  /** Worth telling, and no fault of the network. */
  readonly notes: readonly string[];
}

export interface ProofOptions extends StackLocation {
  readonly settings?: PreflightSettings;
  /** What is known of what the program names and does not make. */
  readonly snapshot?: Topology | undefined;
}

export const noSettings: PreflightSettings = { services: [], images: [], flows: [], waivers: [] };

/** Judges each flow that the jobs of a program need, from each subnet that they may run in. */
export function prove(resources: readonly ProgramResource[], options: ProofOptions = {}): Proof {
  const { settings = noSettings, snapshot, region } = options;
  const program = new Program(resources);
  const names = new Names(program);
  const workload = workloadOf(program, {
    ...options,
    images: settings.images,
    assignPublicIp: settings.assignPublicIp,
  });
  const topology = topologyOf(program, {
    region: region ?? new Unknown("the Region of the program"),
    foreignSubnetIds: foreignSubnets(program, workload.runs),
    snapshot,
  });
  const index = new TopologyIndex(topology);
  const judge = new Judge(index, workload.hosts);
  const added = new AddedFlows(topology, index, settings);
  const flows = workload.runs.flatMap((run) => judgedFlows(run, index, judge, names, added));
  const [environment] = workload.computeEnvironments;
  if (environment)
    for (const lost of added.lost(new Set(flows.map(({ source }) => source))))
      flows.push({ computeEnvironment: environment.id, ...judgedAddition(lost, names) });
  return {
    program,
    topology,
    names,
    hasBatch: workload.computeEnvironments.length > 0,
    flows,
    notes: workload.notes.map(({ message }) => names.text(message)),
  };
}

/** What a policy says of a program: a violation for each blocker, and what is worth telling. */
export function preflight(
  resources: readonly ProgramResource[],
  settings: PreflightSettings,
  stack: StackLocation = {},
): { readonly violations: readonly Violation[]; readonly notes: readonly string[] } {
  const { flows, notes, program } = prove(resources, { ...stack, settings });
  const counted = flows.filter((flow) => !settings.waivers.some((waiver) => isWaived(waiver, flow)));
  return { violations: violationsOf(counted, (urn) => program.get(urn) !== undefined), notes };
}

function foreignSubnets(program: Program, runs: readonly Run[]): string[] {
  const ids = runs.flatMap(({ computeEnvironment: { subnetIds } }) => (isKnown(subnetIds) ? subnetIds : []));
  return [...new Set(ids)].filter((id) => program.get(id) === undefined);
}

function judgedFlows(run: Run, index: TopologyIndex, judge: Judge, names: Names, added: AddedFlows): JudgedFlow[] {
  const { computeEnvironment, jobDefinition, flows } = run;
  const { topology } = index;
  const { id, subnetIds, securityGroupIds, subnetsInDoubt, obstacle } = computeEnvironment;
  const environment = {
    computeEnvironment: id,
    ...(jobDefinition === undefined ? {} : { jobDefinition: jobDefinition.id }),
  };
  const placesOf = (publicly: SourcedFlow["hasPublicAddress"]) =>
    isKnown(subnetIds) && subnetIds.length > 0
      ? subnetIds.map((subnetId) => ({ id: subnetId, place: placeIn(topology, subnetId, securityGroupIds, publicly) }))
      : [{ id, place: isKnown(subnetIds) ? new Unknown(`the subnets of ${id}, which names none`) : subnetIds }];
  const required: readonly SourcedFlow[] = [...flows, ...added.services(flows)];
  const all = required.flatMap((flow) => {
    const places = placesOf(flow.hasPublicAddress);
    const nodes = places.flatMap(({ place }) => (isKnown(place) ? [place] : []));
    // What keeps an instance from its cluster keeps it from the services that it joins it by.
    if (obstacle !== undefined && flow.symptom.jobState === "RUNNABLE")
      return places.map(({ id: source }) => ({ flow, source, analysis: notReachable(obstacle) }));
    const judged = places.map(({ id: source, place }) => ({
      flow,
      source,
      analysis: atCulprit(index, judge.judge(flow, place, source, nodes), source, flow),
    }));
    // What fails from each subnet that it may have fails from those that it has.
    if (subnetsInDoubt === undefined || judged.every(({ analysis }) => analysis.verdict === "not-reachable"))
      return judged;
    return judged.map((one) => ({ ...one, analysis: inDoubt(one.analysis, one.source, subnetsInDoubt) }));
  });
  const [first] = flows;
  const own = added.flows(placesOf(first?.hasPublicAddress ?? "as-subnet"));
  return [
    ...all.map(({ flow, source, analysis }) => ({
      ...environment,
      ...judgedFlow(flow, source, destinationOf(flow), names, analysis),
    })),
    ...own.map(({ analysis, ...one }) => ({
      ...environment,
      ...judgedAddition(
        {
          ...one,
          analysis: subnetsInDoubt === undefined ? analysis : inDoubt(analysis, one.source, subnetsInDoubt),
        },
        names,
      ),
    })),
  ];
}

const judgedAddition = ({ flow, source, destination, analysis }: AddedAnalysis, names: Names) =>
  judgedFlow(flow, source, destination, names, analysis);

function judgedFlow(
  flow: Pick<RequiredFlow, "port" | "requests" | "symptom" | "page"> & { protocol: JudgedFlow["protocol"] },
  source: string,
  destination: string,
  names: Names,
  analysis: JudgedFlow["analysis"],
): Omit<JudgedFlow, "computeEnvironment" | "jobDefinition"> {
  const { protocol, port, requests, symptom, page } = flow;
  return {
    source,
    destination,
    protocol,
    ...(isKnown(port) && port !== undefined ? { port } : {}),
    ...(requests.length > 0 ? { requests } : {}),
    symptom,
    page,
    analysis: declared(names, analysis),
    shown: { source: names.text(source), destination: names.text(destination), analysis: named(names, analysis) },
  };
}

function destinationOf({ destination }: RequiredFlow): string {
  if (!isKnown(destination)) return "unknown";
  if ("service" in destination) return destination.service;
  if ("host" in destination) return destination.host;
  return "resource" in destination ? destination.resource : "nodes";
}
