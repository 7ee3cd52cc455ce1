import type { Facts } from "./facts.ts";
import type { PlaceholderTable } from "./placeholder.ts";

/** `NAME.INFIX0123456789ab.REGION.SERVICE.amazonaws.com`: a host of no cluster that there is. */
const hostOf = (resource: Facts, name: string, service: string, infix = "") =>
  `${name}.${infix}${resource.digits(12)}.${resource.region}.${service}.${resource.dnsSuffix}`;

const named = (key: string) => (resource: Facts) => resource.text(key, resource.autoname).toLowerCase();
const portOf = (resource: Facts, otherwise: number) => Number(resource.text("port", String(otherwise)));

/** Clusters like those of RDS, which have an endpoint for writers and one for readers. */
const cluster = (service: string, port: number): PlaceholderTable[string] => ({
  autoname: "clusterIdentifier",
  id: named("clusterIdentifier"),
  outputs: (resource, id) => ({
    arn: resource.arn("rds", `cluster:${id}`),
    endpoint: hostOf(resource, id, service, "cluster-"),
    readerEndpoint: hostOf(resource, id, service, "cluster-ro-"),
    port: portOf(resource, port),
  }),
});

const clusterInstance = (service: string): PlaceholderTable[string] => ({
  autoname: "identifier",
  id: named("identifier"),
  outputs: (resource, id) => ({
    arn: resource.arn("rds", `db:${id}`),
    address: hostOf(resource, id, service),
    endpoint: hostOf(resource, id, service),
  }),
});

const searchDomain: PlaceholderTable[string] = {
  autoname: "domainName",
  id: (resource) => resource.arn("es", `domain/${named("domainName")(resource)}`),
  outputs: (resource, id) => ({
    arn: id,
    domainId: `${resource.account}/${named("domainName")(resource)}`,
    endpoint: `vpc-${named("domainName")(resource)}-${resource.digits(26)}.${resource.region}.es.${resource.dnsSuffix}`,
  }),
};

const fileSystem: PlaceholderTable[string] = {
  id: (resource) => `fs-0${resource.digits(16)}`,
  outputs: (resource, id) => ({
    arn: resource.arn("fsx", `file-system/${id}`),
    dnsName: `${id}.fsx.${resource.region}.${resource.dnsSuffix}`,
    mountName: resource.digits(8),
  }),
};

const memcached = 11_211;

/** Caches, warehouses, search domains, message brokers: what jobs ask besides RDS; and records, by which they may know them. */
export const dataStores: PlaceholderTable = {
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    autoname: "replicationGroupId",
    id: named("replicationGroupId"),
    outputs: (resource, id) => ({
      arn: resource.arn("elasticache", `replicationgroup:${id}`),
      primaryEndpointAddress: hostOf(resource, `master.${id}`, "cache"),
      readerEndpointAddress: hostOf(resource, `replica.${id}`, "cache"),
      configurationEndpointAddress: hostOf(resource, `clustercfg.${id}`, "cache"),
      port: portOf(resource, 6379),
    }),
  },
  "aws:elasticache/cluster:Cluster": {
    autoname: "clusterId",
    id: named("clusterId"),
    outputs: (resource, id) => {
      const port = portOf(resource, resource.text("engine", "").includes("memcached") ? memcached : 6379);
      const address = hostOf(resource, id, "cache");
      return {
        arn: resource.arn("elasticache", `cluster:${id}`),
        clusterAddress: address,
        configurationEndpoint: `${address}:${port}`,
        cacheNodes: [{ id: "0001", address: hostOf(resource, id, "cache", "0001-"), port }],
        port,
      };
    },
  },
  "aws:elasticache/serverlessCache:ServerlessCache": {
    autoname: "name",
    id: named("name"),
    outputs: (resource, id) => {
      const address = hostOf(resource, id, "cache", "serverless-");
      return {
        arn: resource.arn("elasticache", `serverlesscache:${id}`),
        endpoints: [{ address, port: 6379 }],
        readerEndpoints: [{ address, port: 6380 }],
      };
    },
  },
  "aws:memorydb/cluster:Cluster": {
    autoname: "name",
    id: named("name"),
    outputs: (resource, id) => ({
      arn: resource.arn("memorydb", `cluster/${id}`),
      clusterEndpoints: [{ address: hostOf(resource, `clustercfg.${id}`, "memorydb"), port: portOf(resource, 6379) }],
      port: portOf(resource, 6379),
    }),
  },
  "aws:docdb/cluster:Cluster": cluster("docdb", 27_017),
  "aws:docdb/clusterInstance:ClusterInstance": clusterInstance("docdb"),
  "aws:neptune/cluster:Cluster": cluster("neptune", 8182),
  "aws:neptune/clusterInstance:ClusterInstance": clusterInstance("neptune"),
  "aws:redshift/cluster:Cluster": {
    id: named("clusterIdentifier"),
    outputs: (resource, id) => {
      const dnsName = hostOf(resource, id, "redshift");
      const port = portOf(resource, 5439);
      return { arn: resource.arn("redshift", `cluster:${id}`), dnsName, endpoint: `${dnsName}:${port}`, port };
    },
  },
  "aws:redshiftserverless/workgroup:Workgroup": {
    id: named("workgroupName"),
    outputs: (resource, id) => {
      const host = `${id}.${resource.account}.${resource.region}.redshift-serverless.${resource.dnsSuffix}`;
      const port = portOf(resource, 5439);
      return {
        arn: resource.arn("redshift-serverless", `workgroup/${id}`),
        endpoints: [{ address: host, port }],
        port,
      };
    },
  },
  "aws:opensearch/domain:Domain": searchDomain,
  "aws:elasticsearch/domain:Domain": searchDomain,
  "aws:msk/cluster:Cluster": {
    autoname: "clusterName",
    id: (resource) => resource.arn("kafka", `cluster/${named("clusterName")(resource)}/${resource.digits(32)}`),
    outputs: (resource, id) => {
      const brokers = (port: number) =>
        [1, 2].map((at) => `b-${at}.${hostOf(resource, named("clusterName")(resource), "kafka")}:${port}`).join(",");
      return {
        arn: id,
        bootstrapBrokers: brokers(9092),
        bootstrapBrokersTls: brokers(9094),
        bootstrapBrokersSaslScram: brokers(9096),
        bootstrapBrokersSaslIam: brokers(9098),
      };
    },
  },
  "aws:route53/record:Record": {
    id: (resource) => [resource.text("zoneId", ""), resource.text("name", ""), resource.text("type", "")].join("_"),
    // One that is said without its zone gets the zone's name, which a zone that is only looked up does not tell.
    outputs: (resource) => ({
      fqdn: `${resource.text("name", resource.name)}${resource.text("name", "").includes(".") ? "" : `.${resource.digits(8)}.internal`}`,
    }),
  },
  "aws:fsx/lustreFileSystem:LustreFileSystem": fileSystem,
  "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": fileSystem,
  "aws:fsx/windowsFileSystem:WindowsFileSystem": fileSystem,
};
