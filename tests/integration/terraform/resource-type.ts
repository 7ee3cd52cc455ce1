import type { ResourceSchemas } from "./schema.ts";

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Pulumi's modules whose resources Terraform's provider files elsewhere than under `aws_MODULE_`. */
const prefixes: Readonly<Record<string, readonly string[]>> = {
  ec2: ["aws_", "aws_ec2_"],
  ec2transitgateway: ["aws_ec2_"],
  lb: ["aws_lb_", "aws_"],
  rds: ["aws_db_", "aws_rds_"],
};

/**
 * `aws:ec2/vpc:Vpc` is `aws_vpc`, `aws:batch/jobQueue:JobQueue` is `aws_batch_job_queue`.
 *
 * @returns undefined: there is no such type in Terraform's provider, or more than one that it could be
 */
export function terraformType(token: string, schemas: ResourceSchemas): string | undefined {
  const [, module = "", name = ""] = /^aws:(\w+)\/(\w+):\w+$/.exec(token) ?? [];
  const types = (prefixes[module] ?? [`aws_${module}_`])
    .map((prefix) => prefix + snakeCase(name))
    .filter((type) => Object.hasOwn(schemas, type));
  return types.length === 1 ? types[0] : undefined;
}
