import * as aws from "@pulumi/aws";

const vpc = new aws.ec2.Vpc("my-vpc", { cidrBlock: "10.0.0.0/16" });
const gw = new aws.ec2.InternetGateway("my-gw", { vpcId: vpc.id });
const rt = new aws.ec2.RouteTable("my-rt", { vpcId: vpc.id, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gw.id }] });
const subnet1 = new aws.ec2.Subnet("my-subnet-1", {
  vpcId: vpc.id,
  cidrBlock: "10.0.1.0/24",
  availabilityZone: "us-east-1a",
});
const subnet2 = new aws.ec2.Subnet("my-subnet-2", {
  vpcId: vpc.id,
  cidrBlock: "10.0.2.0/24",
  availabilityZone: "us-east-1b",
  mapPublicIpOnLaunch: true,
});
new aws.ec2.RouteTableAssociation("rta-1", { subnetId: subnet1.id, routeTableId: rt.id });
new aws.ec2.RouteTableAssociation("rta-2", { subnetId: subnet2.id, routeTableId: rt.id });
const sg = new aws.ec2.SecurityGroup("my-sg", {
  vpcId: vpc.id,
  ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }],
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});
const role = new aws.iam.Role("my-role", {
  assumeRolePolicy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
});
const ip = new aws.iam.InstanceProfile("my-ip", { role: role });
const ce = new aws.batch.ComputeEnvironment("my-ce", {
  type: "MANAGED",
  serviceRole: "arn:aws:iam::111122223333:role/service-role/AWSBatchServiceRole",
  computeResources: {
    type: "EC2",
    instanceRole: ip.arn,
    instanceTypes: ["m5.large"],
    minVcpus: 0,
    maxVcpus: 8,
    subnets: [subnet1.id, subnet2.id],
    securityGroupIds: [sg.id],
  },
});
new aws.batch.JobQueue("my-jq", {
  state: "ENABLED",
  priority: 1,
  computeEnvironmentOrders: [{ order: 1, computeEnvironment: ce.arn }],
});
new aws.batch.JobDefinition("my-jd", {
  type: "container",
  containerProperties: JSON.stringify({ image: "nginx", vcpus: 1, memory: 128 }),
});
export const ceArn = ce.arn;
