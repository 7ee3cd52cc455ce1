import test from "ava";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import { Unknown } from "../../../network/reachability/known.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { faultOf, holds } from "./agree.ts";
import { corpusOf, type Network } from "./corpus.ts";
import { faultsOfFixes } from "./fixes.ts";
import { sitesOf } from "./holes.ts";
import { topologyOf } from "./topologies.ts";

/*
 * A few generated networks, the same ones every time, for each of the judges: a second for all, so that mutation tests can
 * try every mutant on them. CORPUS_SIZE: how many (100).
 */

const networks = corpusOf(Number(process.env.CORPUS_SIZE ?? 100));
const sizeOfPart = 2;

type Faults = (topology: Topology, network: Network) => string[];

function eachNetwork(title: string, faultsOf: Faults): void {
  for (let first = 0; first < networks.length; first += sizeOfPart) {
    test(`networks ${first + 1} and ${first + sizeOfPart}: ${title}`, (t) => {
      for (const network of networks.slice(first, first + sizeOfPart))
        t.deepEqual(faultsOf(topologyOf(network.plan), network), []);
    });
  }
}

/** What is wrong with what the core says of the flows of a network; `isFilled`: no value of it was made unknown. */
function disagreements(topology: Topology, { flows }: Network, isFilled: boolean): string[] {
  const index = new TopologyIndex(topology);
  return flows.flatMap(({ flow, cells }) => {
    const { outcomes } = analyze(index, flow);
    return cells.flatMap(({ judgement, sourcePort, natPort, destinationPort }) => {
      const source = flow.source.type === "subnet" ? flow.source.address.from : flow.source.address;
      const values = { source, destination: flow.address, sourcePort, natPort, destinationPort };
      const own = outcomes.filter((outcome) => holds(outcome, values));
      const fault = faultOf(own, isFilled ? judgement : { ...judgement, hasChoices: true });
      return fault === undefined ? [] : [`${fault} at ports ${sourcePort}, ${natPort}: ${judgement.why}`];
    });
  });
}

eachNetwork("the core agrees with the judge", (topology, network) => disagreements(topology, network, true));

eachNetwork("what is decided without some values holds with them", (topology, network) => {
  const sites = sitesOf(topology);
  return network.choices.flatMap((choice) => {
    const site = sites[choice % sites.length];
    return site ? disagreements(site.with(topology, new Unknown(`the ${site.name}`)), network, false) : [];
  });
});

eachNetwork("all fixes together help, and each is needed", (topology, { flows }) =>
  flows.flatMap(({ flow }) => faultsOfFixes(topology, flow, analyze(new TopologyIndex(topology), flow))),
);
