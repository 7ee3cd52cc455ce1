import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface FlowLogsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly retentionInDays: number;
}

/** What the VPC accepted and rejected, in CloudWatch Logs, with a role that may write there and nowhere else. */
export class FlowLogs extends pulumi.ComponentResource {
  readonly logGroup: aws.cloudwatch.LogGroup;

  constructor(name: string, { vpcId, retentionInDays }: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:network:FlowLogs", name, {}, opts);
    const parent = { parent: this };
    this.logGroup = new aws.cloudwatch.LogGroup(name, { retentionInDays }, parent);
    const role = new aws.iam.Role(
      name,
      {
        description: "VPC flow logs: write to their log group",
        assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "vpc-flow-logs.amazonaws.com" }),
      },
      parent,
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role: role.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
              Resource: pulumi.interpolate`${this.logGroup.arn}:*`,
            },
            { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
          ],
        }),
      },
      parent,
    );
    new aws.ec2.FlowLog(
      name,
      {
        vpcId,
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: this.logGroup.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 60,
        tags: { Name: name },
      },
      { ...parent, dependsOn: policy },
    );
    this.registerOutputs({});
  }
}
