import { readFileSync } from "node:fs";
import test from "ava";
import { readFlows } from "../../network/adapters/flows.ts";
import { readSnapshot } from "../../network/adapters/snapshot.ts";
import { analyze, TopologyIndex } from "../../network/reachability/index.ts";
import { labs } from "./labs.ts";

for (const [lab, probes] of labs) {
  test(`${lab}: all ${probes} probes come out as they did on AWS`, (t) => {
    const folder = new URL(`../fixtures/labs/${lab}/`, import.meta.url).pathname;
    const topology = readSnapshot(`${folder}aws_configs`);
    const index = new TopologyIndex(topology);
    const flows = readFlows(`${folder}probes.jsonl`, topology).filter(
      ({ question }) => question.outOfScope === undefined,
    );
    t.is(flows.length, probes);
    for (const { question, flow } of flows) {
      const { verdict, explanations } = analyze(index, flow);
      t.is(
        verdict,
        question.expect ?? "unknown",
        `${JSON.stringify(question)}: ${JSON.stringify(explanations.map(({ message }) => message))}`,
      );
    }
  });
}

test("the probes are those of the files", (t) => {
  for (const [lab] of labs) {
    const file = new URL(`../fixtures/labs/${lab}/probes.jsonl`, import.meta.url);
    t.true(readFileSync(file, "utf8").includes('"expect": "not-reachable"'));
  }
});
