import type { Properties } from "../../../network/adapters/pulumi/resource.ts";
import { accountId, type Declared, type Mode, region, Stack } from "./declared.ts";

/** A VPC with two subnets and the jobs' group, and what jobs may need beside it. */
export class Lab extends Stack {
  readonly vpc: Declared;
  readonly subnets: readonly Declared[];
  readonly jobs: Declared;

  constructor(mode: Mode) {
    super(mode);
    this.vpc = this.add(
      "aws:ec2/vpc:Vpc",
      "lab",
      { cidrBlock: "10.0.0.0/16" },
      { defaultSecurityGroupId: "sg-default" },
    );
    this.subnets = ["a", "b"].map((name, index) =>
      this.add("aws:ec2/subnet:Subnet", name, { vpcId: this.vpc.out(), cidrBlock: `10.0.${index}.0/24` }),
    );
    this.jobs = this.group("jobs");
  }

  group(name: string, inputs: Properties = {}): Declared {
    return this.add("aws:ec2/securityGroup:SecurityGroup", name, { vpcId: this.vpc.out(), ...inputs });
  }

  environment(name: string, resources: Properties = {}, inputs: Properties = {}): Declared {
    const computeResources = {
      type: "FARGATE",
      maxVcpus: 4,
      subnets: this.subnets.map((one) => one.out()),
      securityGroupIds: [this.jobs.out()],
      ...resources,
    };
    return this.add("aws:batch/computeEnvironment:ComputeEnvironment", name, {
      type: "MANAGED",
      computeResources,
      ...inputs,
    });
  }

  definition(name: string, inputs: Properties): Declared {
    return this.add("aws:batch/jobDefinition:JobDefinition", name, {
      type: "container",
      platformCapabilities: ["FARGATE"],
      ...inputs,
    });
  }

  repository(name = "worker", inputs: Properties = {}, home = region): Declared {
    const repositoryUrl = `${accountId}.dkr.ecr.${home}.amazonaws.com/${name}`;
    const arn = `arn:aws:ecr:${home}:${accountId}:repository/${name}`;
    return this.add("aws:ecr/repository:Repository", name, { name, ...inputs }, { repositoryUrl, arn });
  }

  role(): Declared {
    return this.add("aws:iam/role:Role", "execution");
  }

  secret(name = "password"): Declared {
    const arn = `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-a1b2c3`;
    return this.add("aws:secretsmanager/secret:Secret", name, {}, { id: arn, arn });
  }

  subnetGroup(type = "aws:rds/subnetGroup:SubnetGroup"): Declared {
    return this.add(type, "data", { subnetIds: this.subnets.map((one) => one.out()) });
  }

  /** Two hosts of one database, of which the address alone tells it. */
  postgres(name = "db", inputs: Properties = {}): Declared {
    const address = `${name}.c1.${region}.rds.amazonaws.com`;
    return this.add(
      "aws:rds/instance:Instance",
      name,
      {
        engine: "postgres",
        dbSubnetGroupName: this.subnetGroup().out(),
        vpcSecurityGroupIds: [this.group(`${name}-group`).out()],
        ...inputs,
      },
      { address, endpoint: `${address}:5432` },
    );
  }
}
