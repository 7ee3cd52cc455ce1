import test from "ava";
import { logTargetOf } from "../../../batch/required-flows/log-target.ts";
import type { Known } from "../../../network/reachability/known.ts";
import { why } from "../jobs.ts";

/** Drivers with one option of theirs, and where they send to. */
const drivers: readonly (readonly [string | undefined, Record<string, Known<string>>, target: string])[] = [
  [undefined, {}, "awslogs /aws/batch/job"],
  ["awslogs", { "awslogs-group": "jobs" }, "awslogs jobs"],
  ["json-file", {}, "local"],
  ["journald", {}, "local"],
  ["syslog", {}, "local"],
  ["syslog", { "syslog-address": "udp://10.0.0.9" }, "udp 10.0.0.9:514"],
  ["syslog", { "syslog-address": "tcp+tls://logs.example.com:6514" }, "tcp logs.example.com:6514"],
  ["fluentd", {}, "local"],
  ["fluentd", { "fluentd-address": "unix:///run/fluent.sock" }, "local"],
  ["fluentd", { "fluentd-address": "fluent.example.com:24225" }, "tcp fluent.example.com:24225"],
  ["fluentd", { "fluentd-address": "fluent.example.com" }, "tcp fluent.example.com:24224"],
  ["gelf", { "gelf-address": "udp://gelf.example.com:12201" }, "udp gelf.example.com:12201"],
  ["gelf", {}, "where the log driver gelf sends to: its gelf-address is not set"],
  ["splunk", { "splunk-url": "https://splunk.example.com" }, "tcp splunk.example.com:443"],
  ["splunk", { "splunk-url": "what is this" }, "where the log driver splunk sends to: its splunk-url is what is this"],
  ["splunk", { "splunk-url": why }, "somebody sets it later"],
  ["logentries", {}, "tcp data.logentries.com:443"],
  ["awsfirelens", {}, "where the log driver awsfirelens sends to"],
];

for (const [driver, options, expected] of drivers) {
  test(`the log driver ${driver ?? "that is not set"} with ${JSON.stringify(options)} sends to: ${expected}`, (t) => {
    const target = logTargetOf(driver, options);
    if (!("type" in target)) return t.is(target.reason, expected);
    if (target.type === "local") return t.is(expected, "local");
    if (target.type === "awslogs") return t.is(`awslogs ${target.group}`, expected);
    return t.is(`${target.protocol} ${target.host}:${target.port}`, expected);
  });
}
