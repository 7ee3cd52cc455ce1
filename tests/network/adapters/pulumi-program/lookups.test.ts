import test from "ava";
import { unknownValue } from "../../../../network/adapters/pulumi/resource.ts";
import { answer } from "../../../../network/adapters/pulumi-program/lookups/answer.ts";
import { record, resource } from "./program.ts";

const zones = (parameters: object, region = "eu-west-1") =>
  answer("aws:index/getAvailabilityZones:getAvailabilityZones", { ...parameters }, region).result;

test("availability zones are those of the Region, without the excluded ones", (t) => {
  t.deepEqual(zones({}).names, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
  t.deepEqual(zones({}).zoneIds, ["euw1-az1", "euw1-az2", "euw1-az3"]);
  t.deepEqual(zones({ state: "available" }, "us-west-1").names, ["us-west-1a", "us-west-1c"]);
  t.is((zones({}, "us-east-1").names as string[]).length, 6);
  t.deepEqual(zones({ excludeNames: ["eu-west-1a"], excludeZoneIds: ["euw1-az2"] }).names, ["eu-west-1c"]);
  t.deepEqual(zones({ state: "impaired" }).names, []);
  t.deepEqual(zones({ region: "ap-southeast-2" }).zoneIds, ["apse2-az1", "apse2-az2", "apse2-az3"]);
});

test("filters that leave local zones out change nothing; others can't be answered", (t) => {
  const filters = [{ name: "opt-in-status", values: ["opt-in-not-required"] }];
  t.deepEqual(zones({ filters }).names, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]);
  t.is(zones({ filters: [{ name: "zone-type", values: ["local-zone"] }] }).names, undefined);
});

test("the Region, the partition, ARNs and service principals follow from what is known", (t) => {
  const ask = (token: string, parameters = {}, region = "cn-north-1") => answer(token, parameters, region).result;
  t.like(ask("aws:index/getRegion:getRegion"), { name: "cn-north-1", region: "cn-north-1", id: "cn-north-1" });
  t.like(ask("aws:index/getRegion:getRegion", { region: "us-east-2" }), { name: "us-east-2" });
  t.like(ask("aws:index/getPartition:getPartition"), {
    partition: "aws-cn",
    dnsSuffix: "amazonaws.com.cn",
    reverseDnsPrefix: "cn.com.amazonaws",
  });
  t.like(ask("aws:index/getCallerIdentity:getCallerIdentity"), { accountId: "000000000000" });
  t.like(ask("aws:index/getArn:getArn", { arn: "arn:aws:logs:eu-west-1:1:log-group:a:*" }), {
    service: "logs",
    account: "1",
    resource: "log-group:a:*",
  });
  t.like(ask("aws:index/getServicePrincipal:getServicePrincipal", { serviceName: "batch" }), {
    name: "batch.amazonaws.com",
  });
});

test("AWS's own prefix lists and endpoint services are told by their names, not by their addresses", (t) => {
  const list = answer("aws:ec2/getPrefixList:getPrefixList", { name: "com.amazonaws.eu-west-1.s3" }, "eu-west-1");
  t.regex(String(list.result.id), /^pl-0[0-9a-f]{16}$/);
  t.false(list.isComplete);
  const [resource] = list.found;
  t.is(resource?.id, list.result.id as string);
  t.deepEqual(resource?.outputs, { name: "com.amazonaws.eu-west-1.s3" });
  const filters = [{ name: "prefix-list-name", values: ["com.amazonaws.eu-west-1.s3"] }];
  const same = answer("aws:ec2/getManagedPrefixList:getManagedPrefixList", { filters }, "eu-west-1");
  t.is(same.result.id, list.result.id);
  const service = answer("aws:ec2/getVpcEndpointService:getVpcEndpointService", { service: "ecr.api" }, "eu-west-1");
  t.is(service.result.serviceName, "com.amazonaws.eu-west-1.ecr.api");
});

test("a policy document is written as the provider writes it", (t) => {
  const { json, minifiedJson } = answer(
    "aws:iam/getPolicyDocument:getPolicyDocument",
    {
      sourcePolicyDocuments: ['{"Statement":{"Sid":"Keep","Effect":"Allow","Action":"a:*","Resource":"*"}}'],
      statements: [
        {
          sid: "Own",
          actions: ["s3:Get", "s3:Put"],
          resources: ["arn:aws:s3:::b/&{aws:username}"],
          principals: [{ type: "AWS", identifiers: ["arn:aws:iam::1:root"] }],
          conditions: [
            { test: "StringEquals", variable: "aws:sourceVpce", values: ["vpce-1"] },
            { test: "StringEquals", variable: "aws:x", values: ["b", "a"] },
          ],
        },
        { sid: "Replaced", effect: "Deny", notActions: ["s3:*"], notResources: ["*"] },
        { actions: ["sts:AssumeRole"], principals: [{ type: "*", identifiers: ["*"] }] },
      ],
      overridePolicyDocuments: ['{"Statement":[{"Sid":"Replaced","Effect":"Deny","Action":"*","Resource":"*"}]}'],
    },
    "eu-west-1",
  ).result;
  t.deepEqual(JSON.parse(String(json)), {
    Version: "2012-10-17",
    Statement: [
      { Sid: "Keep", Effect: "Allow", Action: "a:*", Resource: "*" },
      {
        Sid: "Own",
        Effect: "Allow",
        Action: ["s3:Put", "s3:Get"],
        Resource: "arn:aws:s3:::b/$" + "{aws:username}",
        Principal: { AWS: "arn:aws:iam::1:root" },
        Condition: { StringEquals: { "aws:sourceVpce": "vpce-1", "aws:x": ["b", "a"] } },
      },
      { Sid: "Replaced", Effect: "Deny", Action: "*", Resource: "*" },
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: "*" },
    ],
  });
  t.is(minifiedJson, JSON.stringify(JSON.parse(String(json))));
});

test("what only the account knows is found by a placeholder, as the look-up asks for it", (t) => {
  const vpc = answer("aws:ec2/getVpc:getVpc", { default: true, tags: { a: "b" } }, "eu-west-1");
  t.regex(String(vpc.result.id), /^vpc-0[0-9a-f]{16}$/);
  t.deepEqual(vpc.found, [
    {
      type: "aws:ec2/vpc:Vpc",
      name: 'getVpc({"default":true,"tags":{"a":"b"}})',
      id: String(vpc.result.id),
      outputs: { default: true },
    },
  ]);
  t.is(answer("aws:ec2/getVpc:getVpc", { id: "vpc-1" }, "eu-west-1").result.id, "vpc-1");
  const subnets = answer("aws:ec2/getSubnets:getSubnets", {}, "eu-west-1");
  t.is(new Set(subnets.result.ids as string[]).size, 3);
  t.deepEqual(
    subnets.found.map(({ name }) => name),
    ["getSubnets()[0]", "getSubnets()[1]", "getSubnets()[2]"],
  );
  const table = answer("aws:ec2/getRouteTable:getRouteTable", { subnetId: "subnet-1" }, "eu-west-1");
  t.regex(String(table.result.routeTableId), /^rtb-0/);
  t.is(table.result.subnetId, "subnet-1");
  const other = answer("aws:rds/getInstance:getInstance", { dbInstanceIdentifier: "a" }, "eu-west-1");
  t.deepEqual(
    other.found.map(({ type, id }) => ({ type, id })),
    [{ type: "aws:rds/getInstance:getInstance", id: undefined }],
  );
});

test.serial("a looked-up resource is known by its id alone, in outputs and in promises", async (t) => {
  const index = `
    import * as pulumi from "@pulumi/pulumi";
    import * as aws from "@pulumi/aws";
    const asOutput = aws.ec2.getVpcOutput({ default: true });
    new aws.ec2.Subnet("output", { vpcId: asOutput.id, cidrBlock: asOutput.cidrBlock, availabilityZone: asOutput.state });
    new aws.ec2.Subnet("wrapped", { vpcId: pulumi.output(aws.ec2.getVpc({ default: true })).id, cidrBlock: pulumi.output(aws.ec2.getVpc({ default: true })).cidrBlock });
    const zones = aws.getAvailabilityZonesOutput();
    new aws.ec2.Subnet("zone", { vpcId: "vpc-1", availabilityZone: zones.names[1], cidrBlock: zones.names.apply((names) => "10.0." + names.length + ".0/24") });
    export = async () => {
      const vpc = await aws.ec2.getVpc({ default: true });
      new aws.ec2.Subnet("promise", { vpcId: vpc.id, cidrBlock: vpc.cidrBlock.replace("/16", "/24") });
      const { ids } = await aws.ec2.getSubnets({ filters: [{ name: "vpc-id", values: [vpc.id] }] });
      ids.forEach((subnetId, at) => new aws.ec2.RouteTableAssociation("association-" + at, { subnetId, routeTableId: "rtb-1" }));
      const { secretString } = await aws.secretsmanager.getSecretVersion({ secretId: "database" });
      new aws.ssm.Parameter("url", { type: "String", value: "postgres://" + JSON.parse(JSON.stringify({ secretString })).secretString });
      const table = await aws.ec2.getRouteTable({ vpcId: vpc.id });
      return { routes: table.routes.length };
    };
  `;
  for (const ids of ["known", "unknown"] as const) {
    const recorded = await record(t, { "index.ts": index }, { ids });
    const vpc = resource(recorded, 'getVpc({"default":true})');
    t.like(vpc, { type: "aws:ec2/vpc:Vpc", isRead: true, isCustom: true, inputs: { default: true } });
    for (const name of ["output", "wrapped", "promise"]) {
      t.like(resource(recorded, name).inputs, { vpcId: vpc.id!, cidrBlock: unknownValue });
    }
    t.is(resource(recorded, "output").inputs.availabilityZone, unknownValue);
    t.like(resource(recorded, "zone").inputs, { availabilityZone: "eu-west-1b", cidrBlock: "10.0.3.0/24" });
    const looked = recorded.resources.filter(({ name }) => name.startsWith("getSubnets("));
    const associated = recorded.resources.filter(({ name }) => name.startsWith("association-"));
    t.deepEqual(
      associated.map(({ inputs }) => inputs.subnetId),
      looked.map(({ id }) => id),
    );
    t.is(looked.length, 3);
    t.is(resource(recorded, "url").inputs.value, unknownValue);
  }
});

test.serial("a look-up by a value that is not known yet is not known either", async (t) => {
  const index = `
    import * as aws from "@pulumi/aws";
    const vpc = new aws.ec2.Vpc("v", { cidrBlock: "10.0.0.0/16" });
    const subnets = aws.ec2.getSubnetsOutput({ filters: [{ name: "vpc-id", values: [vpc.id] }] });
    new aws.rds.SubnetGroup("group", { subnetIds: subnets.ids });
  `;
  const recorded = await record(t, { "index.ts": index }, { ids: "unknown" });
  t.is(resource(recorded, "group").inputs.subnetIds, unknownValue);
});

test.serial("each look-up is made in its provider's Region", async (t) => {
  const index = `
    import * as aws from "@pulumi/aws";
    const provider = new aws.Provider("west", { region: "us-west-2" });
    export const name = aws.getRegionOutput({}, { provider }).name;
    export const here = aws.getRegionOutput().region;
  `;
  t.deepEqual((await record(t, { "index.ts": index })).outputs, { name: "us-west-2", here: "eu-west-1" });
});
