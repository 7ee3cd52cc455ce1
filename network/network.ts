import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Endpoints } from "./endpoints.ts";
import { FlowLogs } from "./flow-logs.ts";
import { type NetworkPlanArgs, planNetwork, type SubnetPlan } from "./plan.ts";

/** What jobs and the database need to know of the network they are in, whoever made it. */
export interface JobNetwork {
  readonly vpcId: pulumi.Output<string>;
  /** Where jobs run. */
  readonly computeSubnetIds: readonly pulumi.Output<string>[];
  /** Where the database runs. */
  readonly databaseSubnetIds: readonly pulumi.Output<string>[];
  /** Group that the jobs wear; who lets them in names it. */
  readonly jobSecurityGroup: aws.ec2.SecurityGroup;
  /** What must be there before the first instance starts: an agent that finds no ECS keeps the public addresses. */
  readonly ready: readonly pulumi.Resource[];
}

export interface NetworkArgs extends NetworkPlanArgs {
  /** By service: its endpoint's policy, as JSON. */
  readonly policies: Readonly<Record<string, string>>;
  /** Ports that jobs reach services on the internet at; without a way there, none is opened. */
  readonly internetPorts: readonly number[];
  readonly flowLogs: boolean;
  readonly logRetentionInDays: number;
}

/**
 * A VPC for jobs: private (or public) subnets for them, others for the database, the ways out and the endpoints that were
 * asked for. Rules and routes are resources of their own, so that each can be named where it blocks.
 * @throws RunError with all faults of the arguments
 */
export class Network extends pulumi.ComponentResource implements JobNetwork {
  readonly vpcId: pulumi.Output<string>;
  readonly privateSubnetIds: readonly pulumi.Output<string>[];
  readonly publicSubnetIds: readonly pulumi.Output<string>[];
  readonly databaseSubnetIds: readonly pulumi.Output<string>[];
  readonly computeSubnetIds: readonly pulumi.Output<string>[];
  readonly jobSecurityGroup: aws.ec2.SecurityGroup;
  readonly endpoints: Endpoints;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("batch-preflight:network:Network", name, {}, opts);
    const plan = planNetwork(args);
    if ("faults" in plan) throw new pulumi.RunError(plan.faults.join("\n"));
    const parent = { parent: this };
    const isPublic = args.egress === "public";

    // Both are needed for an endpoint's private DNS (VPC guide, vpc-dns).
    const vpc = new aws.ec2.Vpc(
      name,
      { cidrBlock: plan.cidrBlock, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
      parent,
    );
    const subnet = (kind: string, index: number, { zone, cidrBlock }: SubnetPlan, hasPublicAddresses = false) =>
      new aws.ec2.Subnet(
        `${name}-${kind}-${index + 1}`,
        {
          vpcId: vpc.id,
          availabilityZone: zone,
          cidrBlock,
          mapPublicIpOnLaunch: hasPublicAddresses,
          tags: { Name: `${name}-${kind}-${index + 1}` },
        },
        parent,
      );
    const table = (suffix: string, subnets: readonly aws.ec2.Subnet[]) => {
      const made = new aws.ec2.RouteTable(
        `${name}-${suffix}`,
        { vpcId: vpc.id, tags: { Name: `${name}-${suffix}` } },
        parent,
      );
      const kind = suffix.replace(/-\d+$/, "");
      const first = Number(suffix.match(/-(\d+)$/)?.[1] ?? 1);
      for (const [index, { id }] of subnets.entries()) {
        ready.push(
          new aws.ec2.RouteTableAssociation(
            `${name}-${kind}-${first + index}`,
            { routeTableId: made.id, subnetId: id },
            parent,
          ),
        );
      }
      return made;
    };
    const ready: pulumi.Resource[] = [];
    const defaultRoute = (
      suffix: string,
      target: { gatewayId: pulumi.Output<string> } | { natGatewayId: pulumi.Output<string> },
      routeTable: aws.ec2.RouteTable,
    ) =>
      ready.push(
        new aws.ec2.Route(
          `${name}-${suffix}`,
          { routeTableId: routeTable.id, destinationCidrBlock: "0.0.0.0/0", ...target },
          parent,
        ),
      );

    const compute = plan.compute.map((next, index) => subnet(isPublic ? "public" : "private", index, next, isPublic));
    const front = plan.public.map((next, index) => subnet("public", index, next));
    const back = plan.database.map((next, index) => subnet("database", index, next));
    const computeTables = isPublic
      ? [table("public", compute)]
      : compute.map((next, index) => table(`private-${index + 1}`, [next]));
    if (back.length > 0) table("database", back);

    if (args.egress !== "endpoints") {
      const gateway = new aws.ec2.InternetGateway(name, { vpcId: vpc.id, tags: { Name: name } }, parent);
      const frontTable = isPublic ? computeTables[0]! : table("public", front);
      defaultRoute("public", { gatewayId: gateway.id }, frontTable);
      const natGateways = plan.natGateways.map((index) => {
        const suffix = `nat-${index + 1}`;
        const address = new aws.ec2.Eip(
          `${name}-${suffix}`,
          { domain: "vpc", tags: { Name: `${name}-${suffix}` } },
          { ...parent, dependsOn: gateway },
        );
        return new aws.ec2.NatGateway(
          `${name}-${suffix}`,
          { subnetId: front[index]!.id, allocationId: address.id, tags: { Name: `${name}-${suffix}` } },
          { ...parent, dependsOn: gateway },
        );
      });
      if (natGateways.length > 0) {
        for (const [index, computeTable] of computeTables.entries()) {
          const natGateway = natGateways[index % natGateways.length]!;
          defaultRoute(`private-${index + 1}`, { natGatewayId: natGateway.id }, computeTable);
        }
      }
    }

    const ports = args.egress === "endpoints" ? [] : args.internetPorts;
    const { group, rules } = jobSecurityGroup(name, { vpcId: vpc.id, ports }, this);
    this.jobSecurityGroup = group;
    this.endpoints = new Endpoints(
      `${name}-endpoints`,
      {
        region: args.region,
        vpcId: vpc.id,
        interfaceEndpoints: plan.interfaceEndpoints,
        gatewayEndpoints: plan.gatewayEndpoints,
        subnetIds: compute.map(({ id }) => id),
        routeTableIds: computeTables.map(({ id }) => id),
        clientSecurityGroupId: this.jobSecurityGroup.id,
        policies: args.policies,
      },
      parent,
    );
    if (args.flowLogs) {
      new FlowLogs(`${name}-flow-logs`, { vpcId: vpc.id, retentionInDays: args.logRetentionInDays }, parent);
    }

    this.vpcId = vpc.id;
    this.computeSubnetIds = compute.map(({ id }) => id);
    this.privateSubnetIds = isPublic ? [] : this.computeSubnetIds;
    this.publicSubnetIds = isPublic ? this.computeSubnetIds : front.map(({ id }) => id);
    this.databaseSubnetIds = back.map(({ id }) => id);
    this.ready = [...ready, ...rules, this.endpoints];
    this.registerOutputs({
      vpcId: this.vpcId,
      privateSubnetIds: this.privateSubnetIds,
      publicSubnetIds: this.publicSubnetIds,
      databaseSubnetIds: this.databaseSubnetIds,
      jobSecurityGroupId: this.jobSecurityGroup.id,
    });
  }
}

export interface ExistingNetworkArgs {
  readonly vpcId: string;
  /** Where jobs run, and the database if there is one: two zones then. */
  readonly subnetIds: readonly string[];
  /** Ports that jobs reach services at, wherever those are. */
  readonly internetPorts: readonly number[];
}

/** A VPC of somebody else: nothing is made there but the jobs' group. Which ways lead out of it is for its owner. */
export class ExistingNetwork extends pulumi.ComponentResource implements JobNetwork {
  readonly vpcId: pulumi.Output<string>;
  readonly computeSubnetIds: readonly pulumi.Output<string>[];
  readonly databaseSubnetIds: readonly pulumi.Output<string>[];
  readonly jobSecurityGroup: aws.ec2.SecurityGroup;
  readonly ready: readonly pulumi.Resource[];

  constructor(
    name: string,
    { vpcId, subnetIds, internetPorts }: ExistingNetworkArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("batch-preflight:network:ExistingNetwork", name, {}, opts);
    this.vpcId = pulumi.output(vpcId);
    this.computeSubnetIds = subnetIds.map((id) => pulumi.output(id));
    this.databaseSubnetIds = this.computeSubnetIds;
    const { group, rules } = jobSecurityGroup(name, { vpcId, ports: internetPorts }, this);
    this.jobSecurityGroup = group;
    this.ready = rules;
    this.registerOutputs({ vpcId: this.vpcId, jobSecurityGroupId: this.jobSecurityGroup.id });
  }
}

/** What jobs wear. It lets nothing in; what it lets out is named rule by rule: Pulumi takes AWS's allow-all away. */
function jobSecurityGroup(
  name: string,
  { vpcId, ports }: { vpcId: pulumi.Input<string>; ports: readonly number[] },
  parent: pulumi.ComponentResource,
): { group: aws.ec2.SecurityGroup; rules: readonly aws.vpc.SecurityGroupEgressRule[] } {
  const group = new aws.ec2.SecurityGroup(
    `${name}-jobs`,
    { description: "Jobs of AWS Batch", vpcId, tags: { Name: `${name}-jobs` } },
    { parent },
  );
  const rules = ports.map(
    (port) =>
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-jobs-${port}-out`,
        {
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrIpv4: "0.0.0.0/0",
          description: "Services and registries, wherever they are",
          securityGroupId: group.id,
        },
        { parent },
      ),
  );
  return { group, rules };
}
