// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Terraform has its own templates, and this is how they look.
import test from "ava";
import { type ProgramResource, unknownValue } from "../../../network/adapters/pulumi/resource.ts";
import { someSchemas } from "./schemas.ts";
import { translation } from "./translation.ts";

const urnOf = (type: string, name: string) => `urn:pulumi:dev::project::${type}::${name}`;

function resource(type: string, name: string, parts: Partial<ProgramResource> = {}): ProgramResource {
  const { inputs = {}, propertyDependencies = {} } = parts;
  const dependencies = [...new Set(Object.values(propertyDependencies).flat())];
  const urn = urnOf(type, name);
  return { urn, type, name, isCustom: true, inputs, outputs: inputs, dependencies, propertyDependencies, ...parts };
}

const translated = (...resources: ProgramResource[]) => translation(resources, someSchemas, { region: "eu-west-1" });

const vpcType = "aws:ec2/vpc:Vpc";
const vpc = resource(vpcType, "main", { id: "vpc-made-up", inputs: { cidrBlock: "10.0.0.0/16" } });
const toVpc = { vpcId: [vpc.urn] };

test("names in camel case, plurals and single blocks become the provider's own", (t) => {
  const { resource: found, faults } = translated(
    resource("aws:batch/computeEnvironment:ComputeEnvironment", "main", {
      inputs: {
        name: "jobs",
        type: "MANAGED",
        serviceRole: "arn:aws:iam::123456789012:role/batch",
        computeResources: { maxVcpus: 4, subnets: ["subnet-1"], ec2Configurations: [{ imageType: "ECS_AL2023" }] },
      },
    }),
  );
  t.deepEqual(faults, []);
  t.deepEqual(found, {
    aws_batch_compute_environment: {
      main: {
        compute_environment_name: "jobs",
        type: "MANAGED",
        service_role: "arn:aws:iam::123456789012:role/batch",
        compute_resources: [{ max_vcpus: 4, subnets: ["subnet-1"], ec2_configuration: [{ image_type: "ECS_AL2023" }] }],
      },
    },
  });
});

test("an object inside an attribute has all its fields, if only as null", (t) => {
  const ingress = [{ protocol: "tcp", fromPort: 443, toPort: 443 }];
  const { resource: found } = translated(
    resource("aws:ec2/securityGroup:SecurityGroup", "web", { inputs: { name: "web", ingress } }),
    resource("aws:ec2/routeTable:RouteTable", "web", {
      inputs: { vpcId: "vpc-1", routes: [{ cidrBlock: "0.0.0.0/0" }] },
    }),
  );
  t.deepEqual(found.aws_security_group?.web?.ingress, [
    { protocol: "tcp", from_port: 443, to_port: 443, cidr_blocks: null },
  ]);
  t.deepEqual(found.aws_route_table?.web?.route, [{ cidr_block: "0.0.0.0/0" }]);
});

test("what another resource made up becomes a reference to it", (t) => {
  const { resource: found, faults } = translated(
    vpc,
    resource("aws:ec2/securityGroup:SecurityGroup", "web", {
      inputs: { name: "web", vpcId: "vpc-made-up" },
      propertyDependencies: toVpc,
    }),
  );
  t.deepEqual(faults, []);
  t.deepEqual(found.aws_security_group?.web, {
    name: "web",
    vpc_id: "${aws_vpc.main.id}",
  });
});

test("what a resource waits for without referring to it, Terraform is told", (t) => {
  const { resource: found } = translated(
    vpc,
    resource("aws:ec2/securityGroup:SecurityGroup", "web", { inputs: { name: "web" }, dependencies: [vpc.urn] }),
  );
  t.deepEqual(found.aws_security_group?.web, { name: "web", depends_on: ["aws_vpc.main"] });
});

test("a reference inside a text, a secret's ARN in a list of outputs, and a name that is referred to whole", (t) => {
  const databaseType = "aws:rds/instance:Instance";
  const database = resource(databaseType, "main", {
    id: "db-made-up",
    inputs: { identifier: "jobs", instanceClass: "db.t4g.micro" },
    outputs: { address: "host-made-up", identifier: "jobs", masterUserSecrets: [{ secretArn: "arn:made-up" }] },
  });
  const text = JSON.stringify({ host: "host-made-up", secret: "arn:made-up:password::", group: "jobs" });
  const { resource: found } = translated(
    database,
    resource("aws:batch/jobDefinition:JobDefinition", "worker", {
      inputs: { name: "jobs", type: "container", containerProperties: text },
      propertyDependencies: { containerProperties: [database.urn], name: [database.urn] },
    }),
  );
  t.deepEqual(found.aws_batch_job_definition?.worker, {
    // All of the text, so it is the database's; inside another text it may be there by chance.
    name: "${aws_db_instance.main.identifier}",
    type: "container",
    container_properties:
      '{"host":"${aws_db_instance.main.address}","secret":"${aws_db_instance.main.master_user_secret[0].secret_arn}:password::","group":"jobs"}',
  });
});

test("a text that only looks like another resource's stays one", (t) => {
  const { resource: found } = translated(
    vpc,
    resource("aws:ec2/securityGroup:SecurityGroup", "web", { inputs: { name: "web", vpcId: "vpc-made-up" } }),
  );
  t.is(found.aws_security_group?.web?.vpc_id, "vpc-made-up");
});

test("what Terraform would take for a template stands for itself", (t) => {
  const { resource: found } = translated(
    resource(vpcType, "main", { inputs: { tags: { rule: "${aws:username} %{if}", "camelCase.stays": "1" } } }),
  );
  t.deepEqual(found.aws_vpc?.main?.tags, { rule: "$${aws:username} %%{if}", "camelCase.stays": "1" });
});

test("where the program names nothing, a name is the logical one with a suffix, as Pulumi makes it", (t) => {
  const { resource: found } = translated(
    resource("aws:ec2/securityGroup:SecurityGroup", "Web"),
    resource("aws:ec2/securityGroup:SecurityGroup", "prefixed", { inputs: { namePrefix: "web-" } }),
    resource("aws:rds/instance:Instance", "Main", { inputs: { instanceClass: "db.t4g.micro" } }),
  );
  t.regex(String(found.aws_security_group?.Web?.name), /^Web-[0-9a-f]{7}$/);
  t.deepEqual(found.aws_security_group?.prefixed, { name_prefix: "web-" });
  t.regex(String(found.aws_db_instance?.Main?.identifier), /^main-[0-9a-f]{7}$/);
});

test("two resources of one name under different parents are two", (t) => {
  const second = { ...resource(vpcType, "main"), urn: urnOf(`project:index:Network$${vpcType}`, "main") };
  const labels = Object.keys(translated(vpc, second).resource.aws_vpc ?? {});
  t.is(labels.length, 2);
});

test("awsx: a repository is one, an image is its address", (t) => {
  const repository = resource("awsx:ecr:Repository", "worker", {
    isCustom: false,
    inputs: { forceDelete: true, lifecyclePolicy: { skip: true } },
    outputs: { url: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker" },
  });
  const image = resource("awsx:ecr:Image", "worker", {
    isCustom: false,
    inputs: { repositoryUrl: repository.outputs.url },
    outputs: { imageUri: `${repository.outputs.url}@sha256:00` },
  });
  const { resource: found, faults } = translated(
    repository,
    image,
    resource("aws:batch/jobDefinition:JobDefinition", "worker", {
      inputs: { name: "jobs", type: "container", containerProperties: `{"image":"${image.outputs.imageUri}"}` },
      propertyDependencies: { containerProperties: [image.urn] },
    }),
  );
  t.deepEqual(faults, []);
  t.like(found.aws_ecr_repository?.worker, { force_delete: true });
  t.is(
    found.aws_batch_job_definition?.worker?.container_properties,
    '{"image":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/worker@sha256:00"}',
  );
});

test("a compute environment without a service role gets one that moto wants, and only then is there one", (t) => {
  const type = "aws:batch/computeEnvironment:ComputeEnvironment";
  const inputs = { type: "MANAGED", computeResources: { maxVcpus: 4, subnets: ["subnet-1"] } };
  const { resource: without } = translated(resource(type, "main", { inputs }));
  t.is(without.aws_batch_compute_environment?.main?.service_role, "${aws_iam_role.moto-batch-service.arn}");
  t.deepEqual(Object.keys(without.aws_iam_role ?? {}), ["moto-batch-service"]);
  const { resource: having } = translated(resource(type, "main", { inputs: { ...inputs, serviceRole: "arn:mine" } }));
  t.is(having.aws_iam_role, undefined);
});

const faulty: readonly (readonly [what: string, resource: ProgramResource, fault: string])[] = [
  [
    "a property that the provider does not know",
    resource(vpcType, "main", { inputs: { cidrBlok: "10.0.0.0/16" } }),
    'property "cidrBlok" is not an argument of Terraform\'s provider.',
  ],
  [
    "one inside a block",
    resource("aws:batch/jobDefinition:JobDefinition", "main", {
      inputs: { name: "jobs", type: "container", retryStrategy: { evaluateOnExits: [{ onFriday: "RETRY" }] } },
    }),
    'property "retryStrategy.evaluateOnExits[0].onFriday" is not an argument of Terraform\'s provider.',
  ],
  [
    "one inside an attribute",
    resource("aws:ec2/securityGroup:SecurityGroup", "main", { inputs: { ingress: [{ port: 1 }] } }),
    'property "ingress[0].port" is not an argument of Terraform\'s provider.',
  ],
  [
    "one that can only be read",
    resource(vpcType, "main", { inputs: { arn: "arn:mine" } }),
    'property "arn" is not an argument of Terraform\'s provider.',
  ],
  [
    "an object where a text should be",
    resource(vpcType, "main", { inputs: { cidrBlock: { first: "10.0.0.0" } } }),
    'property "cidrBlock" is {"first":"10.0.0.0"}, and must be a string.',
  ],
  [
    "a value that is not known",
    resource(vpcType, "main", { inputs: { cidrBlock: unknownValue } }),
    `property "cidrBlock" is "${unknownValue}", though the program was recorded with everything known.`,
  ],
  [
    "a text made of nothing",
    resource(vpcType, "main", { inputs: { tags: { Name: "jobs-undefined" } } }),
    'property "tags.Name" is "jobs-undefined", though the program was recorded with everything known.',
  ],
  [
    "another Region",
    resource(vpcType, "main", { inputs: { region: "us-west-2" } }),
    "its Region is us-west-2, the provider's is eu-west-1.",
  ],
  [
    "a type that the provider does not know",
    resource("aws:ec2/nonsense:Nonsense", "main"),
    "Terraform's provider has no type for it, or several.",
  ],
  [
    "another provider's type",
    resource("random:index/randomId:RandomId", "main"),
    "Terraform's provider has no type for it, or several.",
  ],
  [
    "a resource that is looked up",
    resource(vpcType, "main", { isRead: true, id: "vpc-1" }),
    "it is looked up, and would have to exist beforehand.",
  ],
];

for (const [what, wrong, fault] of faulty) {
  test(`not translated: ${what}`, (t) => {
    t.deepEqual(translated(wrong).faults, [`${wrong.type} "${wrong.name}": ${fault}`]);
  });
}
