/** How a resource with an address in a VPC says where it is and on which port it is asked. */
export interface HostType {
  /** What it is called in a sentence. */
  readonly name: string;
  /** The inputs with its subnets, or the name of a group of them and the type of that. */
  readonly subnets: string | readonly [groupName: string, groupType: string];
  readonly securityGroups: string;
  /** The block that has the two, where they are in one. */
  readonly within?: string;
  /** By engine, where it has several; the first whose key is in the engine's name. */
  readonly ports: number | Readonly<Record<string, number>>;
  /** The input with the engine. */
  readonly engine?: string;
  /** Without subnets it has an address on the internet, not one in the default VPC. */
  readonly isPublicWithout?: true;
}

const engines = {
  postgres: 5432,
  mysql: 3306,
  mariadb: 3306,
  sqlserver: 1433,
  oracle: 1521,
  db2: 50_000,
} as const;

const rds = {
  name: "database",
  subnets: ["dbSubnetGroupName", "aws:rds/subnetGroup:SubnetGroup"],
  securityGroups: "vpcSecurityGroupIds",
  ports: engines,
  engine: "engine",
} as const;

const cache = {
  name: "cache",
  subnets: ["subnetGroupName", "aws:elasticache/subnetGroup:SubnetGroup"],
  securityGroups: "securityGroupIds",
  ports: { memcached: 11_211, redis: 6379, valkey: 6379 },
  engine: "engine",
} as const;

/** Default ports: the guides of each service. */
export const hostTypes: Readonly<Record<string, HostType>> = {
  "aws:rds/instance:Instance": rds,
  "aws:rds/cluster:Cluster": rds,
  "aws:rds/proxy:Proxy": {
    name: "database proxy",
    subnets: "vpcSubnetIds",
    securityGroups: "vpcSecurityGroupIds",
    ports: engines,
    engine: "engineFamily",
  },
  "aws:docdb/cluster:Cluster": {
    name: "database",
    subnets: ["dbSubnetGroupName", "aws:docdb/subnetGroup:SubnetGroup"],
    securityGroups: "vpcSecurityGroupIds",
    ports: 27_017,
  },
  "aws:neptune/cluster:Cluster": {
    name: "database",
    subnets: ["neptuneSubnetGroupName", "aws:neptune/subnetGroup:SubnetGroup"],
    securityGroups: "vpcSecurityGroupIds",
    ports: 8182,
  },
  "aws:redshift/cluster:Cluster": {
    name: "data warehouse",
    subnets: ["clusterSubnetGroupName", "aws:redshift/subnetGroup:SubnetGroup"],
    securityGroups: "vpcSecurityGroupIds",
    ports: 5439,
  },
  "aws:redshiftserverless/workgroup:Workgroup": {
    name: "data warehouse",
    subnets: "subnetIds",
    securityGroups: "securityGroupIds",
    ports: 5439,
  },
  "aws:elasticache/cluster:Cluster": cache,
  "aws:elasticache/replicationGroup:ReplicationGroup": { ...cache, ports: 6379 },
  "aws:elasticache/serverlessCache:ServerlessCache": { ...cache, subnets: "subnetIds" },
  "aws:memorydb/cluster:Cluster": {
    ...cache,
    subnets: ["subnetGroupName", "aws:memorydb/subnetGroup:SubnetGroup"],
    ports: 6379,
  },
  "aws:dax/cluster:Cluster": {
    ...cache,
    subnets: ["subnetGroupName", "aws:dax/subnetGroup:SubnetGroup"],
    ports: { TLS: 9111, NONE: 8111 },
    engine: "clusterEndpointEncryptionType",
  },
  "aws:opensearch/domain:Domain": {
    name: "search domain",
    subnets: "subnetIds",
    securityGroups: "securityGroupIds",
    within: "vpcOptions",
    ports: 443,
    isPublicWithout: true,
  },
  "aws:elasticsearch/domain:Domain": {
    name: "search domain",
    subnets: "subnetIds",
    securityGroups: "securityGroupIds",
    within: "vpcOptions",
    ports: 443,
    isPublicWithout: true,
  },
  "aws:msk/cluster:Cluster": {
    name: "Kafka cluster",
    subnets: "clientSubnets",
    securityGroups: "securityGroups",
    within: "brokerNodeGroupInfo",
    ports: 9094,
  },
  "aws:mq/broker:Broker": {
    name: "message broker",
    subnets: "subnetIds",
    securityGroups: "securityGroups",
    ports: { ActiveMQ: 61_617, RabbitMQ: 5671 },
    engine: "engineType",
  },
  "aws:fsx/lustreFileSystem:LustreFileSystem": {
    name: "file system",
    subnets: "subnetIds",
    securityGroups: "securityGroupIds",
    ports: 988,
  },
  "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": {
    name: "file system",
    subnets: "subnetIds",
    securityGroups: "securityGroupIds",
    ports: 2049,
  },
  "aws:fsx/ontapFileSystem:OntapFileSystem": {
    name: "file system",
    subnets: "subnetIds",
    securityGroups: "securityGroupIds",
    ports: 2049,
  },
  "aws:fsx/windowsFileSystem:WindowsFileSystem": {
    name: "file system",
    subnets: "subnetIds",
    securityGroups: "securityGroupIds",
    ports: 445,
  },
};

/** What stands for another resource: the input that names it. */
export const partsOfHosts: Readonly<Record<string, string>> = {
  "aws:rds/clusterInstance:ClusterInstance": "clusterIdentifier",
  "aws:rds/clusterEndpoint:ClusterEndpoint": "clusterIdentifier",
  "aws:rds/proxyEndpoint:ProxyEndpoint": "dbProxyName",
  "aws:docdb/clusterInstance:ClusterInstance": "clusterIdentifier",
  "aws:neptune/clusterInstance:ClusterInstance": "clusterIdentifier",
  "aws:efs/accessPoint:AccessPoint": "fileSystemId",
  "aws:efs/mountTarget:MountTarget": "fileSystemId",
  "aws:opensearch/domainPolicy:DomainPolicy": "domainName",
  // Another name of a host: a CNAME record.
  "aws:route53/record:Record": "records",
};

export const fileSystemTypes = ["aws:efs/fileSystem:FileSystem"] as const;
