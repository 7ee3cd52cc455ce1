import process from "node:process";
import { PolicyPack } from "@pulumi/policy";
import * as proxies from "@pulumi/policy/proxy.js";
import { unknownValue } from "../../../../network/adapters/pulumi/resource.ts";
import { watchDependencies } from "../../../../policy/dependencies.ts";
import { networkReachability } from "../../../../policy/network-reachability.ts";
import { StackResources } from "../../../../policy/resources.ts";

const { FAULT } = process.env;
if (FAULT === "while it is loaded") throw new Error("a fault while it is loaded");

const stack = new StackResources(watchDependencies());

new PolicyPack("faulty", {
  policies: networkReachability(
    () => {
      if (FAULT === "while it judges") throw new Error("a fault while it judges");
      if (FAULT === "about an unknown value")
        Reflect.get(proxies, "unknownCheckingProxy")({ vpcId: unknownValue }).vpcId;
      if (FAULT === "that ends it") process.exit(0);
      return { violations: [], notes: [] };
    },
    () => "2026-11-23",
    {
      collect: (args) => {
        if (FAULT === "in the collector") throw new Error("a fault in the collector");
        stack.collect(args);
      },
      take: (args) => stack.take(args),
    },
  ),
});
