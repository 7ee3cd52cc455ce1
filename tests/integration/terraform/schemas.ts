import type { Attribute, AttributeType, Block, ResourceSchemas } from "./schema.ts";

const may = (type: AttributeType = "string"): Attribute => ({ type, optional: true });
const must = (type: AttributeType = "string"): Attribute => ({ type, required: true });
const mayOrSays = (type: AttributeType = "string"): Attribute => ({ type, optional: true, computed: true });
const says = (type: AttributeType = "string"): Attribute => ({ type, computed: true });
const list = (block: Block, max_items?: number) => ({
  nesting_mode: "list" as const,
  block,
  ...(max_items !== undefined && { max_items }),
});

/** A few of the provider's types (5.100.0), shortened: for tests of the translation where there is no Terraform. */
export const someSchemas: ResourceSchemas = Object.fromEntries(
  Object.entries({
    aws_vpc: { attributes: { id: mayOrSays(), arn: says(), cidr_block: mayOrSays(), tags: may(["map", "string"]) } },
    aws_vpc_security_group_egress_rule: { attributes: { ip_protocol: must(), security_group_id: must() } },
    aws_security_group: {
      attributes: {
        id: mayOrSays(),
        name: mayOrSays(),
        name_prefix: mayOrSays(),
        vpc_id: mayOrSays(),
        ingress: mayOrSays([
          "set",
          ["object", { cidr_blocks: ["list", "string"], from_port: "number", to_port: "number", protocol: "string" }],
        ]),
      },
    },
    aws_route_table: {
      attributes: { id: mayOrSays(), vpc_id: must(), route: mayOrSays(["set", ["object", { cidr_block: "string" }]]) },
    },
    aws_db_instance: {
      attributes: {
        id: mayOrSays(),
        identifier: mayOrSays(),
        identifier_prefix: mayOrSays(),
        address: says(),
        instance_class: must(),
        master_user_secret: says(["list", ["object", { secret_arn: "string" }]]),
        vpc_security_group_ids: mayOrSays(["set", "string"]),
      },
    },
    aws_ecr_repository: { attributes: { id: says(), name: must(), repository_url: says(), force_delete: may("bool") } },
    aws_iam_role: { attributes: { id: mayOrSays(), arn: says(), name: mayOrSays(), assume_role_policy: must() } },
    aws_batch_compute_environment: {
      attributes: {
        arn: says(),
        compute_environment_name: mayOrSays(),
        compute_environment_name_prefix: mayOrSays(),
        service_role: mayOrSays(),
        type: must(),
      },
      block_types: {
        compute_resources: list(
          {
            attributes: { max_vcpus: must("number"), subnets: must(["set", "string"]) },
            block_types: { ec2_configuration: list({ attributes: { image_type: may() } }, 2) },
          },
          1,
        ),
      },
    },
    aws_batch_job_definition: {
      attributes: { arn: says(), name: must(), type: must(), container_properties: may() },
      block_types: { retry_strategy: list({ block_types: { evaluate_on_exit: list({}, 5) } }, 1) },
    },
  } satisfies Record<string, Block>).map(([type, block]) => [type, { block }]),
);
