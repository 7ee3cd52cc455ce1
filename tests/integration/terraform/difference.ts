/**
 * Where `@pulumi/aws` 7, which is made from version 6 of Terraform's provider, differs from version 5.100 and from moto.
 * A property that stands nowhere here and is not in the provider's schema fails the translation.
 */
export interface Difference {
  /** Arguments of the provider by Pulumi's property. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Properties that are left out, and why nothing is lost. */
  readonly omitted?: Readonly<Record<string, string>>;
  /** Arguments that only moto needs, where the program says nothing of them. */
  readonly added?: Readonly<Record<string, unknown>>;
  /** The argument that Pulumi fills with the logical name and a random suffix where the program names nothing; `name` by default. */
  readonly autonamed?: { readonly argument: string; readonly isLowerCase?: boolean };
}

/** The name of a role that moto is told of and AWS needs not: there a service-linked role does the work. */
export const serviceRole = "moto-batch-service";

export const differences: Readonly<Record<string, Difference>> = {
  aws_batch_compute_environment: {
    // Version 6 renamed both.
    renamed: { name: "compute_environment_name", namePrefix: "compute_environment_name_prefix" },
    autonamed: { argument: "compute_environment_name" },
    // moto answers "ServiceRole is required."; AWS takes the service-linked role AWSServiceRoleForBatch.
    added: { service_role: `\${aws_iam_role.${serviceRole}.arn}` },
  },
  aws_db_instance: { autonamed: { argument: "identifier", isLowerCase: true } },
  aws_rds_cluster: { autonamed: { argument: "cluster_identifier", isLowerCase: true } },
  aws_s3_bucket: { autonamed: { argument: "bucket", isLowerCase: true } },
  // Pulumi's provider lowers these names, because AWS does, or refuses others.
  aws_db_subnet_group: { autonamed: { argument: "name", isLowerCase: true } },
  aws_db_parameter_group: { autonamed: { argument: "name", isLowerCase: true } },
  aws_ecr_repository: { autonamed: { argument: "name", isLowerCase: true } },
};

/** Of every resource. */
export const omittedEverywhere: Readonly<Record<string, string>> = {
  region: "version 6 gave it to each resource; here the whole configuration has one Region, and another one is a fault",
};

/** Arguments by type that moto takes and does not give back, so that a second plan would set them again. */
export const forgottenByMoto: Readonly<Record<string, readonly string[]>> = {
  aws_batch_compute_environment: ["update_policy"],
  aws_batch_job_queue: ["job_state_time_limit_action"],
  aws_db_parameter_group: ["parameter"],
  // It gives back the template's own tags as if they were those of instances; the version then would be another.
  aws_launch_template: ["latest_version", "tag_specifications"],
  aws_vpc_security_group_egress_rule: ["description"],
  aws_vpc_security_group_ingress_rule: ["description"],
};
