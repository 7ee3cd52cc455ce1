/** Services of AWS by the module of their resources, as VPC endpoints name them (PrivateLink guide, AWS services that integrate). */
const services: Readonly<Record<string, string>> = {
  athena: "athena",
  bedrock: "bedrock-runtime",
  codeartifact: "codeartifact.api",
  dynamodb: "dynamodb",
  glue: "glue",
  kinesis: "kinesis-streams",
  lambda: "lambda",
  s3: "s3",
  secretsmanager: "secretsmanager",
  sfn: "states",
  sns: "sns",
  sqs: "sqs",
  ssm: "ssm",
  timestreamwrite: "timestream.ingest",
};

const servicesOfTypes: Readonly<Record<string, string>> = {
  "aws:batch/jobQueue:JobQueue": "batch",
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": "kinesis-firehose",
  "aws:cloudwatch/eventBus:EventBus": "events",
};

/** The service that a job asks when it uses a resource of this type. */
export function serviceOfType(type: string): string | undefined {
  const [, module = ""] = /^aws:([^/]+)\//.exec(type) ?? [];
  return servicesOfTypes[type] ?? services[module];
}

const prefixes: Readonly<Record<string, string>> = {
  "bedrock-runtime": "bedrock",
  "codeartifact.api": "codeartifact",
  "kinesis-firehose": "firehose",
  "kinesis-streams": "kinesis",
  "timestream.ingest": "timestream",
};

/** All actions of a service, in IAM's words: `sqs:*`. */
export const actionsOf = (service: string): string => `${prefixes[service] ?? service}:*`;

/** Resources that a job's definition names and that no packet of it goes to: roles, keys, groups, versions, files. */
const silent =
  /^(aws:(iam|kms|batch|ec2|vpc|ecr|ecrpublic|cloudwatch|index|region|acm|route53|servicediscovery|resourcegroups|efs)\/|aws:(rds|docdb|neptune|redshift|elasticache|memorydb)\/|awsx:|pulumi:|random:|tls:|time:|null:|archive:|command:|std:|local:|docker:|docker-build:|synced-folder:)/;

/** What has addresses, and ports that only its own program knows. */
const speaking = /^aws:ec2\/(instance|networkInterface|spotInstanceRequest|eip):/;

export const isSilent = (type: string): boolean => silent.test(type) && !speaking.test(type);

export const secretTypes = {
  secret: "aws:secretsmanager/secret:Secret",
  version: "aws:secretsmanager/secretVersion:SecretVersion",
  parameter: "aws:ssm/parameter:Parameter",
} as const;
