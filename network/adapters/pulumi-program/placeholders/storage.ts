import { ec2Id, type Facts } from "./facts.ts";
import type { Placeholder, PlaceholderTable } from "./placeholder.ts";

const nameOf = (resource: Facts) => resource.text("name", resource.autoname);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html */
const bucket: Placeholder = {
  autoname: "bucket",
  id: (resource) => resource.text("bucket", resource.autoname),
  outputs: (resource, id) => ({
    arn: `arn:${resource.partition}:s3:::${id}`,
    bucketDomainName: `${id}.s3.${resource.dnsSuffix}`,
    bucketRegionalDomainName: `${id}.s3.${resource.region}.${resource.dnsSuffix}`,
  }),
};

export const storage: PlaceholderTable = {
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketV2:BucketV2": bucket,
  "aws:cloudwatch/logGroup:LogGroup": {
    autoname: "name",
    id: nameOf,
    outputs: (resource, id) => ({ arn: resource.arn("logs", `log-group:${id}`) }),
  },
  "aws:efs/fileSystem:FileSystem": {
    id: (resource) => resource.ec2Id("fs"),
    outputs: (resource, id) => ({
      arn: resource.arn("elasticfilesystem", `file-system/${id}`),
      dnsName: `${id}.efs.${resource.region}.${resource.dnsSuffix}`,
      ownerId: resource.account,
    }),
  },
  "aws:efs/mountTarget:MountTarget": {
    id: (resource) => resource.ec2Id("fsmt"),
    outputs: (resource, id) => ({ networkInterfaceId: ec2Id("eni", id), ownerId: resource.account }),
  },
  "aws:efs/accessPoint:AccessPoint": {
    id: (resource) => resource.ec2Id("fsap"),
    outputs: (resource, id) => ({ arn: resource.arn("elasticfilesystem", `access-point/${id}`) }),
  },
  "aws:sqs/queue:Queue": {
    autoname: "name",
    id: (resource) => `https://sqs.${resource.region}.${resource.dnsSuffix}/${resource.account}/${nameOf(resource)}`,
    outputs: (resource, id) => ({ arn: resource.arn("sqs", nameOf(resource)), url: id }),
  },
  "aws:sns/topic:Topic": {
    autoname: "name",
    id: (resource) => resource.arn("sns", nameOf(resource)),
    outputs: (_resource, id) => ({ arn: id }),
  },
  "aws:lambda/function:Function": {
    autoname: "name",
    id: nameOf,
    outputs: (resource, id) => ({ arn: resource.arn("lambda", `function:${id}`) }),
  },
};
