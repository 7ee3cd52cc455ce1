import * as pulumi from "@pulumi/pulumi";
import { unknownValue } from "../network/adapters/pulumi/resource.ts";

/** A resource as a program registers it. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of any shape.
  readonly inputs: Readonly<Record<string, any>>;
  /** URNs. */
  readonly dependencies: readonly string[];
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** What programs under test register, in order. */
export class Recording {
  readonly resources: Registration[] = [];

  /** The one of a type, and of a name where there are several. @throws when there is none, or another one too */
  one(type: string, name?: string): Registration {
    const found = this.all(type).filter((resource) => name === undefined || resource.name === name);
    if (found.length !== 1) throw new Error(`${found.length} resources are ${type} ${name ?? ""}`);
    return found[0]!;
  }

  /** All of a type; `ec2/vpc:Vpc` is AWS's. */
  all(type: string): readonly Registration[] {
    return this.resources.filter((resource) => resource.type === type || resource.type === `aws:${type}`);
  }

  names(type: string): string[] {
    return this.all(type)
      .map(({ name }) => name)
      .sort();
  }

  /** Names of what an input refers to. */
  references(resource: Registration, input: string): string[] {
    return (resource.propertyDependencies[input] ?? []).map((urn) => urn.split("::").at(-1)!).sort();
  }
}

export const queueArn = "arn:aws:batch:eu-west-1:123456789012:job-queue/jobs";
export const definitionArn = "arn:aws:batch:eu-west-1:123456789012:job-definition/job";
const registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker";

/** What a provider says beyond the inputs, where a program reads it. */
function outputsOf({ type, name }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
  switch (type) {
    case "awsx:ecr:Repository":
      return { url: registry };
    case "awsx:ecr:Image":
      return { imageUri: `${registry}@sha256:1` };
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return { latestVersion: 1 };
    case "aws:ec2/vpcEndpoint:VpcEndpoint":
      return { prefixListId: `pl-${name}` };
    case "aws:rds/instance:Instance":
      return {
        address: "database.example",
        endpoint: "database.example:5432",
        masterUserSecrets: [{ secretArn: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-1" }],
      };
    case "aws:batch/jobQueue:JobQueue":
      return { arn: queueArn, name };
    case "aws:batch/jobDefinition:JobDefinition":
      return { arn: `${definitionArn}:1`, arnPrefix: definitionArn, name };
    case "aws:s3/bucket:Bucket":
      return { arn: `arn:${name}`, bucket: `${name}-0` };
    default:
      return { arn: `arn:${name}`, name };
  }
}

interface Registering {
  registerResource(request: RegisterRequest, callback: (error: unknown, response: { getUrn(): string }) => void): void;
}
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getDependenciesList(): string[];
  getPropertydependenciesMap(): { entries(): Iterable<[string, { getUrnsList(): string[] }]> };
}

/**
 * Runs `program` under Pulumi's mocks, whose ids are `NAME-id`, or unknown in a preview.
 * @param config by full key; the Region is eu-west-1 unless it says otherwise
 */
export async function record(
  program: () => Promise<unknown> | unknown,
  {
    config = {},
    preview = false,
    stack = "test",
  }: { config?: Record<string, string>; preview?: boolean; stack?: string } = {},
): Promise<Recording> {
  pulumi.runtime.setAllConfig({ "aws:region": "eu-west-1", ...config });
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => ({
        id: preview ? undefined : `${args.name}-id`,
        state: preview ? args.inputs : { ...outputsOf(args), ...args.inputs },
      }),
      call: ({ token }) => {
        throw new Error(`${token}: the program asks nobody`);
      },
    },
    "batch-preflight",
    stack,
    preview,
  );
  const recording = new Recording();
  const monitor = pulumi.runtime.getMonitor() as unknown as Registering;
  const register = monitor.registerResource.bind(monitor);
  // The mocks' own arguments lack what a resource depends on.
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (!error) {
        recording.resources.push({
          urn: response.getUrn(),
          type: request.getType(),
          name: request.getName(),
          inputs: request.getObject().toJavaScript(),
          dependencies: request.getDependenciesList(),
          propertyDependencies: Object.fromEntries(
            [...request.getPropertydependenciesMap().entries()].map(([key, urns]) => [key, urns.getUrnsList()]),
          ),
        });
      }
      callback(error, response);
    });
  let failure: unknown;
  await pulumi.runtime.runInPulumiStack(async () => {
    try {
      await program();
    } catch (error) {
      failure = error;
    }
  });
  await pulumi.runtime.disconnect();
  if (failure !== undefined) throw failure;
  return recording;
}

export { unknownValue };
