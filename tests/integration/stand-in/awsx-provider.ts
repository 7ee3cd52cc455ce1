// Stands in for pulumi-resource-awsx: the two components of it that the program uses, as they are to a program
// (no inputs of their own; pulumi-awsx, awsx/schema-types.ts, ecr/repository.ts and ecr/image.ts). No image is built.
import process from "node:process";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type ConstructResult, main } from "@pulumi/pulumi/provider/index.js";

class Repository extends pulumi.ComponentResource {
  readonly repository: aws.ecr.Repository;

  constructor(name: string, args: pulumi.Inputs, opts: pulumi.ComponentResourceOptions) {
    super("awsx:ecr:Repository", name, {}, opts);
    const { lifecyclePolicy, ...own } = args;
    this.repository = new aws.ecr.Repository(name.toLowerCase(), own, { parent: this });
    const policy = JSON.stringify({ rules: [] });
    new aws.ecr.LifecyclePolicy(name.toLowerCase(), { repository: this.repository.name, policy }, { parent: this });
    this.registerOutputs({ repository: this.repository, url: this.repository.repositoryUrl });
  }
}

class Image extends pulumi.ComponentResource {
  readonly imageUri: pulumi.Output<string>;

  constructor(name: string, args: pulumi.Inputs, opts: pulumi.ComponentResourceOptions) {
    super("awsx:ecr:Image", name, {}, opts);
    this.imageUri = pulumi.interpolate`${args.repositoryUrl}@sha256:${"0".repeat(64)}`;
    this.registerOutputs({ imageUri: this.imageUri });
  }
}

async function construct(
  name: string,
  type: string,
  inputs: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
): Promise<ConstructResult> {
  if (type === "awsx:ecr:Repository") {
    const { urn, repository } = new Repository(name, inputs, opts);
    return { urn, state: { repository, url: repository.repositoryUrl } };
  }
  if (type === "awsx:ecr:Image") {
    const { urn, imageUri } = new Image(name, inputs, opts);
    return { urn, state: { imageUri } };
  }
  throw new Error(`The stand-in for awsx does not know ${type}.`);
}

await main({ version: "3.9.0", construct }, process.argv.slice(2));
