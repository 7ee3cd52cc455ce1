import { execFile } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  type CreateComputeEnvironmentCommandInput,
  CreateJobQueueCommand,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionCommandInput,
} from "@aws-sdk/client-batch";
import type { JobPlace } from "../../batch/adapters/aws/target.ts";
import { recordProgram } from "../../network/adapters/pulumi-program.ts";
import type { Moto } from "./moto.ts";

const project = path.resolve(import.meta.dirname, "../..");

/** What a compute environment stands on, which is not AWS Batch's: IAM and the default VPC. */
const ground = `
import boto3, json
iam, ec2 = boto3.client("iam"), boto3.client("ec2")
trust = json.dumps({"Version": "2012-10-17", "Statement": []})
role = iam.create_role(RoleName="batch", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
profile = iam.create_instance_profile(InstanceProfileName="ecs")["InstanceProfile"]["Arn"]
iam.add_role_to_instance_profile(InstanceProfileName="ecs", RoleName="batch")
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]]
groups = [group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]]
print(json.dumps({"role": role, "profile": profile, "subnets": subnets[:2], "groups": groups[:1]}))
`;

const types = ["computeEnvironment:ComputeEnvironment", "jobQueue:JobQueue", "jobDefinition:JobDefinition"] as const;

/** What this project's own program says of the one resource of each type. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of the provider's shapes.
async function declared(): Promise<any[]> {
  const { resources } = await recordProgram({ directory: project, stack: "dev", output: { write: () => true } });
  return types.map((type) => {
    const found = resources.filter((resource) => resource.type === `aws:batch/${type}`);
    if (found.length !== 1) throw new Error(`${found.length} resources are ${type}`);
    return found[0]!.outputs;
  });
}

/** The program's AWS Batch in moto. */
export interface MotoBatch extends JobPlace {
  readonly logGroup: string;
  /** What the program gives its jobs. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The program's AWS Batch as `pulumi up` would make it, in moto; its jobs have `image`, and no secrets, which are nobody's
 * here.
 * @param more variables of the jobs: what secrets and a role would give them, say
 */
export async function makeBatch(
  { env }: Moto,
  image: string,
  more: Readonly<Record<string, string>> = {},
): Promise<MotoBatch> {
  const { stdout } = await promisify(execFile)("python3", ["-c", ground], { env: { ...process.env, ...env } });
  const { role, profile, subnets, groups } = JSON.parse(stdout);
  const [environment, queue, definition] = await declared();
  const client = new BatchClient({});
  const { launchTemplate: _, ...resources } = environment.computeResources;
  const { computeEnvironmentArn } = await client.send(
    new CreateComputeEnvironmentCommand({
      computeEnvironmentName: environment.name,
      type: environment.type,
      state: environment.state,
      serviceRole: role,
      computeResources: {
        ...renamed(resources, { minVcpus: "minvCpus", maxVcpus: "maxvCpus", ec2Configurations: "ec2Configuration" }),
        instanceRole: profile,
        subnets,
        securityGroupIds: groups,
      },
    } as CreateComputeEnvironmentCommandInput),
  );
  const { jobQueueArn } = await client.send(
    new CreateJobQueueCommand({
      jobQueueName: queue.name,
      state: queue.state,
      priority: queue.priority,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: computeEnvironmentArn }],
    }),
  );
  const container = { ...JSON.parse(definition.containerProperties), image, secrets: [] };
  const pairs = container.environment as { name: string; value: string }[];
  const own = Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
  container.environment = Object.entries({ ...own, ...more }).map(([name, value]) => ({ name, value }));
  const { jobDefinitionArn } = await client.send(
    new RegisterJobDefinitionCommand({
      jobDefinitionName: definition.name ?? "batch-preflight",
      type: definition.type,
      platformCapabilities: definition.platformCapabilities,
      containerProperties: container,
      retryStrategy: renamed(definition.retryStrategy, { evaluateOnExits: "evaluateOnExit" }),
      timeout: definition.timeout,
      propagateTags: definition.propagateTags,
    } as RegisterJobDefinitionCommandInput),
  );
  return {
    jobQueue: jobQueueArn!,
    jobDefinition: jobDefinitionArn!,
    logGroup: container.logConfiguration.options["awslogs-group"],
    environment: own,
  };
}

/** Names as AWS has them where the provider has its own. */
function renamed(properties: object, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [names[name] ?? name, value]));
}
