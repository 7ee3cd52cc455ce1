import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Jobs in public subnets that ask a cache, a search domain, a document database and a warehouse by their endpoints. */
export function stores({ searchPort = 443 } = {}): void {
  const vpc = new aws.ec2.Vpc("vpc", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
  const igw = new aws.ec2.InternetGateway("igw", { vpcId: vpc.id });
  new aws.ec2.Route("out", {
    routeTableId: vpc.mainRouteTableId,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: igw.id,
  });
  const subnets = ["a", "b"].map(
    (zone, i) =>
      new aws.ec2.Subnet(zone, {
        vpcId: vpc.id,
        cidrBlock: `10.0.${i}.0/24`,
        availabilityZone: `eu-west-1${zone}`,
      }),
  );
  const subnetIds = subnets.map((s) => s.id);
  const jobs = new aws.ec2.SecurityGroup("jobs", {
    vpcId: vpc.id,
    egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
  });
  const letIn = (name: string, port: number) =>
    new aws.ec2.SecurityGroup(name, {
      vpcId: vpc.id,
      ingress: [{ protocol: "tcp", fromPort: port, toPort: port, securityGroups: [jobs.id] }],
    }).id;
  const cache = new aws.elasticache.ServerlessCache("cache", {
    engine: "valkey",
    subnetIds,
    securityGroupIds: [letIn("cacheGroup", 6379)],
  });
  const search = new aws.opensearch.Domain("search", {
    vpcOptions: { subnetIds, securityGroupIds: [letIn("searchGroup", searchPort)] },
  });
  const documents = new aws.docdb.Cluster("documents", {
    masterUsername: "root",
    masterPassword: "correct-horse",
    dbSubnetGroupName: new aws.docdb.SubnetGroup("documents", { subnetIds }).name,
    vpcSecurityGroupIds: [letIn("documentsGroup", 27017)],
  });
  const warehouse = new aws.redshiftserverless.Workgroup("warehouse", {
    namespaceName: "main",
    workgroupName: "main",
    subnetIds,
    securityGroupIds: [letIn("warehouseGroup", 5439)],
  });
  const ce = new aws.batch.ComputeEnvironment("ce", {
    type: "MANAGED",
    computeResources: { type: "FARGATE", maxVcpus: 4, subnets: subnetIds, securityGroupIds: [jobs.id] },
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
      image: "ghcr.io/acme/app:1",
      executionRoleArn: "arn:aws:iam::123456789012:role/jobs",
      networkConfiguration: { assignPublicIp: "ENABLED" },
      resourceRequirements: [
        { type: "VCPU", value: "1" },
        { type: "MEMORY", value: "2048" },
      ],
      environment: [
        { name: "CACHE", value: pulumi.interpolate`rediss://${cache.endpoints[0]?.address}:6379/0` },
        { name: "SEARCH", value: pulumi.interpolate`https://${search.endpoint}` },
        { name: "DOCUMENTS", value: documents.endpoint },
        { name: "WAREHOUSE", value: warehouse.endpoints.apply(([first]) => first?.address ?? "") },
      ],
    }),
  });
}
