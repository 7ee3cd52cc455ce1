import { isUnknownValue } from "../../../network/adapters/pulumi/resource.ts";
import { type Known, Unknown } from "../../../network/reachability/known.ts";
import { sourcesVariable } from "../../required-flows/source-location.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a job definition says of its containers, in AWS's words (API_RegisterJobDefinition); values may be unknown. */
export interface ContainerSet {
  readonly containers: readonly Container[];
  readonly volumes: readonly Json[];
  /** Undefined: not said. */
  readonly assignPublicIp: Known<string | undefined>;
}

export interface Container {
  readonly image: Known<string | undefined>;
  readonly logDriver: Known<string | undefined>;
  readonly logOptions: Known<Readonly<Record<string, Known<string>>>>;
  /** `valueFrom` of each, those of the log driver among them. */
  readonly secrets: Known<readonly Known<string>[]>;
  readonly credentials: Known<string | undefined>;
  /** What its code is told: the values of its environment and its command. */
  readonly texts: readonly string[];
  /** Of those, where it says that it reads its sources. */
  readonly sources: readonly string[];
}

/**
 * `containerProperties`, `nodeProperties` or `ecsProperties`: JSON as a string, as the provider takes it, or as an object.
 * @returns Unknown where it is hidden by a preview, or is no JSON
 */
export function readDocument(value: unknown, name: string): Known<Json> {
  if (isUnknownValue(value)) return new Unknown(`${name} is known only after \`pulumi up\``);
  if (isObject(value)) return value;
  // What becomes of an Output in a template string: a mistake of the program.
  if (typeof value !== "string") return new Unknown(`${name} is no JSON`);
  try {
    const parsed: unknown = JSON.parse(value);
    return isObject(parsed) ? parsed : new Unknown(`${name} is no JSON object`);
  } catch {
    return new Unknown(`${name} is no JSON`);
  }
}

/** Of `containerProperties`. */
export function ofContainerProperties(own: Json): ContainerSet {
  return {
    containers: [containerOf(own)],
    volumes: objects(get(own, "volumes")),
    assignPublicIp: publicAddressOf(get(own, "networkConfiguration")),
  };
}

/** Of `ecsProperties`: a task with several containers. */
export function ofEcsProperties(own: Json): ContainerSet {
  const tasks = objects(get(own, "taskProperties"));
  const [first] = tasks;
  return {
    containers: tasks.flatMap((task) => objects(get(task, "containers")).map(containerOf)),
    volumes: tasks.flatMap((task) => objects(get(task, "volumes"))),
    assignPublicIp: publicAddressOf(first && get(first, "networkConfiguration")),
  };
}

/** Of `nodeProperties`: the containers of each range of nodes. */
export function ofNodeProperties(own: Json): ContainerSet {
  const sets = objects(get(own, "nodeRangeProperties")).flatMap((range) => {
    const container = get(range, "container");
    const ecs = get(range, "ecsProperties");
    return [
      ...(isObject(container) ? [ofContainerProperties(container)] : []),
      ...(isObject(ecs) ? [ofEcsProperties(ecs)] : []),
    ];
  });
  return {
    containers: sets.flatMap(({ containers }) => containers),
    volumes: sets.flatMap(({ volumes }) => volumes),
    assignPublicIp: undefined,
  };
}

/** Of which nobody knows anything. */
export function hiddenContainers(reason: Unknown): ContainerSet {
  const container = {
    image: reason,
    logDriver: undefined,
    logOptions: reason,
    secrets: reason,
    credentials: reason,
    texts: [],
    sources: [],
  };
  return { containers: [container], volumes: [], assignPublicIp: reason };
}

function containerOf(own: Json): Container {
  const log = get(own, "logConfiguration");
  const options = isObject(log) ? get(log, "options") : undefined;
  const credentials = get(own, "repositoryCredentials");
  const given = [...objects(get(own, "secrets")), ...objects(isObject(log) ? get(log, "secretOptions") : undefined)];
  const hidden = [get(own, "secrets"), log, isObject(log) ? get(log, "secretOptions") : undefined].some(isUnknownValue);
  return {
    image: text(get(own, "image"), "the image"),
    logDriver: text(isObject(log) ? get(log, "logDriver") : log, "the log driver"),
    logOptions: isUnknownValue(log) || isUnknownValue(options) ? hiddenValue("the log's options") : textsOf(options),
    secrets: hidden
      ? hiddenValue("the secrets")
      : given.map((one) => text(get(one, "valueFrom"), "a secret") ?? new Unknown("a secret without valueFrom")),
    credentials: text(
      isObject(credentials) ? get(credentials, "credentialsParameter") : credentials,
      "the credentials",
    ),
    texts: [
      ...objects(get(own, "environment")).flatMap((one) => [...stringsIn(get(one, "value"))]),
      ...stringsIn(get(own, "command")),
    ],
    sources: objects(get(own, "environment"))
      .filter((one) => get(one, "name") === sourcesVariable)
      .flatMap((one) => [...stringsIn(get(one, "value"))]),
  };
}

/** The provider reads keys as Go does, whatever their first letter's case. */
function get(own: Json, key: string): unknown {
  return own[key] ?? own[key[0]?.toUpperCase() + key.slice(1)] ?? undefined;
}

/** A field of one of a volume's or another block's. */
export const fieldOf = (own: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (value, key) => (isObject(value) ? get(value, key) : isUnknownValue(value) ? value : undefined),
    own,
  );

function publicAddressOf(network: unknown): Known<string | undefined> {
  return text(isObject(network) ? get(network, "assignPublicIp") : network, "assignPublicIp");
}

function text(value: unknown, name: string): Known<string | undefined> {
  if (value === undefined || value === null || value === "") return undefined;
  if (isUnknownValue(value)) return hiddenValue(name);
  const own = String(value);
  // The message that an Output leaves in a string that it is put into.
  return own.includes("Calling [toString] on an [Output")
    ? new Unknown(`${name}: the program puts an Output in a string`)
    : own;
}

function textsOf(options: unknown): Readonly<Record<string, Known<string>>> {
  const pairs = isObject(options) ? Object.entries(options) : [];
  return Object.fromEntries(pairs.map(([key, value]) => [key, text(value, key) ?? ""]));
}

const hiddenValue = (name: string) => new Unknown(`${name} is known only after \`pulumi up\``);

const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All strings in a document. */
export function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === "string") {
    if (!isUnknownValue(value)) yield value;
  } else if (Array.isArray(value)) for (const one of value) yield* stringsIn(one);
  else if (isObject(value)) for (const one of Object.values(value)) yield* stringsIn(one);
}
