import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { queueNameOf, queueTag } from "./queue-tag.ts";

export interface SubmitPolicyArgs {
  readonly bundleBucketArn: pulumi.Input<string>;
  readonly bundlePrefix: string;
  readonly jobQueueArn: pulumi.Output<string>;
  /** Without its revision: who may submit one may submit the next. */
  readonly jobDefinitionArnPrefix: pulumi.Input<string>;
  readonly logGroupArn: pulumi.Input<string>;
}

/** What `node batch` asks of AWS for a person or a pipeline, as a policy to attach to their role. */
export class SubmitPolicy extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: SubmitPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:SubmitPolicy", name, {}, opts);
    const policy = new aws.iam.Policy(
      `${name}-submit`,
      {
        description: "Submits jobs to this queue, with their code, watches and ends them",
        policy: statements(args),
        tags: { Name: `${name}-submit` },
      },
      { parent: this },
    );
    this.arn = policy.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

function statements(args: SubmitPolicyArgs): pulumi.Output<string> {
  // Of the queue's Region and account: jobs have ids of their own, and none of their queue's, so a tag has to tell whose they are.
  const jobs = args.jobQueueArn.apply((arn) => arn.replace(/:job-queue\/.*$/, ":job/*"));
  const queueName = args.jobQueueArn.apply(queueNameOf);
  const submissions = [args.jobQueueArn, pulumi.interpolate`${args.jobDefinitionArnPrefix}:*`];
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "SendCode",
        Effect: "Allow",
        // Reading tells whether it is there already.
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: pulumi.interpolate`${args.bundleBucketArn}/${args.bundlePrefix}/*`,
      },
      { Sid: "Submit", Effect: "Allow", Action: "batch:SubmitJob", Resource: submissions },
      {
        // A submission with tags is asked for this too, on queue and definition ("not authorized to perform: batch:TagResource
        // on resource: ...:job-definition/NAME:4", https://github.com/wri/gfw-data-api/pull/175). Not on jobs: who may give any
        // job this tag may end any.
        Sid: "TagSubmission",
        Effect: "Allow",
        Action: "batch:TagResource",
        Resource: submissions,
        Condition: {
          StringEquals: { [`aws:RequestTag/${queueTag}`]: queueName },
          "ForAllValues:StringEquals": { "aws:TagKeys": [queueTag] },
        },
      },
      {
        // Of an array: as a whole. AWS does not say whether its children have its tags; nobody can give them any
        // (API_TagResource).
        Sid: "End",
        Effect: "Allow",
        Action: "batch:TerminateJob",
        Resource: jobs,
        Condition: { StringEquals: { [`aws:ResourceTag/${queueTag}`]: queueName } },
      },
      {
        // Without resources of their own (Service Authorization Reference, AWS Batch).
        Sid: "Watch",
        Effect: "Allow",
        Action: [
          "batch:DescribeComputeEnvironments",
          "batch:DescribeJobDefinitions",
          "batch:DescribeJobQueues",
          "batch:DescribeJobs",
          "batch:ListJobs",
        ],
        Resource: "*",
      },
      {
        Sid: "ReadLogs",
        Effect: "Allow",
        Action: "logs:GetLogEvents",
        Resource: pulumi.interpolate`${args.logGroupArn}:*`,
      },
    ],
  });
}
