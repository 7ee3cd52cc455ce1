import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** A module whose outputs are lists as a whole, which a preview hides as a whole. */
function vpcModule(tables: "one" | "a subnet") {
  const vpc = new aws.ec2.Vpc("this", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
  const tier = (kind: string, blocks: string[]) => {
    const names = tables === "one" ? [kind] : blocks.map((_, i) => `${kind}-${i}`);
    const made = names.map((name) => new aws.ec2.RouteTable(name, { vpcId: vpc.id }));
    const subnets = blocks.map(
      (cidrBlock, i) =>
        new aws.ec2.Subnet(`${kind}-${i}`, { vpcId: vpc.id, cidrBlock, availabilityZone: `eu-west-1${"ab"[i]}` }),
    );
    subnets.forEach(
      (s, i) =>
        void new aws.ec2.RouteTableAssociation(`${kind}-${i}`, {
          subnetId: s.id,
          routeTableId: made[i % made.length]!.id,
        }),
    );
    return {
      ids: pulumi.all(subnets.map((s) => s.id)),
      tableIds: pulumi.all(made.map((table) => table.id)),
      blocks,
    };
  };
  return {
    vpcId: vpc.id,
    private: tier("private", ["10.0.1.0/24", "10.0.2.0/24"]),
    database: tier("database", ["10.0.21.0/24", "10.0.22.0/24"]),
  };
}

interface Choices {
  /** Whom the database lets in. */
  readonly letsIn?: "private" | "database";
  /** How many route tables there are. */
  readonly tables?: "one" | "a subnet";
}

/** Endpoints, a database and jobs that take their subnets from such a module. */
export function moduleOutputs({ letsIn = "private", tables = "one" }: Choices = {}): void {
  const net = vpcModule(tables);
  const { vpcId } = net;
  const letIn = (port: number, cidrBlocks: string[]) => [{ protocol: "tcp", fromPort: port, toPort: port, cidrBlocks }];
  const endpoints = new aws.ec2.SecurityGroup("endpoints", { vpcId, ingress: letIn(443, net.private.blocks) });
  for (const s of ["ecr.api", "ecr.dkr", "logs"])
    new aws.ec2.VpcEndpoint(s, {
      vpcId,
      serviceName: `com.amazonaws.eu-west-1.${s}`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: net.private.ids,
      securityGroupIds: pulumi.all([endpoints.id]),
    });
  new aws.ec2.VpcEndpoint("s3", {
    vpcId,
    serviceName: "com.amazonaws.eu-west-1.s3",
    routeTableIds: net.private.tableIds,
  });
  const jobs = new aws.ec2.SecurityGroup("jobs", {
    vpcId,
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
  });
  const databaseGroup = new aws.ec2.SecurityGroup("databaseGroup", { vpcId, ingress: letIn(3306, net[letsIn].blocks) });
  const db = new aws.rds.Instance("db", {
    engine: "mariadb",
    instanceClass: "db.t4g.small",
    allocatedStorage: 20,
    username: "root",
    password: "correct-horse",
    vpcSecurityGroupIds: pulumi.all([databaseGroup.id]),
    dbSubnetGroupName: new aws.rds.SubnetGroup("db", { subnetIds: net.database.ids }).name,
  });
  const ce = new aws.batch.ComputeEnvironment("ce", {
    type: "MANAGED",
    computeResources: {
      type: "FARGATE",
      maxVcpus: 4,
      subnets: net.private.ids,
      securityGroupIds: pulumi.all([jobs.id]),
    },
  });
  new aws.batch.JobQueue("q", {
    state: "ENABLED",
    priority: 1,
    computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
  });
  new aws.batch.JobDefinition("jd", {
    type: "container",
    platformCapabilities: ["FARGATE"],
    containerProperties: pulumi.jsonStringify({
      image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1",
      executionRoleArn: "arn:aws:iam::123456789012:role/jobs",
      resourceRequirements: [
        { type: "VCPU", value: "1" },
        { type: "MEMORY", value: "2048" },
      ],
      environment: [{ name: "DATABASE_HOST", value: db.address }],
    }),
  });
}
