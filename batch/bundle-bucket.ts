import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundleBucketPrefix, bundlePrefix } from "./workload.ts";

export interface BundleBucketArgs {
  /** Whether the bucket goes with its bundles when the stack is destroyed. */
  readonly forceDelete: boolean;
}

/**
 * Days that a bundle is kept. It is sent anew in each month of its use (`adapters/bundle-store.ts`), and so is there for 59
 * days at least after the last submission that names it: longer than jobs wait, run and are tried again.
 */
const lifetime = 90;

/** Where the code of jobs lies: private, by TLS alone, each object written once and gone after its time. */
export class BundleBucket extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** What the names of bundles begin with. */
  readonly prefix: string;
  /** Until these are there, the bucket is not what it should be. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, { forceDelete }: BundleBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:BundleBucket", name, {}, opts);
    const parent = { parent: this };
    const resource = `${name}-bundles`;
    const bucket = new aws.s3.Bucket(
      resource,
      { bucketPrefix: bundleBucketPrefix(name), forceDestroy: forceDelete, tags: { Name: resource } },
      parent,
    );
    const isPrivate = new aws.s3.BucketPublicAccessBlock(
      resource,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      parent,
    );
    // S3 refuses two changes of a bucket's access at once.
    const policy = new aws.s3.BucketPolicy(
      resource,
      { bucket: bucket.bucket, policy: bucketPolicy(bucket.arn) },
      { ...parent, dependsOn: isPrivate },
    );
    const versions = new aws.s3.BucketVersioning(
      resource,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      parent,
    );
    new aws.s3.BucketLifecycleConfiguration(
      resource,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "bundles",
            status: "Enabled",
            filter: { prefix: `${bundlePrefix}/` },
            expiration: { days: lifetime },
            noncurrentVersionExpiration: { noncurrentDays: 7 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
          {
            // A rule has this or days (API_LifecycleExpiration).
            id: "what-expiry-leaves",
            status: "Enabled",
            filter: { prefix: `${bundlePrefix}/` },
            expiration: { expiredObjectDeleteMarker: true },
          },
        ],
      },
      { ...parent, dependsOn: versions },
    );
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    this.prefix = bundlePrefix;
    this.ready = [isPrivate, policy, versions];
    this.registerOutputs({ name: this.name });
  }
}

/** Denies what nobody may, whoever allows it elsewhere (S3 user guide, conditional-writes-enforce). */
function bucketPolicy(arn: pulumi.Output<string>): pulumi.Output<string> {
  const objects = pulumi.interpolate`${arn}/*`;
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "EncryptedConnections",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, objects],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "NothingIsOverwritten",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: objects,
        Condition: { Null: { "s3:if-none-match": "true" } },
      },
    ],
  });
}
