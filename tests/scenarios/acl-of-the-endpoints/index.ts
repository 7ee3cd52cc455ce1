import * as aws from "@pulumi/aws";
import { type EndpointsOnlyParts, endpointsOnly } from "../base/endpoints-only.ts";

const services = ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs", "secretsmanager"];
const inDatabaseSubnets = ({ databaseA, databaseB }: EndpointsOnlyParts) => ({
  subnetIds: [databaseA.id, databaseB.id],
});
const { vpc, databaseA, databaseB } = endpointsOnly(
  Object.fromEntries(services.map((service) => [service, inDatabaseSubnets])),
);
new aws.ec2.NetworkAcl("database", {
  vpcId: vpc.id,
  subnetIds: [databaseA.id, databaseB.id],
  ingress: [{ ruleNo: 100, action: "allow", protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlock: "10.0.0.0/16" }],
  egress: [{ ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0, cidrBlock: "0.0.0.0/0" }],
});
