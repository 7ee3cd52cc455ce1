import test from "ava";
import { noSettings, preflight, prove } from "../../network/preflight.ts";
import { isWaived, type PreflightSettings } from "../../network/preflight-settings.ts";
import { modes, region } from "../batch/adapters/declared.ts";
import { Lab } from "../batch/adapters/lab.ts";

/** A VPC with no way out, and a job of an image in ECR. */
function lab(mode: (typeof modes)[number], resources: Readonly<Record<string, unknown>> = {}): Lab {
  const own = new Lab(mode);
  own.environment("main", resources);
  own.definition("worker", { containerProperties: JSON.stringify({ image: "busybox" }) });
  return own;
}

const settings = (more: Partial<PreflightSettings>): PreflightSettings => ({ ...noSettings, ...more });
const end = (urn: string) => urn.split("::").at(-1);

for (const mode of modes) {
  test(`${mode}: each flow is judged from each subnet, and what does not pass is a violation`, (t) => {
    const { resources } = lab(mode);
    const { flows, hasBatch } = prove(resources, { region });
    t.true(hasBatch);
    t.deepEqual([...new Set(flows.map(({ source }) => end(source)))], ["a", "b"]);
    t.true(flows.length > 0);
    t.true(flows.every(({ analysis }) => analysis.verdict !== "reachable"));
    const { violations } = preflight(resources, noSettings, { region });
    t.true(violations.length > 0);
    for (const { urn, message } of violations) {
      t.true(resources.some((one) => one.urn === urn));
      t.regex(message, /\nFix: /);
      t.notRegex(message, /urn:pulumi/);
    }
  });

  test(`${mode}: compute environments without subnets, and unmanaged ones, are proved by nobody`, (t) => {
    for (const own of [lab(mode, { subnets: [] }), lab(mode, { subnets: ["subnet-1"] }), new Lab(mode)]) {
      if (own.resources.every(({ type }) => !type.includes(":batch/")))
        own.add("aws:batch/computeEnvironment:ComputeEnvironment", "unmanaged", { type: "UNMANAGED" });
      const { flows } = prove(own.resources, { region });
      t.true(flows.length > 0);
      t.deepEqual([...new Set(flows.map(({ analysis }) => analysis.verdict))], ["unknown"]);
      t.true(preflight(own.resources, noSettings, { region }).violations.length > 0);
    }
  });

  test(`${mode}: services of one's own are asked for once, from each subnet`, (t) => {
    const { flows } = prove(lab(mode).resources, { region, settings: settings({ services: ["sqs", "logs"] }) });
    const to = (service: string) => flows.filter(({ destination }) => destination === service).length;
    t.is(to("sqs"), 2);
    t.is(to("logs"), 2);
  });

  test(`${mode}: an asked flow from a subnet of the jobs is judged, one from elsewhere is not known`, (t) => {
    const { resources } = lab(mode);
    const a = resources.find(({ name, type }) => name === "a" && type.endsWith(":Subnet"))?.urn ?? "";
    const asked = { destination: "10.0.1.9", protocol: "tcp", port: 5432 } as const;
    const flowsOf = (source?: string) =>
      prove(resources, {
        region,
        settings: settings({ flows: [{ ...asked, ...(source ? { source } : {}) }] }),
      }).flows.filter(({ destination }) => destination === asked.destination);
    t.deepEqual(
      flowsOf().map(({ source }) => end(source)),
      ["a", "b"],
    );
    t.deepEqual(
      flowsOf(a).map(({ source }) => end(source)),
      ["a"],
    );
    const [lost, ...others] = flowsOf("subnet-elsewhere");
    t.deepEqual(others, []);
    t.is(lost?.analysis.verdict, "unknown");
    t.regex(
      lost?.analysis.explanations[0]?.message ?? "",
      /no compute environment of the program is in subnet-elsewhere/,
    );
    const { violations } = preflight(resources, settings({ flows: [{ ...asked, source: "subnet-elsewhere" }] }), {
      region,
    });
    t.true(violations.some(({ message }) => message.includes("subnet-elsewhere")));
  });

  test(`${mode}: waived flows are no violations; others stay`, (t) => {
    const { resources } = lab(mode);
    const { flows } = prove(resources, { region });
    const destinations = [...new Set(flows.map(({ destination }) => destination))];
    const waive = (all: readonly string[]) =>
      settings({ waivers: all.map((destination) => ({ destination, reason: "x", expires: "2099-01-01" })) });
    t.deepEqual(preflight(resources, waive(destinations), { region }).violations, []);
    t.true(preflight(resources, waive(destinations.slice(1)), { region }).violations.length > 0);
  });
}

const flow = { source: "subnet-1", destination: "s3", port: 443 };
for (const [what, waiver, isFor] of [
  ["by its destination", {}, true],
  ["of another destination", { destination: "logs" }, false],
  ["of its source", { source: "subnet-1" }, true],
  ["of another source", { source: "subnet-2" }, false],
  ["of its port", { port: 443 }, true],
  ["of another port", { port: 80 }, false],
] as const) {
  test(`a waiver ${what} ${isFor ? "is" : "is not"} for a flow`, (t) => {
    t.is(isWaived({ destination: "s3", reason: "x", expires: "2099-01-01", ...waiver }, flow), isFor);
  });
}
