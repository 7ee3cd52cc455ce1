import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface OtherDatabaseArgs {
  /** Of a secret that holds one connection URI. */
  readonly secretArn: string;
  /** Where it listens. */
  readonly cidrBlock: string;
  readonly port: number;
  readonly clientSecurityGroupId: pulumi.Input<string>;
}

/** A database of somebody else: all that is made is the rule that lets jobs out to it. */
export class OtherDatabase extends pulumi.ComponentResource {
  readonly secretArn: pulumi.Output<string>;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>> = {};
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: OtherDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:OtherDatabase", name, {}, opts);
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-from-jobs-out`,
      {
        ipProtocol: "tcp",
        fromPort: args.port,
        toPort: args.port,
        cidrIpv4: args.cidrBlock,
        description: "PostgreSQL to the database",
        securityGroupId: args.clientSecurityGroupId,
      },
      { parent: this },
    );
    this.secretArn = pulumi.output(args.secretArn);
    this.secrets = { DATABASE_URL: args.secretArn };
    this.registerOutputs({ secretArn: this.secretArn });
  }
}
