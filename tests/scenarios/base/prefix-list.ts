import * as aws from "@pulumi/aws";

/** Jobs whose group lets them out to the list of a service's addresses that the program looks up. */
export function prefixListOf(service = "s3"): void {
  const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.9.0.0/16", enableDnsHostnames: true });
  const subnet = new aws.ec2.Subnet("jobs", {
    vpcId: vpc.id,
    cidrBlock: "10.9.1.0/24",
    availabilityZone: "eu-west-1a",
  });
  const epSubnet = new aws.ec2.Subnet("endpoints", {
    vpcId: vpc.id,
    cidrBlock: "10.9.2.0/24",
    availabilityZone: "eu-west-1b",
  });
  const rt = new aws.ec2.RouteTable("jobs", { vpcId: vpc.id, routes: [] });
  new aws.ec2.RouteTableAssociation("jobs", { subnetId: subnet.id, routeTableId: rt.id });
  const jobs = new aws.ec2.SecurityGroup("jobs", { vpcId: vpc.id });
  const eps = new aws.ec2.SecurityGroup("eps", {
    vpcId: vpc.id,
    ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, securityGroups: [jobs.id] }],
  });
  new aws.ec2.VpcEndpoint("s3", { vpcId: vpc.id, serviceName: "com.amazonaws.eu-west-1.s3", routeTableIds: [rt.id] });
  const s3 = aws.ec2.getPrefixListOutput({ name: `com.amazonaws.eu-west-1.${service}` });
  new aws.ec2.SecurityGroupRule("to-s3", {
    type: "egress",
    securityGroupId: jobs.id,
    protocol: "tcp",
    fromPort: 443,
    toPort: 443,
    prefixListIds: [s3.id],
  });
  new aws.ec2.SecurityGroupRule("to-endpoints", {
    type: "egress",
    securityGroupId: jobs.id,
    protocol: "tcp",
    fromPort: 443,
    toPort: 443,
    sourceSecurityGroupId: eps.id,
  });
  for (const s of ["ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"])
    new aws.ec2.VpcEndpoint(s, {
      vpcId: vpc.id,
      vpcEndpointType: "Interface",
      serviceName: `com.amazonaws.eu-west-1.${s}`,
      subnetIds: [epSubnet.id],
      securityGroupIds: [eps.id],
      privateDnsEnabled: true,
    });
  const ce = new aws.batch.ComputeEnvironment("ce", {
    type: "MANAGED",
    computeResources: {
      type: "EC2",
      maxVcpus: 4,
      instanceTypes: ["c5"],
      instanceRole: "arn:aws:iam::123456789012:instance-profile/ecs",
      subnets: [subnet.id],
      securityGroupIds: [jobs.id],
    },
  });
  new aws.batch.JobQueue("q", {
    state: "ENABLED",
    priority: 1,
    computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
  });
  new aws.batch.JobDefinition("jd", {
    type: "container",
    containerProperties: JSON.stringify({
      image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app",
      vcpus: 1,
      memory: 512,
    }),
  });
}
