import type { NetworkInterface } from "../../reachability/topology.ts";
import type { Fields } from "./fields.ts";

/** What AWS's services call their interfaces, which are of type "interface" too, and the TCP ports that they answer. */
const services: readonly (readonly [start: string, name: string, ports: readonly number[]])[] = [
  ["RDSNetworkInterface", "RDS", [1433, 1521, 3306, 5432, 27_017, 50_000]],
  ["EFS mount target for ", "EFS", [2049]],
  ["ElastiCache ", "ElastiCache", [6379, 11_211]],
  ["RedshiftNetworkInterface", "Redshift", [5439]],
  ["ES ", "OpenSearch Service", [80, 443]],
  ["Amazon EKS ", "EKS", [443]],
  ["Route 53 Resolver: ", "Route 53 Resolver", [53]],
  ["DMSNetworkInterface", "DMS", []],
  ["AWS Lambda VPC ENI", "Lambda", []],
];

/** The service whose interface it is. None for one that is attached to an instance: its description is anybody's. */
export function managedService(fields: Fields): NetworkInterface["service"] {
  if (fields.object("Attachment")?.has("InstanceId")) return undefined;
  const description = fields.optionalText("Description") ?? "";
  const isRds = fields.optionalText("RequesterId") === "amazon-rds";
  const found = services.find(([start, name]) => description.startsWith(start) || (isRds && name === "RDS"));
  return found && { name: found[1], ports: found[2] };
}
