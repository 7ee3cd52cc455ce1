import test from "ava";
import { canHaveEndpoint, hostsOf, isFor, serviceNameOf } from "../../../network/reachability/service-name.ts";

const here = { region: "eu-west-1" };

const names: readonly (readonly [name: string, region: string, serviceName: string, ...hosts: string[]])[] = [
  ["ecr.api", "eu-west-1", "com.amazonaws.eu-west-1.ecr.api", "api.ecr.eu-west-1.amazonaws.com"],
  ["ecr.dkr", "eu-west-1", "com.amazonaws.eu-west-1.ecr.dkr", "*.dkr.ecr.eu-west-1.amazonaws.com"],
  ["ecs", "eu-west-1", "com.amazonaws.eu-west-1.ecs", "ecs.eu-west-1.amazonaws.com"],
  ["ecs-agent", "eu-west-1", "com.amazonaws.eu-west-1.ecs-agent", "ecs-a.eu-west-1.amazonaws.com"],
  ["ecs-telemetry", "eu-west-1", "com.amazonaws.eu-west-1.ecs-telemetry", "ecs-t.eu-west-1.amazonaws.com"],
  ["logs", "cn-north-1", "com.amazonaws.cn-north-1.logs", "logs.cn-north-1.amazonaws.com.cn"],
  ["s3", "r", "com.amazonaws.r.s3", "s3.r.amazonaws.com", "*.s3.r.amazonaws.com"],
  ["s3", "", "com.amazonaws..s3", "s3.*.amazonaws.com", "*.s3.*.amazonaws.com"],
  ["com.amazonaws.us-east-1.ecr.api", "r", "com.amazonaws.us-east-1.ecr.api", "api.ecr.us-east-1.amazonaws.com"],
  ["api.ecr.us-east-1.amazonaws.com", "r", "com.amazonaws.us-east-1.ecr.api", "api.ecr.us-east-1.amazonaws.com"],
  ["1.dkr.ecr.us-east-1.amazonaws.com", "r", "com.amazonaws.us-east-1.ecr.dkr", "1.dkr.ecr.us-east-1.amazonaws.com"],
  [
    "ecs-a.us-gov-west-1.amazonaws.com",
    "r",
    "com.amazonaws.us-gov-west-1.ecs-agent",
    "ecs-a.us-gov-west-1.amazonaws.com",
  ],
  ["my.bucket.s3.us-east-1.amazonaws.com", "r", "com.amazonaws.us-east-1.s3", "my.bucket.s3.us-east-1.amazonaws.com"],
  ["logs.cn-north-1.amazonaws.com.cn", "r", "com.amazonaws.cn-north-1.logs", "logs.cn-north-1.amazonaws.com.cn"],
  ["Registry-1.docker.io", "r", "com.amazonaws.r.Registry-1.docker.io", "registry-1.docker.io"],
];

for (const [name, region, serviceName, ...hosts] of names) {
  test(`${name} in ${region || "a Region that nobody knows"} is ${serviceName}, asked for at ${hosts.join(" and ")}`, (t) => {
    t.is(serviceNameOf(name, { region }), serviceName);
    t.deepEqual([...hostsOf(name, { region })], hosts);
  });
}

for (const [serviceName, can] of [
  ["com.amazonaws.eu-west-1.logs", true],
  ["com.amazonaws.eu-west-1.ecr.dkr", true],
  ["com.amazonaws.us-east-1.logs", false],
  ["com.amazonaws.eu-west-1.docker.io", false],
  ["com.amazonaws.eu-west-1.the internet", false],
  ["com.amazonaws.eu-west-1.registry-1.docker.io", false],
] as const) {
  test(`an endpoint for ${serviceName} can${can ? "" : "not"} be made in eu-west-1`, (t) => {
    t.is(canHaveEndpoint(serviceName, here), can);
  });
}

for (const [wanted, serviceName, is] of [
  ["com.amazonaws.r.ecr.api", "com.amazonaws.r.ecr.api", true],
  ["com.amazonaws.r.ecr.api", "cn.com.amazonaws.r.ecr.api", true],
  ["com.amazonaws.r.ecr.api", "com.amazonaws.r.ecr.dkr", false],
  ["com.amazonaws.r.ecr.api", "com.amazonaws.q.ecr.api", false],
  ["com.amazonaws..ecr.api", "com.amazonaws.q.ecr.api", true],
  ["com.amazonaws..ecr.api", "com.amazonaws.q.ecr.dkr", false],
] as const) {
  test(`an endpoint for ${serviceName} is ${is ? "" : "not "}for ${wanted}`, (t) => {
    t.is(isFor(wanted)({ serviceName }), is);
  });
}
