import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

class PublicSubnet extends pulumi.ComponentResource {
  subnet: aws.ec2.Subnet;
  routeTable: aws.ec2.RouteTable;
  natGateway: aws.ec2.NatGateway;
  constructor(
    scope: Stack,
    id: string,
    vpc: aws.ec2.Vpc,
    igw: aws.ec2.InternetGateway,
    cidrBlock: string,
    availabilityZone: string,
  ) {
    super("aws-cdk-lib:aws_ec2:PublicSubnet", `${scope.id}${id}`, {}, { parent: scope });
    const o = { parent: this },
      n = (s: string) => `${scope.id}${id}${s}`;
    this.subnet = new aws.ec2.Subnet(
      n("SubnetB4246D30"),
      {
        vpcId: vpc.id,
        cidrBlock,
        availabilityZone,
        mapPublicIpOnLaunch: true,
        tags: { "aws-cdk:subnet-type": "Public" },
      },
      o,
    );
    this.routeTable = new aws.ec2.RouteTable(n("RouteTableFEE4B781"), { vpcId: vpc.id }, o);
    new aws.ec2.RouteTableAssociation(
      n("RouteTableAssociation0B0896DC"),
      { routeTableId: this.routeTable.id, subnetId: this.subnet.id },
      o,
    );
    new aws.ec2.Route(
      n("DefaultRoute91CEF279"),
      { routeTableId: this.routeTable.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: igw.id },
      o,
    );
    const eip = new aws.ec2.Eip(n("EIP6AD938E8"), { domain: "vpc" }, o);
    this.natGateway = new aws.ec2.NatGateway(
      n("NATGatewayE0556630"),
      { subnetId: this.subnet.id, allocationId: eip.allocationId },
      o,
    );
    this.registerOutputs();
  }
}
class PrivateSubnet extends pulumi.ComponentResource {
  subnet: aws.ec2.Subnet;
  constructor(
    scope: Stack,
    id: string,
    vpc: aws.ec2.Vpc,
    nat: aws.ec2.NatGateway,
    cidrBlock: string,
    availabilityZone: string,
  ) {
    super("aws-cdk-lib:aws_ec2:PrivateSubnet", `${scope.id}${id}`, {}, { parent: scope });
    const o = { parent: this },
      n = (s: string) => `${scope.id}${id}${s}`;
    this.subnet = new aws.ec2.Subnet(
      n("Subnet8BCA10E0"),
      { vpcId: vpc.id, cidrBlock, availabilityZone, mapPublicIpOnLaunch: false },
      o,
    );
    const rt = new aws.ec2.RouteTable(n("RouteTableBE8A6027"), { vpcId: vpc.id }, o);
    new aws.ec2.RouteTableAssociation(
      n("RouteTableAssociation347902D1"),
      { routeTableId: rt.id, subnetId: this.subnet.id },
      o,
    );
    new aws.ec2.Route(
      n("DefaultRouteAE1D6490"),
      { routeTableId: rt.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id },
      o,
    );
  }
}
class Stack extends pulumi.ComponentResource {
  readonly id: string;

  constructor(id: string) {
    super("aws-cdk-lib:core:Stack", id);
    this.id = id;
    const parent = { parent: this };
    const vpc = new aws.ec2.Vpc(
      `${id}Vpc8378EB38`,
      { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, enableDnsSupport: true, instanceTenancy: "default" },
      parent,
    );
    const igw = new aws.ec2.InternetGateway(`${id}VpcIGWD7BA715C`, {}, parent);
    new aws.ec2.InternetGatewayAttachment(
      `${id}VpcVPCGWBF912B6E`,
      { vpcId: vpc.id, internetGatewayId: igw.id },
      parent,
    );
    const privates = ["eu-west-1a", "eu-west-1b"].map((az, i) => {
      const pub = new PublicSubnet(this, `VpcPublicSubnet${i + 1}`, vpc, igw, `10.0.${i * 64}.0/18`, az);
      return new PrivateSubnet(this, `VpcPrivateSubnet${i + 1}`, vpc, pub.natGateway, `10.0.${128 + i * 64}.0/18`, az);
    });
    const sg = new aws.ec2.SecurityGroup(
      `${id}EnvSecurityGroup`,
      {
        description: "Automatically created by CDK",
        vpcId: vpc.id,
        egress: [
          {
            cidrBlocks: ["0.0.0.0/0"],
            description: "Allow all outbound traffic by default",
            protocol: "-1",
            fromPort: 0,
            toPort: 0,
          },
        ],
      },
      parent,
    );
    const role = new aws.iam.Role(
      `${id}EnvInstanceProfileRole`,
      {
        assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
          statements: [
            { actions: ["sts:AssumeRole"], principals: [{ type: "Service", identifiers: ["ec2.amazonaws.com"] }] },
          ],
        }).json,
        managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"],
      },
      parent,
    );
    const profile = new aws.iam.InstanceProfile(`${id}EnvInstanceProfile`, { role: role.name }, parent);
    const env = new aws.batch.ComputeEnvironment(
      `${id}Env`,
      {
        type: "managed",
        state: "ENABLED",
        computeResources: {
          allocationStrategy: "BEST_FIT_PROGRESSIVE",
          type: "EC2",
          instanceRole: profile.arn,
          instanceTypes: ["optimal"],
          minVcpus: 0,
          maxVcpus: 256,
          securityGroupIds: [sg.id],
          subnets: privates.map((p) => p.subnet.id),
        },
        updatePolicy: { terminateJobsOnUpdate: false, jobExecutionTimeoutMinutes: 30 } as never,
      },
      parent,
    );
    const queue = new aws.batch.JobQueue(
      `${id}Queue`,
      { priority: 10, state: "ENABLED", computeEnvironmentOrders: [{ computeEnvironment: env.arn, order: 1 }] },
      parent,
    );
    const logGroup = new aws.cloudwatch.LogGroup(`${id}Logs`, { retentionInDays: 30 }, parent);
    const secret = new aws.secretsmanager.Secret(`${id}Secret`, {}, parent);
    new aws.batch.JobDefinition(
      `${id}JobDef`,
      {
        type: "container",
        platformCapabilities: ["EC2"],
        timeout: { attemptDurationSeconds: 3600 },
        containerProperties: pulumi.all([logGroup.name, secret.arn]).apply(([group, arn]) =>
          JSON.stringify({
            image: "public.ecr.aws/amazonlinux/amazonlinux:latest",
            command: ["echo"],
            readonlyRootFilesystem: false,
            secrets: [{ name: "PASSWORD", valueFrom: arn }],
            resourceRequirements: [
              { type: "MEMORY", value: "2048" },
              { type: "VCPU", value: "1" },
            ],
            logConfiguration: {
              logDriver: "awslogs",
              options: { "awslogs-group": group, "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "job" },
            },
          }),
        ),
      },
      parent,
    );
    queue.arn;
  }
}
new Stack("BatchStack");
