import type { SourcedFlow } from "../../batch/adapters/pulumi-workload.ts";
import { Places } from "../adapters/flows/places.ts";
import type { AddedFlow, PreflightSettings } from "../preflight-settings.ts";
import type { Place, Service, SubnetPlace } from "../reachability/flow.ts";
import { type Analysis, analyze, type TopologyIndex } from "../reachability/index.ts";
import { isKnown, type Known, Unknown } from "../reachability/known.ts";
import type { Topology } from "../reachability/topology.ts";
import { unknownAnalysis } from "./judge.ts";
import { familyOf } from "./source.ts";

type AskedFlow = Pick<SourcedFlow, "port" | "requests" | "symptom" | "page"> & { protocol: AddedFlow["protocol"] };

export interface AddedAnalysis {
  readonly flow: AskedFlow;
  readonly source: string;
  readonly destination: string;
  readonly analysis: Analysis;
}

const page = "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html";

/** What a person asks for beyond what the program says. */
export class AddedFlows {
  readonly #topology: Topology;
  readonly #index: TopologyIndex;
  readonly #settings: PreflightSettings;
  readonly #places: Places;

  constructor(topology: Topology, index: TopologyIndex, settings: PreflightSettings) {
    this.#topology = topology;
    this.#index = index;
    this.#settings = settings;
    this.#places = new Places(topology);
  }

  /** Services that a job's own code calls; `others`: what is asked for anyway. */
  services(others: readonly SourcedFlow[]): readonly SourcedFlow[] {
    const [first] = others;
    if (!first) return [];
    const isAsked = (service: string) =>
      others.some(
        ({ destination }) => isKnown(destination) && "service" in destination && destination.service === service,
      );
    return this.#settings.services
      .filter((service) => !isAsked(service))
      .map((service) => ({
        destination: { service },
        protocol: "tcp",
        port: 443,
        requests: [],
        by: "job",
        symptom: symptomOf(service),
        page,
        hasPublicAddress: first.hasPublicAddress,
        publicAddressBy: first.publicAddressBy,
      }));
  }

  /** From each place, or from those that the flow names. */
  flows(places: readonly { readonly id: string; readonly place: Known<SubnetPlace> }[]): readonly AddedAnalysis[] {
    return this.#settings.flows.flatMap((asked) =>
      places
        .filter(({ id }) => asked.source === undefined || asked.source === id)
        .map(({ id, place }) => addition(asked, id, this.#judge(asked, id, place))),
    );
  }

  /** Those from what no compute environment is in: nobody judges them. */
  lost(sources: ReadonlySet<string>): readonly AddedAnalysis[] {
    return this.#settings.flows.flatMap((asked) => {
      const { source } = asked;
      if (source === undefined || sources.has(source)) return [];
      const why = `no compute environment of the program is in ${source}, from which a flow is asked for`;
      return [addition(asked, source, unknownAnalysis({ type: "subnet", id: source }, why))];
    });
  }

  #judge(asked: AddedFlow, sourceId: string, source: Known<SubnetPlace>): Analysis {
    const at = { type: "subnet", id: sourceId };
    if (!isKnown(source)) return unknownAnalysis(at, source.reason);
    const family = familyOf(source);
    const destination = this.#destination(asked.destination, source);
    if (!isKnown(destination)) return unknownAnalysis(at, destination.reason);
    return analyze(this.#index, {
      source,
      destination,
      family,
      protocol: asked.protocol,
      ports: asked.port === undefined ? undefined : { from: asked.port, to: asked.port },
    });
  }

  #destination(text: string, source: SubnetPlace): Known<Place | Service> {
    const { vpcEndpoints } = this.#topology;
    if (isKnown(vpcEndpoints) && vpcEndpoints.has(text)) return { type: "endpoint", id: text };
    try {
      return this.#places.destination(text, source).at(familyOf(source)).place;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return new Unknown(`what ${text} is: ${error.message}`);
    }
  }
}

const addition = (asked: AddedFlow, source: string, analysis: Analysis): AddedAnalysis => ({
  flow: {
    protocol: asked.protocol,
    port: asked.port,
    requests: [],
    symptom: symptomOf(asked.destination),
    page,
  },
  source,
  destination: asked.destination,
  analysis,
});

const symptomOf = (what: string) => ({
  jobState: "RUNNING" as const,
  message: `The job runs until its call of ${what} times out, and fails with an error of its own.`,
});
