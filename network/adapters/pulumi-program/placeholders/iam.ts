import type { Facts } from "./facts.ts";
import type { Placeholder, PlaceholderTable } from "./placeholder.ts";

/** IAM's nouns have names for ids, and paths (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html). */
const arnOf = (kind: string) => (resource: Facts) =>
  resource.globalArn("iam", `${kind}${resource.text("path", "/")}${resource.text("name", resource.autoname)}`);

const named = (kind: string): Placeholder => ({
  autoname: "name",
  id: (resource) => resource.text("name", resource.autoname),
  outputs: (resource) => ({ arn: arnOf(kind)(resource), uniqueId: `A${resource.digits(20).toUpperCase()}` }),
});

export const iam: PlaceholderTable = {
  "aws:iam/role:Role": named("role"),
  "aws:iam/instanceProfile:InstanceProfile": named("instance-profile"),
  "aws:iam/user:User": named("user"),
  "aws:iam/group:Group": named("group"),
  "aws:iam/policy:Policy": {
    autoname: "name",
    id: arnOf("policy"),
    outputs: (resource, id) => ({ arn: id, policyId: `A${resource.digits(20).toUpperCase()}` }),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    autoname: "name",
    id: (resource) => `${resource.text("role", "")}:${resource.text("name", resource.autoname)}`,
  },
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": {
    id: (resource) => {
      const service = resource.text("awsServiceName", "");
      return resource.globalArn("iam", `role/aws-service-role/${service}/AWSServiceRole-${resource.digits(7)}`);
    },
    outputs: (_resource, id) => ({ arn: id, name: id.split("/").at(-1) }),
  },
  "aws:kms/key:Key": {
    id: (resource) => uuid(resource),
    outputs: (resource, id) => ({ arn: resource.arn("kms", `key/${id}`), keyId: id }),
  },
  "aws:kms/alias:Alias": {
    autoname: "name",
    id: (resource) => resource.text("name", `alias/${resource.autoname}`),
    outputs: (resource, id) => ({ arn: resource.arn("kms", id), name: id }),
  },
};

function uuid(resource: Facts): string {
  return resource.digits(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
