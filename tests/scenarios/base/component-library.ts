import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Whom the endpoints let in: the whole network, or a group that nothing has. */
type LetsIn = "network" | "group of nobody";

abstract class Base extends pulumi.ComponentResource {
  protected readonly name: string;
  constructor(kind: string, name: string, opts?: pulumi.ComponentResourceOptions) {
    super(`acme:platform:${kind}`, name, {}, opts);
    this.name = name;
  }
  protected get child(): pulumi.CustomResourceOptions {
    return { parent: this };
  }
}
class Endpoints extends Base {
  readonly sg: aws.ec2.SecurityGroup;
  constructor(
    name: string,
    args: {
      vpcId: pulumi.Input<string>;
      region: string;
      cidr: string;
      subnetIds: pulumi.Input<string>[];
      routeTableIds: pulumi.Input<pulumi.Input<string>[]>;
      services: string[];
      letsIn: LetsIn;
    },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("Endpoints", name, opts);
    const peer =
      args.letsIn === "network"
        ? { cidrBlocks: [args.cidr] }
        : { securityGroups: [new aws.ec2.SecurityGroup(`${name}-clients`, { vpcId: args.vpcId }, this.child).id] };
    this.sg = new aws.ec2.SecurityGroup(
      `${name}-sg`,
      {
        vpcId: args.vpcId,
        ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, ...peer }],
        egress: [],
      },
      this.child,
    );
    for (const s of args.services) {
      if (s === "s3" || s === "dynamodb")
        new aws.ec2.VpcEndpoint(
          `${name}-${s}`,
          {
            vpcId: args.vpcId,
            vpcEndpointType: "Gateway",
            serviceName: `com.amazonaws.${args.region}.${s}`,
            routeTableIds: args.routeTableIds,
          },
          this.child,
        );
      else
        new aws.ec2.VpcEndpoint(
          `${name}-${s.replace(/\./g, "-")}`,
          {
            vpcId: args.vpcId,
            vpcEndpointType: "Interface",
            serviceName: `com.amazonaws.${args.region}.${s}`,
            subnetIds: args.subnetIds,
            securityGroupIds: [this.sg.id],
            privateDnsEnabled: true,
          },
          this.child,
        );
    }
    this.registerOutputs({ sgId: this.sg.id });
  }
}
class Network extends Base {
  readonly vpc: aws.ec2.Vpc;
  readonly subnets: aws.ec2.Subnet[] = [];
  readonly tables: aws.ec2.RouteTable[] = [];
  readonly endpoints: Endpoints;
  get subnetIds() {
    return this.subnets.map((s) => s.id);
  }
  constructor(
    name: string,
    args: { cidr: string; zones: string[]; region: string; services: string[]; letsIn: LetsIn },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("Network", name, opts);
    this.vpc = new aws.ec2.Vpc(
      name,
      { cidrBlock: args.cidr, enableDnsHostnames: true, enableDnsSupport: true },
      this.child,
    );
    const base = args.cidr.split(".").slice(0, 2).join(".");
    args.zones.forEach((z, i) => {
      const s = new aws.ec2.Subnet(
        `${name}-${z}`,
        { vpcId: this.vpc.id, availabilityZone: `${args.region}${z}`, cidrBlock: `${base}.${i * 16}.0/20` },
        this.child,
      );
      const t = new aws.ec2.RouteTable(`${name}-${z}`, { vpcId: this.vpc.id }, { parent: s });
      new aws.ec2.RouteTableAssociation(`${name}-${z}`, { subnetId: s.id, routeTableId: t.id }, { parent: t });
      this.subnets.push(s);
      this.tables.push(t);
    });
    this.endpoints = new Endpoints(
      `${name}-endpoints`,
      {
        vpcId: this.vpc.id,
        region: args.region,
        cidr: args.cidr,
        subnetIds: this.subnetIds,
        routeTableIds: this.tables.map((t) => t.id),
        services: args.services,
        letsIn: args.letsIn,
      },
      { parent: this },
    );
    this.registerOutputs({ vpcId: this.vpc.id, subnetIds: this.subnetIds });
  }
}
class BatchPlatform extends Base {
  constructor(
    name: string,
    args: { network: Network; image: pulumi.Input<string>; region: string },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("BatchPlatform", name, opts);
    const sg = new aws.ec2.SecurityGroup(
      `${name}-jobs`,
      {
        vpcId: args.network.vpc.id,
        egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] }],
      },
      this.child,
    );
    const ce = new aws.batch.ComputeEnvironment(
      `${name}-ce`,
      {
        type: "MANAGED",
        computeResources: {
          type: "EC2",
          instanceTypes: ["m6i.large"],
          instanceRole: "arn:aws:iam::222233334444:instance-profile/ecs",
          maxVcpus: 32,
          subnets: args.network.subnetIds,
          securityGroupIds: [sg.id],
        },
      },
      { ...this.child, deleteBeforeReplace: false },
    );
    new aws.batch.JobQueue(
      `${name}-q`,
      { state: "ENABLED", priority: 1, computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }] },
      { parent: ce },
    );
    const group = new aws.cloudwatch.LogGroup(`${name}-logs`, {}, this.child);
    new aws.batch.JobDefinition(
      `${name}-jd`,
      {
        type: "container",
        containerProperties: pulumi.jsonStringify({
          image: args.image,
          resourceRequirements: [
            { type: "VCPU", value: "1" },
            { type: "MEMORY", value: "512" },
          ],
          logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": group.name } },
        }),
      },
      this.child,
    );
    this.registerOutputs();
  }
}

/** A company's own components, three levels deep, with a provider that is passed down. */
export function componentLibrary({ letsIn = "network" }: { letsIn?: LetsIn } = {}): void {
  const region = "eu-west-1";
  const provider = new aws.Provider("acme", {
    region,
    allowedAccountIds: ["222233334444"],
    defaultTags: { tags: { team: "data" } },
  });
  const opts = { providers: { aws: provider } };
  const network = new Network(
    "acme",
    {
      cidr: "10.50.0.0/16",
      zones: ["a", "b"],
      region,
      services: ["s3", "ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"],
      letsIn,
    },
    opts,
  );
  new BatchPlatform(
    "jobs",
    {
      network,
      region,
      image:
        "222233334444.dkr.ecr.eu-west-1.amazonaws.com/jobs@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    },
    opts,
  );
}
