import type { Properties } from "../../pulumi/resource.ts";
import { holdsUnknown } from "../child/wire-value.ts";
import { batch } from "./batch.ts";
import { containers } from "./containers.ts";
import { dataStores } from "./data-stores.ts";
import { database } from "./database.ts";
import { ec2 } from "./ec2.ts";
import type { Facts } from "./facts.ts";
import { iam } from "./iam.ts";
import { loadBalancing } from "./load-balancing.ts";
import type { Placeholder, PlaceholderTable } from "./placeholder.ts";
import { storage } from "./storage.ts";

const tables: PlaceholderTable = {
  ...ec2,
  ...batch,
  ...containers,
  ...database,
  ...dataStores,
  ...iam,
  ...loadBalancing,
  ...storage,
};

/** The name that a resource gets in AWS where the program gives none; known before the resource is made. */
export function autonamed(facts: Facts): Record<string, string> {
  const { autoname } = rowOf(facts.type);
  if (autoname === undefined || facts.has(autoname)) return {};
  const prefix = `${autoname}Prefix`;
  const isPrefixed = facts.has(prefix);
  // The provider completes a prefix only when it makes the resource.
  const name = isPrefixed ? `${facts.text(prefix, "")}${facts.digits(26)}` : facts.autoname;
  return withoutUnknowns({ [autoname]: isLowerCase.has(facts.type) ? name.toLowerCase() : name });
}

/** Names that AWS takes in lower case only. */
const isLowerCase: ReadonlySet<string> = new Set([
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "aws:rds/instance:Instance",
  "aws:rds/cluster:Cluster",
  "aws:rds/subnetGroup:SubnetGroup",
  "aws:ecr/repository:Repository",
]);

/** What AWS would choose when the resource is made: its id, its name, and outputs that others commonly take. */
export function placeholders(facts: Facts): { readonly id: string; readonly outputs: Properties } {
  const row = rowOf(facts.type);
  const names = autonamed(facts);
  const named = facts.with(names);
  const fallback = `${facts.name}-${facts.digits(16)}`;
  const made = row.id?.(named) ?? fallback;
  const id = holdsUnknown(made) ? fallback : made;
  const outputs = withoutUnknowns({ ...regional(named), ...(row.outputs?.(named, id) ?? {}) });
  // What the program says is what it is.
  const computed = Object.entries(outputs).filter(([key]) => !facts.has(key));
  return { id, outputs: { ...names, ...Object.fromEntries(computed) } };
}

function rowOf(type: string): Placeholder {
  return Object.hasOwn(tables, type) ? tables[type]! : {};
}

/** Each resource of AWS says its Region; one that has none is made through an endpoint of a Region all the same. */
function regional({ type, region }: Facts): Record<string, string> {
  return type.startsWith("aws:") ? { region } : {};
}

function withoutUnknowns<Value>(outputs: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => !holdsUnknown(value)));
}
