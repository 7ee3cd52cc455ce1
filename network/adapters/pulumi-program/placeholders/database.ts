import { unknownValue } from "../../pulumi/resource.ts";
import type { Facts } from "./facts.ts";
import type { PlaceholderTable } from "./placeholder.ts";

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_CommonTasks.Connect.html */
const ports: Readonly<Record<string, number>> = {
  postgres: 5432,
  "aurora-postgresql": 5432,
  mysql: 3306,
  mariadb: 3306,
  "aurora-mysql": 3306,
  sqlserver: 1433,
  oracle: 1521,
};

/** `sqlserver-ex` has the port of `sqlserver`. */
function portOf(resource: Facts): number | string {
  if (resource.has("port")) return resource.inputs.port as number | string;
  const engine = resource.text("engine", unknownValue);
  return ports[engine] ?? ports[engine.split("-")[0] ?? ""] ?? unknownValue;
}

const hostOf = (resource: Facts, name: string, infix = "") =>
  `${name}.${infix}${resource.digits(12)}.${resource.region}.rds.${resource.dnsSuffix}`;

const identifierOf = (resource: Facts) => resource.text("identifier", resource.autoname);
const clusterIdentifierOf = (resource: Facts) => resource.text("clusterIdentifier", resource.autoname);

export const database: PlaceholderTable = {
  "aws:rds/instance:Instance": {
    autoname: "identifier",
    id: (resource) => `db-${resource.digits(26).toUpperCase()}`,
    outputs: (resource, id) => {
      const [address, port] = [hostOf(resource, identifierOf(resource)), portOf(resource)];
      return {
        resourceId: id,
        arn: resource.arn("rds", `db:${identifierOf(resource)}`),
        address,
        port,
        endpoint: `${address}:${port}`,
        ...masterSecret(resource),
      };
    },
  },
  "aws:rds/cluster:Cluster": {
    autoname: "clusterIdentifier",
    id: clusterIdentifierOf,
    outputs: (resource, id) => ({
      clusterResourceId: `cluster-${resource.digits(26).toUpperCase()}`,
      arn: resource.arn("rds", `cluster:${id}`),
      endpoint: hostOf(resource, id, "cluster-"),
      readerEndpoint: hostOf(resource, id, "cluster-ro-"),
      port: portOf(resource),
      ...masterSecret(resource),
    }),
  },
  "aws:rds/clusterInstance:ClusterInstance": {
    autoname: "identifier",
    id: identifierOf,
    outputs: (resource, id) => ({
      arn: resource.arn("rds", `db:${id}`),
      endpoint: hostOf(resource, id),
      port: portOf(resource),
    }),
  },
  "aws:rds/proxy:Proxy": {
    autoname: "name",
    id: (resource) => resource.text("name", resource.autoname),
    outputs: (resource, id) => ({
      arn: resource.arn("rds", `db-proxy:prx-0${resource.digits(16)}`),
      endpoint: hostOf(resource, id, "proxy-"),
    }),
  },
  "aws:rds/subnetGroup:SubnetGroup": {
    autoname: "name",
    id: (resource) => resource.text("name", resource.autoname),
    outputs: (resource, id) => ({ arn: resource.arn("rds", `subgrp:${id}`) }),
  },
  "aws:rds/parameterGroup:ParameterGroup": {
    autoname: "name",
    id: (resource) => resource.text("name", resource.autoname),
    outputs: (resource, id) => ({ arn: resource.arn("rds", `pg:${id}`) }),
  },
  "aws:secretsmanager/secret:Secret": {
    autoname: "name",
    id: (resource) => secretArn(resource, resource.text("name", resource.autoname)),
    outputs: (_resource, id) => ({ arn: id }),
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    id: (resource) => `${resource.text("secretId", unknownValue)}|${resource.digits(32)}`,
    outputs: (resource) => ({ arn: resource.text("secretId", unknownValue), versionId: resource.digits(32) }),
  },
  "aws:ssm/parameter:Parameter": {
    autoname: "name",
    id: (resource) => resource.text("name", resource.autoname),
    outputs: (resource, id) => ({ arn: resource.arn("ssm", `parameter/${id.replace(/^\//, "")}`) }),
  },
  "aws:dynamodb/table:Table": {
    autoname: "name",
    id: (resource) => resource.text("name", resource.autoname),
    outputs: (resource, id) => ({ arn: resource.arn("dynamodb", `table/${id}`) }),
  },
};

/** Six characters follow the name (https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html). */
const secretArn = (resource: Facts, name: string) =>
  resource.arn("secretsmanager", `secret:${name}-${resource.digits(6)}`);

/** With `manageMasterUserPassword` RDS keeps the password in a secret of its own. */
function masterSecret(resource: Facts): Record<string, unknown> {
  if (resource.inputs.manageMasterUserPassword !== true) return {};
  const secret = secretArn(resource, `rds!db-${resource.digits(12, "secret")}`);
  // Were its key unknown, then to the SDK the whole list would be, and what programs make of the secret's ARN with it.
  const key = resource.arn("kms", `key/${resource.digits(32, "key")}`);
  const kmsKeyId = resource.text("masterUserSecretKmsKeyId", key);
  return { masterUserSecrets: [{ kmsKeyId, secretArn: secret, secretStatus: "active" }] };
}
