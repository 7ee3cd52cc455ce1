import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { imageFingerprint } from "../worker/bootstrap/image-fingerprint.ts";

export interface RepositoryArgs {
  /** Folder of the Dockerfile. */
  readonly context: string;
  /** Whether the repository goes with its images when the stack is destroyed. */
  readonly forceDelete: boolean;
}

/**
 * A pushed image takes the tag from the one before, and jobs that were submitted earlier still name that by its digest: without
 * a rule of its own awsx would have it deleted within a day. A push leaves up to three images: an index, the image, its
 * provenance.
 */
const untaggedImages = 30;

/** The worker's image, built here and pushed to a repository of its own. */
export class Repository extends pulumi.ComponentResource {
  readonly url: pulumi.Output<string>;
  /** With its digest: a change of the worker is a new revision of the job definition. */
  readonly imageUri: pulumi.Output<string>;
  /**
   * What the image holds, so that `node batch submit` can tell when code wants another. Empty: it can't be told, which is
   * warned of; who proves a program's network without all of its files goes on.
   */
  readonly imageFingerprint: pulumi.Output<string>;

  constructor(name: string, { context, forceDelete }: RepositoryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:Repository", name, {}, opts);
    const parent = { parent: this };
    const repository = new awsx.ecr.Repository(
      name,
      {
        forceDelete,
        imageScanningConfiguration: { scanOnPush: true },
        lifecyclePolicy: {
          rules: [
            {
              tagStatus: "untagged",
              maximumNumberOfImages: untaggedImages,
              description: "Images of earlier workers, which jobs may still wait for",
            },
          ],
        },
      },
      parent,
    );
    const image = new awsx.ecr.Image(
      name,
      // Fargate and the compute environments' machine image are x86-64, whatever the machine is that builds.
      { repositoryUrl: repository.url, context, platform: "linux/amd64" },
      parent,
    );
    this.url = repository.url;
    this.imageUri = image.imageUri;
    const warn = async ({ message }: Error) => {
      await pulumi.log.warn(
        `What the image holds can't be told, so node batch submit can't tell whether code fits it: ${message}`,
        this,
      );
      return "";
    };
    this.imageFingerprint = pulumi.output(imageFingerprint(context).catch(warn));
    this.registerOutputs({ url: this.url, imageUri: this.imageUri });
  }
}
