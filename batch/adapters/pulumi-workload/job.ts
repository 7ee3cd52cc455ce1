import { Inputs } from "../../../network/adapters/pulumi/inputs.ts";
import type { Program } from "../../../network/adapters/pulumi/program.ts";
import { isUnknownValue, type ProgramResource } from "../../../network/adapters/pulumi/resource.ts";
import { isKnown, type Known, Unknown } from "../../../network/reachability/known.ts";
import { parseArn, partitionOf, type RequiredRequest, request, requestFor } from "../../required-flows/arn.ts";
import type { Image } from "../../required-flows/image.ts";
import type { Job, Secret, ServiceUse } from "../../required-flows/job.ts";
import { type LogTarget, logTargetOf } from "../../required-flows/log-target.ts";
import { readingRequests, type SourceLocation, sourcesVariable } from "../../required-flows/source-location.ts";
import type { ComputeEnvironment } from "./compute-environment.ts";
import { type Container, fieldOf } from "./container.ts";
import { behindProxies } from "./database-proxy.ts";
import type { Databases } from "./databases.ts";
import { foreignHost, hostOf, hostResource, isFileSystem, type PlacedHost } from "./host.ts";
import { Images } from "./images.ts";
import type { JobDefinition } from "./job-definition.ts";
import type { Locations } from "./locations.ts";
import { mentionedIn } from "./mentions.ts";
import { actionsOf, isSilent, secretTypes, serviceOfType } from "./service-types.ts";

export interface JobHosts extends Job {
  readonly fileSystems: readonly Known<PlacedHost>[];
  readonly databases: readonly PlacedHost[];
}

/** What the jobs of one definition need in one compute environment. */
export class JobReading {
  readonly #program: Program;
  readonly #locations: Locations;
  readonly #databases: Databases;
  readonly #definition: JobDefinition;
  readonly #environment: ComputeEnvironment;
  readonly #images: Images;
  readonly #hiddenImages: readonly string[];
  readonly #secrets = new Map<string, Known<Secret>>();
  readonly #hosts = new Map<string, PlacedHost>();
  readonly #services = new Map<string, Known<ServiceUse>>();
  /** File systems that nobody knows. */
  readonly #strays: Unknown[] = [];
  readonly #seen = new Set<string>();

  constructor(
    program: Program,
    locations: Locations,
    databases: Databases,
    definition: JobDefinition,
    environment: ComputeEnvironment,
    hiddenImages: readonly string[],
  ) {
    this.#program = program;
    this.#locations = locations;
    this.#databases = databases;
    this.#definition = definition;
    this.#environment = environment;
    this.#hiddenImages = hiddenImages;
    this.#images = new Images(program, locations, environment.platform.region);
  }

  job(): JobHosts {
    const { set, sources, texts, sourceLocations, isMultiNode } = this.#definition;
    for (const container of set.containers) this.#readSecrets(container);
    for (const volume of set.volumes) this.#readVolume(volume);
    const mentioned = texts.flatMap((text) => mentionedIn(this.#program, text));
    for (const resource of [...sources, ...mentioned]) this.#use(resource);
    for (const resource of this.#databases.thatLetIn(this.#environment.securityGroupIds)) this.#useHost(resource);
    for (const location of sourceLocations) this.#useSource(location);
    const named = new Set(mentioned.map((one) => hostResource(this.#program, one)?.urn));
    const hosts = behindProxies(this.#program, [...this.#hosts.values()], this.#definition.hidden, named);
    const isFiles = ({ id, name }: PlacedHost) =>
      name === "file system" && !/^aws:fsx/.test(this.#program.get(id)?.type ?? "");
    return {
      images: set.containers.flatMap((container) => this.#imagesOf(container)),
      logs: set.containers.map((container) => this.#logOf(container)),
      secrets: [...this.#secrets.values()],
      environmentFiles: [],
      fileSystems: [...hosts.filter(isFiles), ...this.#strays],
      databases: hosts.filter((one) => !isFiles(one)),
      services: [...this.#services.values()],
      isMultiNode,
    };
  }

  #imagesOf({ image }: Container): Known<Image>[] {
    if (image === undefined) return [];
    if (isKnown(image)) return [this.#images.named(image)];
    const found = this.#definition.sources.map((one) => this.#images.from(one)).filter((one) => one !== undefined);
    if (found.length > 0) return found;
    if (this.#hiddenImages.length > 0) return this.#hiddenImages.map((name) => this.#images.named(name));
    return [{ type: "any", reason: image.reason }];
  }

  #logOf({ logDriver, logOptions }: Container): Known<LogTarget> {
    const group = () => this.#logGroup();
    if (!isKnown(logOptions)) return logTargetOf(logDriver, { "awslogs-group": group() });
    const own = logOptions["awslogs-group"];
    const region = logOptions["awslogs-region"];
    const { region: here } = this.#environment.platform;
    const { "awslogs-region": _, ...others } = logOptions;
    const options = { ...others, ...(region === undefined || region === here ? {} : { "awslogs-region": region }) };
    return logTargetOf(logDriver, own instanceof Unknown ? { ...options, "awslogs-group": group() } : options);
  }

  /** Of a log whose options a preview hides. */
  #logGroup(): Known<string> {
    const groups = this.#definition.sources.filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup");
    const [only] = groups;
    if (groups.length !== 1 || !only) return new Unknown("which log group the job has is known only after `pulumi up`");
    const inputs = new Inputs(this.#program, only);
    return (inputs.text("name") ?? inputs.output("name")) as Known<string>;
  }

  #readSecrets({ secrets, credentials }: Container): void {
    const given = isKnown(secrets) ? secrets : [secrets];
    for (const secret of [...given, ...(credentials === undefined ? [] : [credentials])]) {
      if (isKnown(secret)) this.#nameSecret(secret);
      else {
        const given = this.#definition.sources.filter((resource) => this.#giveSecret(resource, secret));
        // A list that is hidden as a whole may well be empty; a secret that is there is one.
        if (isKnown(secrets) && given.length === 0) this.#secrets.set(secret.reason, secret);
      }
    }
  }

  /** By its ARN, which may go on with a key, a stage and a version, or by a parameter's name. */
  #nameSecret(text: string): void {
    const arn = parseArn(text);
    const id = arn?.service === "secretsmanager" ? text.split(":").slice(0, 7).join(":") : text;
    const owner = this.#ownerOf(id);
    const { region: here } = this.#environment.platform;
    const region = owner
      ? this.#locations.regionBeside(owner, here)
      : arn && arn.region !== here
        ? arn.region
        : undefined;
    const service = arn?.service === "secretsmanager" ? "secretsmanager" : "ssm";
    this.#secrets.set(id, { service, id, ...(region === undefined ? {} : { region }) });
    if (owner) this.#follow(owner);
  }

  #ownerOf(id: string): ProgramResource | undefined {
    const owners = this.#program.ownersOf(id).map(({ resource }) => resource);
    const types: readonly string[] = Object.values(secretTypes);
    return owners.find((one) => one && types.includes(one.type)) ?? owners[0];
  }

  /** One of those that a preview hides the names of; false for what is none. */
  #giveSecret(resource: ProgramResource, { reason }: Unknown): boolean {
    const secret = this.#secretOf(resource);
    if (secret) {
      this.#secrets.set(secret.urn, this.#declared(secret));
      this.#follow(secret);
      return true;
    }
    // The password of a database may be in a secret that its service keeps.
    const host = hostResource(this.#program, resource);
    const manages =
      host && ["manageMasterUserPassword", "manageMasterPassword"].some((key) => host.inputs[key] === true);
    if (!host || !manages) return false;
    const region = this.#locations.regionBeside(host, this.#environment.platform.region);
    const own = { service: "secretsmanager", id: new Unknown(`the secret of ${host.urn} has no ARN yet`) } as const;
    this.#secrets.set(host.urn, { ...own, ...(region === undefined ? {} : { region }), onlyIf: reason });
    return true;
  }

  /** The secret or the parameter that a resource is, or is a version of. */
  #secretOf(resource: ProgramResource): ProgramResource | undefined {
    if (resource.type === secretTypes.secret || resource.type === secretTypes.parameter) return resource;
    if (resource.type !== secretTypes.version) return undefined;
    const wanted = { name: "secret", types: [secretTypes.secret] };
    const secretId = new Inputs(this.#program, resource).reference("secretId", wanted);
    return typeof secretId === "string" ? this.#program.get(secretId) : undefined;
  }

  #declared(resource: ProgramResource): Secret {
    const inputs = new Inputs(this.#program, resource);
    const region = this.#locations.regionBeside(resource, this.#environment.platform.region);
    const isParameter = resource.type === secretTypes.parameter;
    const arn = inputs.output("arn");
    const name = isParameter ? inputs.text("name") : undefined;
    const id = isKnown(arn) ? String(arn) : (name ?? arn);
    return { service: isParameter ? "ssm" : "secretsmanager", id, ...(region === undefined ? {} : { region }) };
  }

  /** What is in a secret or a parameter is the job's as well: an address, a bucket, a password. */
  #follow(secret: ProgramResource): void {
    if (this.#seen.has(secret.urn)) return;
    this.#seen.add(secret.urn);
    for (const database of this.#databases.withSecret(secret)) this.#useHost(database);
    for (const one of [secret, ...this.#databases.versionsOf(secret)]) {
      const { secretString, value, insecureValue } = one.propertyDependencies;
      for (const urn of [secretString, value, insecureValue].flatMap((urns) => urns ?? [])) {
        const resource = this.#program.get(urn);
        if (resource) this.#use(resource);
      }
      for (const text of [one.inputs.secretString, one.inputs.value, one.inputs.insecureValue])
        if (typeof text === "string" && !isUnknownValue(text))
          for (const resource of mentionedIn(this.#program, text)) this.#use(resource);
    }
  }

  #readVolume(volume: unknown): void {
    const fileSystemId = fieldOf(volume, "efsVolumeConfiguration", "fileSystemId");
    if (typeof fileSystemId !== "string") return;
    if (isUnknownValue(fileSystemId)) {
      const hosts = this.#definition.sources.map((one) => hostResource(this.#program, one));
      if (!hosts.some((one) => one && isFileSystem(one)))
        this.#strays.push(
          new Unknown(`which file system ${this.#definition.id} mounts is known only after \`pulumi up\``),
        );
      return;
    }
    const owner = this.#program.ownersOf(fileSystemId).find(({ resource }) => resource && isFileSystem(resource));
    if (owner?.resource) this.#useHost(owner.resource);
    else this.#hosts.set(fileSystemId, foreignHost(fileSystemId, "file system", 2049));
  }

  /** What a value of the job comes from, or names. */
  #use(resource: ProgramResource): void {
    const host = hostResource(this.#program, resource);
    if (host) {
      this.#useHost(host);
      return;
    }
    const secret = this.#secretOf(resource);
    if (secret) {
      const { arn } = secret.outputs;
      const names = [secret.urn, typeof arn === "string" ? arn : secret.id, secret.inputs.name, secret.id];
      if (names.some((one) => typeof one === "string" && this.#secrets.has(one))) return;
      this.#follow(secret);
      this.#useService(secret);
      return;
    }
    const isHidden = this.#definition.hidden !== undefined && resource.type === "pulumi:pulumi:StackReference";
    if (serviceOfType(resource.type) !== undefined) this.#useService(resource);
    else if (isHidden || (resource.isCustom && !isSilent(resource.type))) {
      const reason = isHidden
        ? `what of another stack the job gets by ${resource.urn}`
        : `what the job asks of ${resource.urn}, whose type is not modelled`;
      this.#services.set(resource.urn, new Unknown(reason));
    }
  }

  #useHost(resource: ProgramResource): void {
    if (!this.#hosts.has(resource.urn)) this.#hosts.set(resource.urn, hostOf(this.#program, resource));
  }

  #useSource(location: SourceLocation | string): void {
    if (typeof location === "string") {
      const reason = `what the job reads from Amazon S3: "${location}" in ${sourcesVariable} is no s3://bucket/prefix`;
      this.#services.set(location, new Unknown(reason));
      return;
    }
    const requests = readingRequests(location, partitionOf(this.#environment.platform.region));
    this.#services.set(location.text, { service: "s3", requests });
  }

  #useService(resource: ProgramResource): void {
    const service = serviceOfType(resource.type);
    if (service === undefined) return;
    const region = this.#locations.regionBeside(resource, this.#environment.platform.region);
    const requests = [this.#requestFor(resource, service)];
    this.#services.set(resource.urn, { service, requests, ...(region === undefined ? {} : { region }) });
  }

  /**
   * Which of a service's actions a job asks for, it alone knows. Of a bucket it is taken to read: policies of gateway
   * endpoints name the buckets that somebody means, and seldom all actions.
   */
  #requestFor(resource: ProgramResource, service: string): RequiredRequest {
    const inputs = new Inputs(this.#program, resource);
    const arn = inputs.output("arn");
    if (service !== "s3") {
      const request = requestFor(actionsOf(service), isKnown(arn) ? String(arn) : arn);
      return { ...request, unknown: `which actions of ${service} the job asks for` };
    }
    if (isKnown(arn)) return requestFor("s3:GetObject", `${String(arn)}/*`);
    const partition = partitionOf(this.#locations.regionOf(resource));
    const prefix = inputs.text("bucket") === undefined ? inputs.text("bucketPrefix") : undefined;
    if (prefix !== undefined) return request("s3:GetObject", { partition }, prefix, inputs.unknown("bucket"), "/*");
    return request("s3:GetObject", { partition }, inputs.text("bucket") ?? inputs.unknown("bucket"), "/*");
  }
}
