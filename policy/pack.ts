import { PolicyPack } from "@pulumi/policy";
import { preflight } from "../network/preflight.ts";
import { watchDependencies } from "./dependencies.ts";
import { networkReachability } from "./network-reachability.ts";
import { StackResources } from "./resources.ts";

const today = () => new Date().toISOString().slice(0, 10);

new PolicyPack("batch-preflight", {
  policies: networkReachability(preflight, today, new StackResources(watchDependencies())),
});
