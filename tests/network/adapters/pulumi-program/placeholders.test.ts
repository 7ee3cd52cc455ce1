import test from "ava";
import { type Properties, unknownValue } from "../../../../network/adapters/pulumi/resource.ts";
import { Facts } from "../../../../network/adapters/pulumi-program/placeholders/facts.ts";
import { autonamed, placeholders } from "../../../../network/adapters/pulumi-program/placeholders/placeholders.ts";

function facts(type: string, inputs: Properties = {}, name = "main", region = "eu-west-1"): Facts {
  return new Facts({ urn: `urn:pulumi:dev::lab::${type}::${name}`, type, name, inputs, region });
}

const made = (...parameters: Parameters<typeof facts>) => placeholders(facts(...parameters));

const forms: readonly (readonly [type: string, id: RegExp, inputs?: Properties])[] = [
  ["aws:ec2/vpc:Vpc", /^vpc-0[0-9a-f]{16}$/],
  ["aws:ec2/subnet:Subnet", /^subnet-0[0-9a-f]{16}$/],
  ["aws:ec2/securityGroup:SecurityGroup", /^sg-0[0-9a-f]{16}$/],
  ["aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", /^sgr-0[0-9a-f]{16}$/],
  ["aws:ec2/routeTable:RouteTable", /^rtb-0[0-9a-f]{16}$/],
  ["aws:ec2/internetGateway:InternetGateway", /^igw-0[0-9a-f]{16}$/],
  ["aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", /^eigw-0[0-9a-f]{16}$/],
  ["aws:ec2/natGateway:NatGateway", /^nat-0[0-9a-f]{16}$/],
  ["aws:ec2/networkAcl:NetworkAcl", /^acl-0[0-9a-f]{16}$/],
  ["aws:ec2/networkInterface:NetworkInterface", /^eni-0[0-9a-f]{16}$/],
  ["aws:ec2/vpcEndpoint:VpcEndpoint", /^vpce-0[0-9a-f]{16}$/],
  ["aws:ec2/vpcPeeringConnection:VpcPeeringConnection", /^pcx-0[0-9a-f]{16}$/],
  ["aws:ec2transitgateway/transitGateway:TransitGateway", /^tgw-0[0-9a-f]{16}$/],
  ["aws:ec2transitgateway/vpcAttachment:VpcAttachment", /^tgw-attach-0[0-9a-f]{16}$/],
  ["aws:ec2transitgateway/routeTable:RouteTable", /^tgw-rtb-0[0-9a-f]{16}$/],
  ["aws:ec2/eip:Eip", /^eipalloc-0[0-9a-f]{16}$/],
  ["aws:ec2/managedPrefixList:ManagedPrefixList", /^pl-0[0-9a-f]{16}$/],
  ["aws:efs/fileSystem:FileSystem", /^fs-0[0-9a-f]{16}$/],
  ["aws:ec2/launchTemplate:LaunchTemplate", /^lt-0[0-9a-f]{16}$/],
  ["aws:cloudwatch/logGroup:LogGroup", /^\/aws\/batch$/, { name: "/aws/batch" }],
  ["aws:iam/role:Role", /^main-[0-9a-f]{7}$/],
  ["aws:s3/bucket:Bucket", /^main-[0-9a-f]{7}$/],
  ["aws:batch/jobQueue:JobQueue", /^arn:aws:batch:eu-west-1:000000000000:job-queue\/q$/, { name: "q" }],
  [
    "aws:secretsmanager/secret:Secret",
    /^arn:aws:secretsmanager:eu-west-1:000000000000:secret:main-[0-9a-f]{7}-[0-9a-f]{6}$/,
  ],
  ["random:index/randomPet:RandomPet", /^main-[0-9a-f]{16}$/],
];

for (const [type, form, inputs] of forms) {
  test(`the id of ${type} has AWS's form, is always the same, and no other's`, (t) => {
    const { id } = made(type, inputs);
    t.regex(id, form);
    t.is(made(type, inputs).id, id);
    if (inputs?.name === undefined) t.not(made(type, inputs, "other").id, id);
  });
}

test("no two types share an id by name alone", (t) => {
  const ids = forms.map(([type, , inputs]) => made(type, inputs).id);
  const named = ids.filter((id) => !/^main-[0-9a-f]{7}$/.test(id));
  t.is(new Set(named).size, named.length);
});

test("ARNs have six parts, the Region and the partition", (t) => {
  t.is(
    made("aws:ec2/vpc:Vpc", {}, "main", "cn-north-1").outputs.arn?.toString().slice(0, 42),
    "arn:aws-cn:ec2:cn-north-1:000000000000:vpc",
  );
  t.is(made("aws:iam/role:Role", { name: "r", path: "/jobs/" }).outputs.arn, "arn:aws:iam::000000000000:role/jobs/r");
  t.is(made("aws:s3/bucket:Bucket", { bucket: "b" }).outputs.arn, "arn:aws:s3:::b");
  for (const [type, , inputs] of forms) {
    const { arn } = made(type, inputs).outputs;
    if (arn !== undefined) t.true(String(arn).split(":").length >= 6, type);
  }
});

test("what a VPC comes with has the ids of the resources that adopt it", (t) => {
  const vpc = made("aws:ec2/vpc:Vpc");
  const { defaultSecurityGroupId, defaultRouteTableId, defaultNetworkAclId, mainRouteTableId } = vpc.outputs;
  t.is(made("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", { vpcId: vpc.id }).id, String(defaultSecurityGroupId));
  t.is(made("aws:ec2/defaultRouteTable:DefaultRouteTable", { defaultRouteTableId }).id, String(defaultRouteTableId));
  t.is(made("aws:ec2/defaultNetworkAcl:DefaultNetworkAcl", { defaultNetworkAclId }).id, String(defaultNetworkAclId));
  t.is(mainRouteTableId, defaultRouteTableId);
});

test("a gateway endpoint has the prefix list of its service in the Region, an interface endpoint none", (t) => {
  const serviceName = "com.amazonaws.eu-west-1.s3";
  const list = made("aws:ec2/vpcEndpoint:VpcEndpoint", { serviceName }).outputs.prefixListId;
  t.regex(String(list), /^pl-0/);
  t.is(made("aws:ec2/vpcEndpoint:VpcEndpoint", { serviceName }, "other").outputs.prefixListId, list);
  t.is(
    made("aws:ec2/vpcEndpoint:VpcEndpoint", { serviceName, vpcEndpointType: "Interface" }).outputs.prefixListId,
    undefined,
  );
});

test("a database has its address and the port of its engine", (t) => {
  const { address, port, endpoint } = made("aws:rds/instance:Instance", {
    engine: "postgres",
    identifier: "db",
  }).outputs;
  t.regex(String(address), /^db\.[0-9a-f]{12}\.eu-west-1\.rds\.amazonaws\.com$/);
  t.is(port, 5432);
  t.is(endpoint, `${address}:5432`);
  t.is(made("aws:rds/instance:Instance", { engine: "sqlserver-ex" }).outputs.port, 1433);
  t.is(
    made("aws:rds/instance:Instance", { engine: "postgres", port: 6543 }).outputs.endpoint?.toString().slice(-5),
    ":6543",
  );
  const unknown = made("aws:rds/instance:Instance", { engine: unknownValue }).outputs;
  t.is(unknown.port, undefined);
  t.is(unknown.endpoint, undefined, "an unknown port makes no known endpoint");
});

test("a database that keeps its password itself has a secret", (t) => {
  const { masterUserSecrets } = made("aws:rds/instance:Instance", { manageMasterUserPassword: true }).outputs;
  const [{ secretArn }] = masterUserSecrets as [{ secretArn: string }];
  t.regex(secretArn, /^arn:aws:secretsmanager:eu-west-1:000000000000:secret:rds!db-[0-9a-f]{12}-[0-9a-f]{6}$/);
  t.is(made("aws:rds/instance:Instance").outputs.masterUserSecrets, undefined);
});

test("what is computed from an unknown value is left unknown; the id is made of the name then", (t) => {
  const role = made("aws:iam/role:Role", { name: unknownValue });
  t.is(role.outputs.arn, undefined);
  t.regex(role.id, /^main-[0-9a-f]{16}$/);
  t.is(made("aws:ec2/vpc:Vpc", { region: unknownValue }, "main", unknownValue).outputs.arn, undefined);
});

test("names are made up where the program gives none, and only there", (t) => {
  t.regex(autonamed(facts("aws:iam/role:Role", {}, "Jobs")).name!, /^Jobs-[0-9a-f]{7}$/);
  t.regex(autonamed(facts("aws:s3/bucket:Bucket", {}, "Jobs")).bucket!, /^jobs-[0-9a-f]{7}$/);
  t.regex(autonamed(facts("aws:iam/role:Role", { namePrefix: "jobs-" })).name!, /^jobs-[0-9a-f]{26}$/);
  t.deepEqual(autonamed(facts("aws:iam/role:Role", { name: "jobs" })), {});
  t.deepEqual(autonamed(facts("aws:ec2/vpc:Vpc")), {});
});

test("an image's address is that of its repository", (t) => {
  const { repositoryUrl } = made("aws:ecr/repository:Repository", { name: "worker" }).outputs;
  t.is(repositoryUrl, "000000000000.dkr.ecr.eu-west-1.amazonaws.com/worker");
  t.regex(String(made("awsx:ecr:Image", { repositoryUrl }).outputs.imageUri), /\/worker@sha256:[0-9a-f]{64}$/);
  t.is(made("awsx:ecr:Image", { repositoryUrl: unknownValue }).outputs.imageUri, undefined);
});
