import { writeFileSync } from "node:fs";
import path from "node:path";
import { engineTests } from "./engine.ts";
import { programCopy } from "./program-copy.ts";

/** What goes wrong inside the policy pack, or in its config, fails the preview: the engine would let some of it pass. */

const test = await engineTests();
const faulty = ["--policy-pack", path.join(import.meta.dirname, "packs", "faulty")];
let program = "";

test("the pack of these tests passes as long as it has no fault", async (t, { pulumi, folder }) => {
  program = programCopy("tiny", folder);
  await pulumi.run(program, "stack", "init", "dev");
  const { code, text, policies } = await pulumi.run(program, "preview", ...faulty);
  t.is(code, 0, text);
  t.deepEqual(policies, []);
});

for (const [fault, pattern] of [
  ["in the collector", /Nothing is proved: the inputs of urn:.* can't be read\. Error: a fault in the collector/],
  ["while it judges", /Nothing is proved: the network was not judged\. Error: a fault while it judges/],
  ["about an unknown value", /Nothing is proved: .*vpcId can't be known during preview/],
] as const) {
  test(`a fault ${fault} fails the preview as a violation`, async (t, { pulumi }) => {
    const { code, text, policies } = await pulumi.run(program, { FAULT: fault }, "preview", ...faulty);
    t.not(code, 0, text);
    t.true(policies.length > 0);
    for (const { enforcementLevel, message } of policies) {
      t.is(enforcementLevel, "mandatory");
      t.regex(message, pattern);
    }
  });
}

for (const [fault, pattern] of [
  ["while it is loaded", /a fault while it is loaded/],
  ["that ends it", /EOF|Unavailable|connection|stream/i],
] as const) {
  test(`a fault ${fault} fails the preview`, async (t, { pulumi }) => {
    const { code, text } = await pulumi.run(program, { FAULT: fault }, "preview", ...faulty);
    t.not(code, 0, text);
    t.regex(text, pattern);
  });
}

for (const [what, config, pattern] of [
  [
    "a flow without a port",
    { flows: [{ destination: "sqs", protocol: "tcp" }] },
    /does not fit: flows\.0\.port is missing/,
  ],
  ["a setting that there is not", { waiver: [] }, /does not fit: waiver is no setting/],
  [
    "flows that are no list",
    { flows: 3 },
    /network-reachability: flows: Invalid type\. Expected: array, given: integer/,
  ],
] as const) {
  test(`config with ${what} fails the preview with a sentence`, async (t, { pulumi, folder }) => {
    const file = path.join(folder, "config.json");
    writeFileSync(file, JSON.stringify({ "network-reachability": config }));
    const { code, text } = await pulumi.run(program, "preview", ...faulty, "--policy-pack-config", file);
    t.not(code, 0);
    t.regex(text, pattern);
    t.notRegex(text, /^ +at /m);
  });
}

test("waivers are said in each preview, as advice", async (t, { pulumi, folder }) => {
  const file = path.join(folder, "config.json");
  const waivers = [{ destination: "s3", reason: "No image yet.", expires: "2026-11-22" }];
  writeFileSync(file, JSON.stringify({ "network-reachability": { waivers } }));
  const { code, policies } = await pulumi.run(program, "preview", ...faulty, "--policy-pack-config", file);
  t.is(code, 0);
  t.is(policies.length, 1);
  t.is(policies[0]?.enforcementLevel, "advisory");
  t.regex(policies[0]?.message ?? "", /The waiver of s3 expired on 2026-11-22 and counts no more\. .*No image yet\./);
});
