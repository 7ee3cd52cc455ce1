import test from "ava";
import { type PlacedHost, workloadOf } from "../../../batch/adapters/pulumi-workload.ts";
import { isKnown } from "../../../network/reachability/known.ts";
import { type Declared, json, modes, region } from "./declared.ts";
import { Lab } from "./lab.ts";

/** Where a host is that a job's environment names: `a b / group / port`. */
function placeOf(lab: Lab, host: Declared): string {
  lab.environment("jobs");
  const environment = [{ name: "HOST", value: host.out("arn") }];
  lab.definition("job", { containerProperties: json({ image: "postgres:17", environment }) });
  const [own] = [...workloadOf(lab.program, { region }).hosts.values()] as [PlacedHost | undefined];
  if (!own) return "none";
  const shown = (value: PlacedHost["subnetIds"]) =>
    isKnown(value) ? value.map((id) => id.replaceAll(/\S*::/g, "")).join(" ") : "?";
  const port = isKnown(own.port) ? own.port : "?";
  const publicly = own.isPublic === true ? " / public" : "";
  return `${own.name}: ${shown(own.subnetIds)} / ${shown(own.securityGroupIds)} / ${port}${publicly}`;
}

const inSubnets = (lab: Lab) => lab.subnets.map((one) => one.out());
const group = (lab: Lab) => [lab.group("own").out()];

/** Hosts with their defaults where they say nothing else. */
const hosts: readonly (readonly [what: string, declare: (lab: Lab) => Declared, place: string])[] = [
  ["PostgreSQL", (lab) => lab.postgres(), "database: a b / db-group / 5432"],
  ["MySQL", (lab) => lab.postgres("db", { engine: "mysql" }), "database: a b / db-group / 3306"],
  ["MariaDB", (lab) => lab.postgres("db", { engine: "mariadb" }), "database: a b / db-group / 3306"],
  ["SQL Server", (lab) => lab.postgres("db", { engine: "sqlserver-ex" }), "database: a b / db-group / 1433"],
  ["Oracle", (lab) => lab.postgres("db", { engine: "oracle-se2" }), "database: a b / db-group / 1521"],
  ["an engine of its own", (lab) => lab.postgres("db", { engine: "custom-x" }), "database: a b / db-group / ?"],
  ["a port of its own", (lab) => lab.postgres("db", { port: 6000 }), "database: a b / db-group / 6000"],
  [
    "a public address",
    (lab) => lab.postgres("db", { publiclyAccessible: true }),
    "database: a b / db-group / 5432 / public",
  ],
  [
    "no group",
    (lab) => lab.postgres("db", { vpcSecurityGroupIds: undefined }),
    "database: a b / lab#default-security-group / 5432",
  ],
  [
    "no subnet group, in the default VPC",
    (lab) => lab.postgres("db", { dbSubnetGroupName: undefined }),
    "database: ? / ? / 5432",
  ],
  [
    "a subnet group that the program does not make",
    (lab) => lab.postgres("db", { dbSubnetGroupName: "theirs" }),
    "database: ? / db-group / 5432",
  ],
  [
    "a proxy",
    (lab) =>
      lab.add("aws:rds/proxy:Proxy", "proxy", {
        engineFamily: "POSTGRESQL",
        vpcSubnetIds: inSubnets(lab),
        vpcSecurityGroupIds: group(lab),
      }),
    "database proxy: a b / own / 5432",
  ],
  [
    "a cache of Redis",
    (lab) => {
      const groupName = lab.subnetGroup("aws:elasticache/subnetGroup:SubnetGroup").out("name");
      const inputs = { subnetGroupName: groupName, securityGroupIds: group(lab) };
      return lab.add("aws:elasticache/replicationGroup:ReplicationGroup", "cache", inputs);
    },
    "cache: a b / own / 6379",
  ],
  [
    "a data warehouse",
    (lab) => {
      const groupName = lab.subnetGroup("aws:redshift/subnetGroup:SubnetGroup").out("name");
      const inputs = { clusterSubnetGroupName: groupName, vpcSecurityGroupIds: group(lab) };
      return lab.add("aws:redshift/cluster:Cluster", "warehouse", inputs);
    },
    "data warehouse: a b / own / 5439",
  ],
  [
    "a search domain in the VPC",
    (lab) => {
      const vpcOptions = { subnetIds: inSubnets(lab), securityGroupIds: group(lab) };
      return lab.add("aws:opensearch/domain:Domain", "search", { vpcOptions });
    },
    "search domain: a b / own / 443",
  ],
  [
    "a search domain on the internet",
    (lab) => lab.add("aws:opensearch/domain:Domain", "search", {}),
    "search domain:  /  / 443 / public",
  ],
  [
    "a Kafka cluster that asks for IAM",
    (lab) =>
      lab.add("aws:msk/cluster:Cluster", "kafka", {
        brokerNodeGroupInfo: { clientSubnets: inSubnets(lab), securityGroups: group(lab) },
        clientAuthentication: { sasl: { iam: true } },
      }),
    "Kafka cluster: a b / own / 9098",
  ],
  [
    "a Kafka cluster in the clear",
    (lab) =>
      lab.add("aws:msk/cluster:Cluster", "kafka", {
        brokerNodeGroupInfo: { clientSubnets: inSubnets(lab), securityGroups: group(lab) },
        encryptionInfo: { encryptionInTransit: { clientBroker: "PLAINTEXT" } },
      }),
    "Kafka cluster: a b / own / 9092",
  ],
  [
    "a file system without mount targets",
    (lab) => lab.add("aws:efs/fileSystem:FileSystem", "files"),
    "file system: ? / ? / 2049",
  ],
  [
    "a file system by its access point",
    (lab) => {
      const files = lab.add("aws:efs/fileSystem:FileSystem", "files");
      const inputs = { fileSystemId: files.out(), subnetId: lab.subnets[0]?.out() };
      lab.add("aws:efs/mountTarget:MountTarget", "one", { ...inputs, securityGroups: group(lab) });
      return lab.add("aws:efs/accessPoint:AccessPoint", "point", { fileSystemId: files.out() });
    },
    "file system: a / own / 2049",
  ],
];

for (const mode of modes) {
  for (const [what, declare, place] of hosts) {
    test(`${mode}: a job's host with ${what} is there`, (t) => {
      const lab = new Lab(mode);
      t.is(placeOf(lab, declare(lab)), place);
    });
  }
}

test("a file system that the program does not make is not known", (t) => {
  const lab = new Lab("up");
  lab.environment("jobs");
  const volumes = [{ name: "files", efsVolumeConfiguration: { fileSystemId: "fs-1" } }];
  lab.definition("job", { containerProperties: json({ image: "postgres:17", volumes }) });
  const { hosts: own, runs } = workloadOf(lab.program, { region });
  t.false(isKnown(own.get("fs-1")?.subnetIds));
  t.deepEqual(runs[0]?.flows[1]?.destination, { resource: "fs-1" });
});
