import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isUnknownValue, unknownValue } from "../../../network/adapters/pulumi/resource.ts";
import { refusal } from "./aws-refusals.ts";
import { type AwsType, awsType, idPrefixes, replacedBy, sets } from "./aws-types.ts";

type Values = Record<string, unknown>;

export interface AwsResource {
  readonly id: string;
  readonly token: string;
  inputs: Values;
  outputs: Values;
}

/** What the engine has asked of the provider, previews left out: the changes that a real account would see. */
export interface AwsCall {
  readonly method: "create" | "update" | "delete";
  readonly urn: string;
}

/** An account that answers as the AWS provider does, as far as the engine, programs and policies can tell. */
export class AwsCloud {
  readonly accountId = "123456789012";
  readonly region = "eu-west-1";
  readonly resources = new Map<string, AwsResource>();
  readonly calls: AwsCall[] = [];
  /** How often AWS Batch still sees a queue that has let go of the compute environment to delete (pulumi-aws#6233). */
  staleQueues = 0;
  #count = 0;

  /** The inputs as the provider completes them, and what it can tell is wrong with them. */
  check(urn: string, olds: Values, news: Values): { inputs: Values; failures: { property: string; reason: string }[] } {
    const type = awsType(tokenOf(urn));
    const inputs: Values = { ...news };
    const failures: { property: string; reason: string }[] = [];
    for (const [property, value] of Object.entries(news)) {
      const known = type.inputs.get(property);
      if (property.startsWith("__")) continue;
      if (!known) failures.push({ property, reason: `unexpected argument ${property}` });
      else if (!fits(value, known.kind)) failures.push({ property, reason: `${property} must be a ${known.kind}` });
    }
    for (const [property, { isRequired }] of type.inputs) {
      if (isRequired && (news[property] ?? undefined) === undefined) {
        failures.push({ property, reason: `missing required argument ${property}` });
      }
    }
    this.#complete(urn, type, olds, inputs);
    return { inputs, failures };
  }

  #complete(urn: string, { token, autonamed }: AwsType, olds: Values, inputs: Values): void {
    const defaults: string[] = [];
    if (token === "aws:ec2/securityGroup:SecurityGroup" && inputs.description === undefined) {
      inputs.description = "Managed by Pulumi";
      defaults.push("description");
    }
    if (autonamed && inputs[autonamed] === undefined && inputs[`${autonamed}Prefix`] === undefined) {
      const wasAutonamed = Array.isArray(olds.__defaults) && olds.__defaults.includes(autonamed);
      const fresh = `${urn.split("::").at(-1)}-${randomBytes(4).toString("hex").slice(0, 7)}`;
      inputs[autonamed] = wasAutonamed ? olds[autonamed] : fresh;
      defaults.push(autonamed);
    }
    inputs.__defaults = defaults;
  }

  /** What changes; `replaces`: what only another resource can have. */
  diff(urn: string, olds: Values, news: Values): { changes: string[]; replaces: string[]; deleteFirst: boolean } {
    const token = tokenOf(urn);
    const changes = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
      (key) => !key.startsWith("__") && !isSame(token, key, olds[key], news[key]),
    );
    const replaces = (replacedBy[token] ?? []).filter((path) => {
      const [key = "", field] = path.split(".");
      if (!changes.includes(key)) return false;
      return field === undefined || !isSame(token, path, fieldOf(olds[key], field), fieldOf(news[key], field));
    });
    const { autonamed } = awsType(token);
    // Two with one name can't be at the same time.
    const keepsName = autonamed !== undefined && isDeepStrictEqual(olds[autonamed], news[autonamed]);
    const isNamed = autonamed !== undefined && !(news.__defaults as string[] | undefined)?.includes(autonamed);
    return {
      changes,
      replaces: replaces.map((path) => path.split(".")[0] as string),
      deleteFirst: replaces.length > 0 && keepsName && isNamed,
    };
  }

  /** What is planned: sets with an unknown value are unknown, and so is what AWS makes up. */
  plan(urn: string, inputs: Values, olds: Values = {}): Values {
    const type = awsType(tokenOf(urn));
    const planned: Values = { ...kept(type, olds), ...collapsed(type.token, withoutInternals(inputs)) };
    for (const [key, { isRequired }] of type.outputs) {
      if (isRequired && planned[key] === undefined) planned[key] = key === "region" ? this.region : unknownValue;
    }
    planned.id ??= unknownValue;
    return planned;
  }

  /** @throws Error where AWS would refuse */
  create(urn: string, inputs: Values): AwsResource {
    this.calls.push({ method: "create", urn });
    const token = tokenOf(urn);
    this.#refuse(token, inputs, undefined);
    const own = withoutInternals(inputs);
    const id = this.#idOf(token, own);
    const resource = { id, token, inputs: own, outputs: {} };
    resource.outputs = this.#outputs(token, id, own);
    this.resources.set(`${token}|${id}`, resource);
    return resource;
  }

  update(urn: string, id: string, inputs: Values): AwsResource {
    this.calls.push({ method: "update", urn });
    const resource = this.get(tokenOf(urn), id);
    if (!resource) throw new Error(`${tokenOf(urn)} ${id} does not exist`);
    this.#refuse(resource.token, inputs, resource);
    resource.inputs = withoutInternals(inputs);
    resource.outputs = { ...kept(awsType(resource.token), resource.outputs), ...resource.inputs };
    return resource;
  }

  delete(urn: string, id: string): void {
    this.calls.push({ method: "delete", urn });
    const token = tokenOf(urn);
    const resource = this.get(token, id);
    if (!resource) return;
    if (token === "aws:batch/computeEnvironment:ComputeEnvironment" && this.staleQueues > 0) {
      this.staleQueues -= 1;
      throw new Error("ClientException: Cannot delete, found existing JobQueue relationship.");
    }
    const names = [id, resource.outputs.arn].filter((one) => typeof one === "string" && one !== "");
    for (const other of this.resources.values()) {
      const uses = other !== resource && names.some((name) => JSON.stringify(other.inputs).includes(`"${name}"`));
      if (uses) throw new Error(`DependencyViolation: ${id} is used by ${other.token} ${other.id}`);
    }
    this.resources.delete(`${token}|${id}`);
  }

  get(token: string, id: string): AwsResource | undefined {
    return this.resources.get(`${token}|${id}`);
  }

  /** Something that others have made, for programs to look up. */
  put(token: string, id: string, inputs: Values): void {
    this.resources.set(`${token}|${id}`, { id, token, inputs, outputs: this.#outputs(token, id, inputs) });
  }

  invoke(token: string, args: Values): Values {
    const answer = this.#answers[token];
    if (!answer) throw new Error(`The stand-in for AWS does not know the function ${token}.`);
    return answer(args);
  }

  readonly #answers: Readonly<Record<string, (args: Values) => Values>> = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": () => ({
      id: this.region,
      names: ["a", "b", "c"].map((letter) => `${this.region}${letter}`),
      zoneIds: ["euw1-az1", "euw1-az2", "euw1-az3"],
      groupNames: [this.region],
      region: this.region,
    }),
    "aws:index/getRegion:getRegion": () => ({
      id: this.region,
      name: this.region,
      region: this.region,
      description: "Europe (Ireland)",
      endpoint: `ec2.${this.region}.amazonaws.com`,
    }),
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
      id: this.accountId,
      accountId: this.accountId,
      arn: `arn:aws:iam::${this.accountId}:user/test`,
      userId: "AIDATEST",
    }),
    "aws:index/getPartition:getPartition": () => ({
      id: "aws",
      partition: "aws",
      dnsSuffix: "amazonaws.com",
      reverseDnsPrefix: "com.amazonaws",
    }),
    "aws:iam/getPolicyDocument:getPolicyDocument": (args) => ({ ...args, id: "0", json: policyDocument(args) }),
  };

  #refuse(token: string, inputs: Values, own: AwsResource | undefined): void {
    const others = [...this.resources.values()].filter((one) => one !== own);
    const reason = refusal(token, inputs, others, this.region);
    if (reason !== undefined) throw new Error(`${token}: ${reason}`);
  }

  #idOf(token: string, inputs: Values): string {
    const prefix = idPrefixes[token];
    this.#count++;
    if (prefix) return `${prefix}-${this.#count.toString(16).padStart(17, "0")}`;
    const { name, bucketPrefix } = inputs;
    // Amazon S3's provider completes it.
    if (token === bucketType) return `${bucketPrefix}${String(this.#count).padStart(18, "0")}`;
    return typeof name === "string" && !token.startsWith("aws:secretsmanager/")
      ? name
      : `${token.split(":").at(-1)}-${this.#count}`;
  }

  #outputs(token: string, id: string, inputs: Values): Values {
    const [, module = "", name = ""] = token.match(/^aws:(\w+)\/\w+:(\w+)$/) ?? [];
    const outputs: Values = { ...inputs, id };
    const made: Values = {
      arn: `arn:aws:${module}:${this.region}:${this.accountId}:${name.toLowerCase()}/${id}`,
      region: this.region,
      ownerId: this.accountId,
      tagsAll: inputs.tags ?? {},
      ...(token === bucketType ? { arn: `arn:aws:s3:::${id}`, bucket: id } : {}),
      ...(token === "aws:ec2/vpc:Vpc"
        ? {
            defaultSecurityGroupId: `sg-${id.slice(4)}`,
            defaultNetworkAclId: `acl-${id.slice(4)}`,
            defaultRouteTableId: `rtb-${id.slice(4)}`,
            mainRouteTableId: `rtb-${id.slice(4)}`,
          }
        : {}),
      ...(token === "aws:rds/instance:Instance"
        ? {
            port: 5432,
            address: `${inputs.identifier}.abcdefghijkl.${this.region}.rds.amazonaws.com`,
            endpoint: `${inputs.identifier}.abcdefghijkl.${this.region}.rds.amazonaws.com:5432`,
            masterUserSecrets: inputs.manageMasterUserPassword
              ? [{ secretArn: `arn:aws:secretsmanager:${this.region}:${this.accountId}:secret:rds!${id}` }]
              : [],
          }
        : {}),
    };
    for (const [key, { kind, isRequired }] of awsType(token).outputs) {
      if (!isRequired || outputs[key] !== undefined) continue;
      outputs[key] = made[key] ?? emptyValues[kind] ?? `${key}-of-${id}`;
    }
    return outputs;
  }
}

const bucketType = "aws:s3/bucket:Bucket";

/** What stays of a resource where its inputs no longer say it: the provider has a value for it. */
const kept = ({ outputs }: AwsType, olds: Values) =>
  Object.fromEntries(Object.entries(olds).filter(([key]) => key === "id" || outputs.get(key)?.isRequired));

const emptyValues: Readonly<Record<string, unknown>> = { number: 0, boolean: false, array: [], object: {} };

const tokenOf = (urn: string) => urn.split("::")[2]?.split("$").at(-1) ?? "";

const withoutInternals = (values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([key, value]) => !key.startsWith("__") && value !== null));

const fieldOf = (value: unknown, field: string) => (value as Values | undefined)?.[field];

function isSame(token: string, path: string, one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(ordered(token, path, one), ordered(token, path, other));
}

/** Sets within a value, in an order. */
function ordered(token: string, path: string, value: unknown): unknown {
  if (Array.isArray(value) && sets[token]?.includes(path)) return [...value].sort(byText);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, ordered(token, `${path}.${key}`, own)]));
}

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

function collapsed(token: string, values: Values, path = ""): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      if (sets[token]?.includes(path + key) && holdsUnknown(value)) return [key, unknownValue];
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      return [key, isObject ? collapsed(token, value as Values, `${path}${key}.`) : value];
    }),
  );
}

function holdsUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).some(holdsUnknown);
  return isUnknownValue(value);
}

function fits(value: unknown, kind: string): boolean {
  if (value === null || value === undefined || isUnknownValue(value) || kind === "other") return true;
  if (kind === "array") return Array.isArray(value);
  if (kind === "object") return typeof value === "object" && !Array.isArray(value);
  return typeof value === kind;
}

function policyDocument({ statements = [] }: { statements?: readonly Values[] }): string {
  const listOf = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map(({ sid, effect = "Allow", actions, resources, principals, conditions }) => ({
      ...(sid === undefined ? {} : { Sid: sid }),
      Effect: effect,
      Action: listOf(actions),
      ...(resources === undefined ? {} : { Resource: listOf(resources) }),
      ...(principals === undefined
        ? {}
        : {
            Principal: Object.fromEntries(
              (principals as { type: string; identifiers: unknown }[]).map((one) => [
                one.type,
                listOf(one.identifiers),
              ]),
            ),
          }),
      ...(conditions === undefined
        ? {}
        : {
            Condition: Object.fromEntries(
              (conditions as { test: string; variable: string; values: unknown }[]).map((one) => [
                one.test,
                { [one.variable]: listOf(one.values) },
              ]),
            ),
          }),
    })),
  });
}
