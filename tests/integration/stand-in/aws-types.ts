import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import ts from "typescript";

/** A type of resource as @pulumi/aws declares it. */
export interface AwsType {
  readonly token: string;
  readonly inputs: ReadonlyMap<string, Property>;
  readonly outputs: ReadonlyMap<string, Property>;
  /** The input that gets a name of its own where the program gives none. */
  readonly autonamed: string | undefined;
}

export interface Property {
  readonly kind: "string" | "number" | "boolean" | "array" | "object" | "other";
  /** Of an input: it must be set. Of an output: it has a value in any case, by the provider if by nobody else. */
  readonly isRequired: boolean;
}

const sdk = path.dirname(createRequire(import.meta.url).resolve("@pulumi/aws/package.json"));
const types = new Map<string, AwsType>();

/** @throws Error where @pulumi/aws has no such type */
export function awsType(token: string): AwsType {
  let type = types.get(token);
  if (!type) {
    type = read(token);
    types.set(token, type);
  }
  return type;
}

function read(token: string): AwsType {
  const [, file = "", name = ""] = token.match(/^aws:([\w/]+):(\w+)$/) ?? [];
  const source = ts.createSourceFile(
    "declarations.d.ts",
    readFileSync(path.join(sdk, `${file}.d.ts`), "utf8"),
    ts.ScriptTarget.ES2022,
  );
  let inputs = new Map<string, Property>();
  let outputs = new Map<string, Property>();
  for (const statement of source.statements) {
    if (ts.isClassDeclaration(statement) && statement.name?.text === name) {
      outputs = properties(statement.members.filter(ts.isPropertyDeclaration), source);
    }
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === `${name}Args`) {
      inputs = properties(statement.members.filter(ts.isPropertySignature), source);
    }
  }
  const autonamed = ["name", "identifier", "bucket"].find(
    (key) => inputs.get(key)?.isRequired === false && outputs.get(key)?.isRequired,
  );
  return { token, inputs, outputs, autonamed };
}

function properties(
  members: readonly (ts.PropertyDeclaration | ts.PropertySignature)[],
  source: ts.SourceFile,
): Map<string, Property> {
  return new Map(
    members
      .filter((member) => /^pulumi\.(Output|Input)</.test(member.type?.getText(source) ?? ""))
      .map((member) => {
        // pulumi.Output<string | undefined>, pulumi.Input<pulumi.Input<string>[] | undefined>
        const text = (member.type?.getText(source) ?? "").replace(/^pulumi\.\w+<([\s\S]*)>$/, "$1").trim();
        const isRequired = !member.questionToken && !/\| undefined$/.test(text);
        return [member.name.getText(source), { kind: kindOf(text.replace(/\| undefined$/, "").trim()), isRequired }];
      }),
  );
}

function kindOf(text: string): Property["kind"] {
  if (text === "string" || text === "number" || text === "boolean") return text;
  if (text.endsWith("[]")) return "array";
  if (text.startsWith("{") || /^(in|out)puts\.[\w.]+$/.test(text)) return "object";
  return "other";
}

/** Inputs whose values have no order: with one value that is unknown, all of it is (terraform-provider-aws, SDKv2's sets). */
export const sets: Readonly<Record<string, readonly string[]>> = {
  "aws:batch/computeEnvironment:ComputeEnvironment": [
    "computeResources.subnets",
    "computeResources.securityGroupIds",
    "computeResources.instanceTypes",
  ],
  "aws:batch/jobDefinition:JobDefinition": ["platformCapabilities"],
  "aws:ec2/launchTemplate:LaunchTemplate": ["vpcSecurityGroupIds"],
  "aws:ec2/networkAcl:NetworkAcl": ["subnetIds", "ingress", "egress"],
  "aws:ec2/routeTable:RouteTable": ["routes", "propagatingVgws"],
  "aws:ec2/securityGroup:SecurityGroup": ["ingress", "egress"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["subnetIds", "securityGroupIds", "routeTableIds", "subnetConfigurations"],
  "aws:rds/instance:Instance": ["vpcSecurityGroupIds", "enabledCloudwatchLogsExports"],
  "aws:rds/parameterGroup:ParameterGroup": ["parameters"],
  "aws:rds/subnetGroup:SubnetGroup": ["subnetIds"],
};

/** Inputs whose change makes another resource (ForceNew and RequiresReplace in terraform-provider-aws, internal/service). */
export const replacedBy: Readonly<Record<string, readonly string[]>> = {
  "aws:batch/computeEnvironment:ComputeEnvironment": ["name", "namePrefix", "type", "computeResources.type"],
  "aws:batch/jobDefinition:JobDefinition": ["name"],
  "aws:batch/jobQueue:JobQueue": ["name"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix", "logGroupClass"],
  "aws:ec2/eip:Eip": ["domain", "networkBorderGroup", "publicIpv4Pool"],
  "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": ["internetGatewayId", "vpcId"],
  "aws:ec2/launchTemplate:LaunchTemplate": ["name", "namePrefix"],
  "aws:ec2/natGateway:NatGateway": ["allocationId", "connectivityType", "subnetId", "privateIp"],
  "aws:ec2/networkAcl:NetworkAcl": ["vpcId"],
  "aws:ec2/route:Route": [
    "routeTableId",
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
  ],
  "aws:ec2/routeTable:RouteTable": ["vpcId"],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ["subnetId", "gatewayId"],
  "aws:ec2/securityGroup:SecurityGroup": ["name", "namePrefix", "description", "vpcId"],
  "aws:ec2/subnet:Subnet": ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "ipv6Native", "outpostArn"],
  "aws:ec2/vpc:Vpc": ["cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["vpcId", "serviceName", "vpcEndpointType", "serviceRegion"],
  "aws:ecr/repository:Repository": ["name", "encryptionConfigurations"],
  "aws:iam/instanceProfile:InstanceProfile": ["name", "namePrefix"],
  "aws:iam/policy:Policy": ["name", "namePrefix", "description", "path"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "namePrefix", "role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ["role", "policyArn"],
  "aws:rds/instance:Instance": ["engine", "username", "dbName", "storageEncrypted", "kmsKeyId", "availabilityZone"],
  "aws:rds/subnetGroup:SubnetGroup": ["name", "namePrefix"],
  "aws:secretsmanager/secret:Secret": ["name", "namePrefix"],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretId"],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["securityGroupId"],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["securityGroupId"],
};

/** How ids begin; other types are identified by their name, or their ARN. */
export const idPrefixes: Readonly<Record<string, string>> = {
  "aws:ec2/eip:Eip": "eipalloc",
  "aws:ec2/flowLog:FlowLog": "fl",
  "aws:ec2/internetGateway:InternetGateway": "igw",
  "aws:ec2/launchTemplate:LaunchTemplate": "lt",
  "aws:ec2/natGateway:NatGateway": "nat",
  "aws:ec2/networkAcl:NetworkAcl": "acl",
  "aws:ec2/route:Route": "r",
  "aws:ec2/routeTable:RouteTable": "rtb",
  "aws:ec2/routeTableAssociation:RouteTableAssociation": "rtbassoc",
  "aws:ec2/securityGroup:SecurityGroup": "sg",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/vpc:Vpc": "vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
  "aws:rds/instance:Instance": "db",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr",
};
