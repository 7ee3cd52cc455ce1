import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { supportedMajor } from "../worker/data/supported-major.ts";

export interface DatabaseArgs {
  readonly vpcId: pulumi.Input<string>;
  /** In two zones at least. */
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Group of the jobs, the only ones that reach it. */
  readonly clientSecurityGroupId: pulumi.Input<string>;
  /** `db.t4g.micro`. */
  readonly instanceClass: string;
  /** In GiB. */
  readonly allocatedStorage: number;
  /** A standby in another zone. */
  readonly multiZone: boolean;
  /** Days that backups are kept; 0 makes none. */
  readonly backupRetentionDays: number;
  /** Refuse to be deleted, and leave a snapshot behind. */
  readonly deletionProtection: boolean;
}

const port = 5432;
const databaseName = "batch";

/** Faults of the arguments, as sentences. */
export function databaseFaults(
  args: Pick<DatabaseArgs, "instanceClass" | "allocatedStorage" | "backupRetentionDays">,
): string[] {
  const faults: string[] = [];
  if (!/^db\.[a-z0-9]+\.[a-z0-9]+$/.test(args.instanceClass)) {
    faults.push(`databaseInstanceClass is "${args.instanceClass}"; write it as db.t4g.micro.`);
  }
  // gp3 begins at 20 GiB for PostgreSQL (RDS guide, CHAP_Storage).
  if (!Number.isInteger(args.allocatedStorage) || args.allocatedStorage < 20 || args.allocatedStorage > 65_536) {
    faults.push(`databaseStorage is ${args.allocatedStorage}; it must be a whole number from 20 to 65536 (GiB).`);
  }
  if (!Number.isInteger(args.backupRetentionDays) || args.backupRetentionDays < 0 || args.backupRetentionDays > 35) {
    faults.push(`databaseBackupDays is ${args.backupRetentionDays}; it must be a whole number from 0 to 35.`);
  }
  return faults;
}

/**
 * PostgreSQL on RDS, encrypted, reachable from the jobs' group alone. RDS makes the password, keeps it in Secrets Manager
 * and changes it every week: it is in no state, log or environment of ours.
 * @throws RunError with all faults of the arguments
 */
export class Database extends pulumi.ComponentResource {
  /** `HOST:PORT`. */
  readonly endpoint: pulumi.Output<string>;
  readonly securityGroup: aws.ec2.SecurityGroup;
  /** JSON with `username` and `password`. */
  readonly secretArn: pulumi.Output<string>;
  /** What a job gets in its environment; the rest is in the secret. */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** By name in the job's environment: what the agent takes out of the secret. */
  readonly secrets: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:batch:Database", name, {}, opts);
    const faults = databaseFaults(args);
    if (faults.length > 0) throw new pulumi.RunError(faults.join("\n"));
    const parent = { parent: this };
    const { vpcId, clientSecurityGroupId, deletionProtection } = args;

    this.securityGroup = new aws.ec2.SecurityGroup(
      name,
      { description: "Database: PostgreSQL from jobs", vpcId, tags: { Name: name } },
      parent,
    );
    const postgres = { ipProtocol: "tcp", fromPort: port, toPort: port };
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-jobs`,
      {
        ...postgres,
        description: "PostgreSQL from jobs",
        securityGroupId: this.securityGroup.id,
        referencedSecurityGroupId: clientSecurityGroupId,
      },
      parent,
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-from-jobs-out`,
      {
        ...postgres,
        description: "PostgreSQL to the database",
        securityGroupId: clientSecurityGroupId,
        referencedSecurityGroupId: this.securityGroup.id,
      },
      parent,
    );

    const subnetGroup = new aws.rds.SubnetGroup(
      name,
      { subnetIds: [...args.subnetIds], description: "Database of the jobs" },
      parent,
    );
    const parameterGroup = new aws.rds.ParameterGroup(
      name,
      {
        family: `postgres${supportedMajor}`,
        description: "Database of the jobs: TLS only",
        parameters: [{ name: "rds.force_ssl", value: "1" }],
      },
      parent,
    );
    const instance = new aws.rds.Instance(
      name,
      {
        engine: "postgres",
        // The major alone: RDS chooses the minor and updates it, and that is no change of ours.
        engineVersion: String(supportedMajor),
        autoMinorVersionUpgrade: true,
        instanceClass: args.instanceClass,
        allocatedStorage: args.allocatedStorage,
        storageType: "gp3",
        storageEncrypted: true,
        dbName: databaseName,
        username: "worker",
        manageMasterUserPassword: true,
        port,
        dbSubnetGroupName: subnetGroup.name,
        vpcSecurityGroupIds: [this.securityGroup.id],
        parameterGroupName: parameterGroup.name,
        publiclyAccessible: false,
        multiAz: args.multiZone,
        backupRetentionPeriod: args.backupRetentionDays,
        copyTagsToSnapshot: true,
        // What `pulumi up` says is so when it ends, rather than in the next maintenance window; jobs that lose their
        // connection by it are tried again.
        applyImmediately: true,
        deletionProtection,
        deleteAutomatedBackups: !deletionProtection,
        skipFinalSnapshot: !deletionProtection,
        ...(deletionProtection ? { finalSnapshotIdentifier: snapshotName(`${name}-${pulumi.getStack()}-final`) } : {}),
        tags: { Name: name },
      },
      parent,
    );

    this.endpoint = instance.endpoint;
    this.secretArn = instance.masterUserSecrets[0]!.secretArn;
    this.environment = {
      PGHOST: instance.address,
      PGPORT: String(port),
      PGDATABASE: databaseName,
      PGSSLMODE: "verify-full",
    };
    this.secrets = {
      PGUSER: pulumi.interpolate`${this.secretArn}:username::`,
      PGPASSWORD: pulumi.interpolate`${this.secretArn}:password::`,
    };
    this.registerOutputs({ endpoint: this.endpoint, secretArn: this.secretArn });
  }
}

/** Names of stacks have dots and underscores; those of snapshots letters, digits and single hyphens (API_CreateDBSnapshot). */
const snapshotName = (text: string) => text.replace(/[^A-Za-z0-9]+/g, "-");
