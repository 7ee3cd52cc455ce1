import { isKnown, type Known, Unknown } from "../network/reachability/known.ts";
import {
  dnsSuffixOf,
  partitionOf,
  type RequiredRequest,
  request,
  requestFor,
  requestForAll,
} from "./required-flows/arn.ts";
import type { Destination, RequiredFlow } from "./required-flows/flow.ts";
import { type Image, isOnTheInternet } from "./required-flows/image.ts";
import { type Host, isFargate, type Job, type Platform, type Secret } from "./required-flows/job.ts";
import type { LogTarget } from "./required-flows/log-target.ts";
import { type Symptom, symptoms } from "./required-flows/symptom.ts";

export { partitionOf, type RequiredRequest, request } from "./required-flows/arn.ts";
export type { Destination, RequiredFlow } from "./required-flows/flow.ts";
export { type Image, imageOf } from "./required-flows/image.ts";
export type { Host, Job, LaunchType, Platform, Secret, ServiceUse } from "./required-flows/job.ts";
export { defaultLogGroup, type LogTarget, logTargetOf } from "./required-flows/log-target.ts";
export {
  type PolicyStatement,
  policyStatements,
  type RequiredService,
  requiredServices,
} from "./required-flows/required-service.ts";
export {
  readingActions,
  readingRequests,
  type SourceLocation,
  sourceLocationOf,
  sourcesVariable,
} from "./required-flows/source-location.ts";
export type { Symptom } from "./required-flows/symptom.ts";

/** Where an image comes from that nobody knows. */
export const anyRegistry = "the image's registry";

const guide = "https://docs.aws.amazon.com";
const pages = {
  runnable: `${guide}/batch/latest/userguide/job_stuck_in_runnable.html`,
  ecs: `${guide}/AmazonECS/latest/developerguide/vpc-endpoints.html`,
  managedInstances: `${guide}/batch/latest/APIReference/API_ManagedInstancesNetworkConfiguration.html`,
  ecr: `${guide}/AmazonECR/latest/userguide/vpc-endpoints.html`,
  pull: `${guide}/AmazonECS/latest/developerguide/task_cannot_pull_image.html`,
  logs: `${guide}/AmazonCloudWatch/latest/logs/cloudwatch-logs-and-interface-VPC.html`,
  logConfiguration: `${guide}/batch/latest/APIReference/API_LogConfiguration.html`,
  secrets: `${guide}/batch/latest/userguide/specifying-sensitive-data.html`,
  environmentFiles: `${guide}/AmazonECS/latest/developerguide/use-environment-file.html`,
  fileSystems: `${guide}/batch/latest/userguide/efs-volumes.html`,
  databases: `${guide}/AmazonRDS/latest/UserGuide/USER_VPC.Scenarios.html`,
  services: `${guide}/vpc/latest/privatelink/aws-services-privatelink-support.html`,
  nodes: `${guide}/batch/latest/userguide/mnp-ce.html`,
} as const;

/**
 * What the jobs of a definition need to reach from a compute environment, in the order in which they would fail. The same
 * data provisions endpoints (`requiredServices`) and is proved.
 */
export function requiredFlows(platform: Platform, job: Job): readonly RequiredFlow[] {
  const flows = [
    ...toControlPlane(platform),
    ...job.images.flatMap((image) => toRegistry(platform, image)),
    ...job.secrets.map((secret) => toSecret(platform, secret)),
    ...job.environmentFiles.map((arn) => toEnvironmentFile(arn)),
    ...job.fileSystems.map((host) => toFileSystem(platform, host)),
    ...job.logs.flatMap((log) => toLog(platform, log)),
    ...job.databases.map(toDatabase),
    ...job.services.map((use) => {
      if (!isKnown(use)) return flow(use, [], symptoms.service("a service"), pages.services, { by: "job" });
      const { service, region, requests } = use;
      return flow(inRegion(platform, region, service), requests, symptoms.service(service), pages.services, {
        by: "job",
      });
    }),
    ...amongNodes(job.isMultiNode),
  ];
  return merge(flows);
}

/** For jobs of which nobody can say what they need: one flow that can't be proved. */
export function flowsNotModelled(reason: string): readonly RequiredFlow[] {
  return [flow(new Unknown(reason), [], symptoms.notModelled(), pages.runnable)];
}

/**
 * An instance's agent asks ecs where to poll: without any one of the three it never takes a job. Fargate needs none of them
 * (ECS developer guide, Interface VPC endpoints; the Batch user guide says both).
 */
function toControlPlane({ launchType, region, accountId }: Platform): RequiredFlow[] {
  if (isKnown(launchType) && isFargate(launchType)) return [];
  const location = { partition: partitionOf(region), region, accountId };
  const ownName = new Unknown("AWS Batch chooses the name of the cluster");
  const instance = (action: string) => request(action, location, "container-instance/", ownName);
  const cluster = (action: string) => request(action, location, "cluster/", ownName);
  const onlyIf = isKnown(launchType) ? {} : { onlyIf: launchType.reason };
  const flows = [
    flow(
      { service: "ecs" },
      [
        requestForAll("ecs:DiscoverPollEndpoint"),
        cluster("ecs:RegisterContainerInstance"),
        cluster("ecs:SubmitTaskStateChange"),
        cluster("ecs:SubmitContainerStateChange"),
      ],
      symptoms.controlPlane(),
      pages.ecs,
      onlyIf,
    ),
    flow({ service: "ecs-agent" }, [instance("ecs:Poll")], symptoms.controlPlane(), pages.ecs, onlyIf),
    flow(
      { service: "ecs-telemetry" },
      [instance("ecs:StartTelemetrySession")],
      symptoms.telemetry(),
      pages.ecs,
      onlyIf,
    ),
  ];
  if (launchType !== "MANAGED_INSTANCES") return flows;
  // "If your subnets don't provide public IP addresses, they must have a NAT gateway.": no endpoint stands for it.
  return [...flows, flow(publicHost("the internet"), [], symptoms.controlPlane(), pages.managedInstances)];
}

function toRegistry(platform: Platform, image: Known<Image>): RequiredFlow[] {
  const { launchType } = platform;
  if (!isKnown(image)) return [flow(image, [], symptoms.image(), pages.pull)];
  if (image.type === "host") {
    const { host, port } = image;
    return [flow({ host, isPublic: isOnTheInternet(host) }, [], symptoms.image(), pages.pull, { port })];
  }
  if (image.type === "any") return toAnyRegistry(platform, image.reason);
  const region = image.region ?? platform.region;
  const partition = partitionOf(region);
  const repository = (action: string) =>
    request(action, { partition, region, accountId: image.accountId }, "repository/", image.repository);
  const pulls = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"].map(repository);
  const imports = image.upstream === undefined ? [] : [repository("ecr:BatchImportUpstreamImage")];
  const at = (service: string, host: (region: string) => string) => inRegion(platform, image.region, service, host);
  const account = isKnown(image.accountId) ? `${image.accountId}.` : "";
  const suffix = (own: string) => `${own}.${dnsSuffixOf(own)}`;
  const flows = [
    flow(
      at("ecr.api", (own) => `api.ecr.${suffix(own)}`),
      [requestForAll("ecr:GetAuthorizationToken")],
      symptoms.registryLogin(launchType),
      pages.ecr,
    ),
    flow(
      at("ecr.dkr", (own) => `${account}dkr.ecr.${suffix(own)}`),
      [...pulls, ...imports],
      symptoms.image(),
      pages.ecr,
    ),
    flow(
      at("s3", (own) => `prod-${own}-starport-layer-bucket.s3.${suffix(own)}`),
      [{ ...request("s3:GetObject", { partition }, "prod-", region, "-starport-layer-bucket/*"), owner: "amazon" }],
      symptoms.image(),
      pages.ecr,
    ),
  ];
  return image.upstream === undefined ? flows : [...flows, toUpstream(image.upstream)];
}

/** Wherever the image is, the job can pull it if all of these are reached. */
function toAnyRegistry(platform: Platform, reason: string): RequiredFlow[] {
  const nobodyKnows = new Unknown(reason);
  const own = { type: "ecr", region: undefined, accountId: nobodyKnows, repository: nobodyKnows } as const;
  const internet: Destination = { host: anyRegistry, isPublic: true };
  return [...toRegistry(platform, own), flow(internet, [], symptoms.image(), pages.pull)].map((one) => ({
    ...one,
    onlyIf: reason,
  }));
}

/**
 * The first pull by way of a pull-through cache goes through the internet where the registry has an interface endpoint (ECR
 * user guide, Considerations for VPC endpoints).
 */
function toUpstream(upstream: Known<string>): RequiredFlow {
  const destination = isKnown(upstream) ? { host: upstream, isPublic: isOnTheInternet(upstream) } : upstream;
  const onlyIf = "a pull-through cache needs the internet for the first pull of an image alone";
  return flow(destination, [], symptoms.image(), pages.ecr, { onlyIf });
}

function toSecret(platform: Platform, secret: Known<Secret>): RequiredFlow {
  if (!isKnown(secret)) return flow(secret, [], symptoms.secret(), pages.secrets);
  const { service, region, onlyIf } = secret;
  const destination = inRegion(platform, region, service);
  const choices = onlyIf === undefined ? {} : { onlyIf };
  return flow(destination, [requestOf(platform, secret)], symptoms.secret(), pages.secrets, choices);
}

function requestOf({ region, accountId }: Platform, { service, id }: Secret): RequiredRequest {
  if (service === "secretsmanager") return requestFor("secretsmanager:GetSecretValue", id);
  if (!isKnown(id) || id.startsWith("arn:")) return requestFor("ssm:GetParameters", id);
  const location = { partition: partitionOf(region), region, accountId };
  return request("ssm:GetParameters", location, "parameter/", id.replace(/^\//, ""));
}

function toEnvironmentFile(arn: Known<string>): RequiredFlow {
  const requests = [requestFor("s3:GetObject", arn)];
  return flow({ service: "s3" }, requests, symptoms.environmentFile(), pages.environmentFiles);
}

function toFileSystem({ launchType }: Platform, host: Known<Host>): RequiredFlow {
  const symptom = symptoms.fileSystem(launchType);
  if (!isKnown(host)) return flow(host, [], symptom, pages.fileSystems, { port: 2049 });
  return flow({ resource: host.id }, [], symptom, pages.fileSystems, { port: host.port });
}

function toLog(platform: Platform, log: Known<LogTarget>): RequiredFlow[] {
  const symptom = symptoms.log(platform.launchType);
  if (!isKnown(log)) return [flow(log, [], symptom, pages.logConfiguration)];
  if (log.type === "local") return [];
  if (log.type === "host") {
    const { host, port, protocol } = log;
    const isPublic = new Unknown(`whether ${host}, which the log is sent to, has public addresses`);
    return [flow({ host, isPublic }, [], symptom, pages.logConfiguration, { port, protocol })];
  }
  const region = log.region ?? platform.region;
  const location = { partition: partitionOf(region), region, accountId: platform.accountId };
  const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
  if (log.createsGroup === true) actions.unshift("logs:CreateLogGroup");
  const requests = actions.map((action) => request(action, location, "log-group:", log.group, ":log-stream:*"));
  return [flow(inRegion(platform, log.region, "logs"), requests, symptom, pages.logs)];
}

function toDatabase(host: Known<Host>): RequiredFlow {
  if (!isKnown(host)) return flow(host, [], symptoms.database("database"), pages.databases, { by: "job" });
  const { id, name, port, onlyIf } = host;
  const choices = { port, by: "job", ...(onlyIf === undefined ? {} : { onlyIf }) } as const;
  return flow({ resource: id }, [], symptoms.database(name), pages.databases, choices);
}

/** Which ports they use is the job's own matter. */
function amongNodes(isMultiNode: Known<boolean>): RequiredFlow[] {
  if (isMultiNode === false) return [];
  const whichPorts = "on which ports the nodes of a job talk, it alone knows";
  const onlyIf = isKnown(isMultiNode) ? {} : { onlyIf: isMultiNode.reason };
  const choices = { port: undefined, by: "job", whichPorts, ...onlyIf } as const;
  return [flow({ nodes: true }, [], symptoms.nodes(), pages.nodes, choices)];
}

/** A service in the compute environment's own Region; in another one its host on the internet: endpoints are for one Region. */
function inRegion(
  platform: Platform,
  region: Known<string> | undefined,
  service: string,
  host = (own: string) => `${service}.${own}.${dnsSuffixOf(own)}`,
): Known<Destination> {
  if (region === undefined || region === platform.region) return { service };
  if (!isKnown(region)) return new Unknown(`in which Region ${service} is asked: ${region.reason}`);
  if (isKnown(platform.region)) return publicHost(host(region));
  return new Unknown(`whether ${service} is asked in another Region, ${region}: ${platform.region.reason}`);
}

const publicHost = (host: string): Destination => ({ host, isPublic: true });

type Choices = Partial<Pick<RequiredFlow, "protocol" | "port" | "by" | "onlyIf" | "whichPorts">>;

function flow(
  destination: Known<Destination>,
  requests: readonly RequiredRequest[],
  symptom: Symptom,
  page: string,
  choices: Choices = {},
): RequiredFlow {
  return { destination, protocol: "tcp", port: 443, requests, by: "agent", symptom, page, ...choices };
}

/** Flows that differ in what they ask alone are one. */
function merge(flows: readonly RequiredFlow[]): readonly RequiredFlow[] {
  const merged = new Map<string, RequiredFlow>();
  for (const one of flows) {
    const { requests, page, ...rest } = one;
    const key = JSON.stringify(rest);
    const known = merged.get(key);
    const all = new Map([...(known?.requests ?? []), ...requests].map((own) => [JSON.stringify(own), own]));
    merged.set(key, { ...one, page: known?.page ?? page, requests: [...all.values()] });
  }
  return [...merged.values()];
}
