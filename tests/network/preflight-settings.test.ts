import test from "ava";
import { SettingsError, settingsOf } from "../../network/preflight-settings.ts";

const faults = test.macro({
  exec: (t, value: unknown, ...expected: string[]) => {
    t.deepEqual(t.throws(() => settingsOf(value), { instanceOf: SettingsError })?.faults, expected);
  },
  title: (what = "") => `${what} is a fault`,
});

const flow = { destination: "sqs", protocol: "tcp", port: 443 };
const waiver = { destination: "s3", reason: "On order.", expires: "2026-12-31" };

test("settings are taken as they are, with none where some are left out", (t) => {
  t.deepEqual(settingsOf({ flows: [flow, { destination: "10.0.0.1", protocol: "icmp" }], waivers: [waiver] }), {
    services: [],
    images: [],
    flows: [flow, { destination: "10.0.0.1", protocol: "icmp" }],
    waivers: [waiver],
  });
  t.deepEqual(settingsOf({ services: [" sqs "] }).services, ["sqs"]);
});

test("a list", faults, [], "all of it must be an object");
test("a word", faults, "sqs", "all of it must be an object");
test("a setting that there is not", faults, { waiver: [] }, "waiver is no setting");
test("services that are no list", faults, { services: "sqs" }, "services must be an array");
test("a service without a name", faults, { services: ["sqs", " "] }, "services.1 must not be empty");
test("a flow that is no object", faults, { flows: ["sqs"] }, "flows.0 must be an object");
test("a waiver that is a list", faults, { waivers: [[]] }, "waivers.0 must be an object");
test("a flow to nowhere", faults, { flows: [{ protocol: "tcp", port: 443 }] }, "flows.0.destination is missing");
test("a flow with a word too many", faults, { flows: [{ ...flow, prot: 1 }] }, "flows.0.prot is no setting");
test("a port that is too high", faults, { flows: [{ ...flow, port: 65_536 }] }, "flows.0.port must be at most 65535");
test("a port that is no number", faults, { flows: [{ ...flow, port: "443" }] }, "flows.0.port must be a number");
test("half a port", faults, { flows: [{ ...flow, port: 0.5 }] }, "flows.0.port must be a whole number");
test(
  "TCP without a port",
  faults,
  { flows: [{ destination: "sqs", protocol: "tcp" }] },
  "flows.0.port is missing; tcp and udp need one",
);
test("echo with a port", faults, { flows: [{ ...flow, protocol: "icmp" }] }, "flows.0.port must be left out with icmp");
test("another protocol", faults, { flows: [{ ...flow, protocol: "-1" }] }, "flows.0.protocol must be tcp, udp or icmp");
test(
  "a waiver without a reason",
  faults,
  { waivers: [{ ...waiver, reason: "" }] },
  "waivers.0.reason must not be empty",
);
test(
  "a waiver for ever",
  faults,
  { waivers: [waiver, { destination: "s3", reason: "On order." }] },
  "waivers.1.expires is missing",
);
test(
  "a day that there is not",
  faults,
  { waivers: [{ ...waiver, expires: "2026-02-30" }] },
  "waivers.0.expires must be a day as YYYY-MM-DD",
);
test(
  "a time",
  faults,
  { waivers: [{ ...waiver, expires: "2026-12-31T00:00" }] },
  "waivers.0.expires must be a day as YYYY-MM-DD",
);
test(
  "all that is wrong",
  faults,
  { services: [1], flows: [{ ...flow, port: -1 }], waivers: [{ ...waiver, expires: "soon" }] },
  "services.0 must be a string",
  "flows.0.port must be at least 0",
  "waivers.0.expires must be a day as YYYY-MM-DD",
);
