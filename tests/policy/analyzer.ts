import type { Policies } from "@pulumi/policy";
import server from "@pulumi/policy/server.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";

/** A resource as the engine tells it to a policy pack. */
export interface Told {
  readonly type: string;
  readonly name: string;
  /** In the engine's form: unknown values, secrets and assets in their envelopes. */
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly provider?: string;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

export interface Diagnostic {
  readonly policy: string;
  readonly level: string;
  readonly urn: string;
  readonly message: string;
}

export const urnOf = (type: string, name: string) => `urn:pulumi:dev::tests::${type}::${name}`;

const levels: readonly string[] = ["advisory", "mandatory"];

type Rpc = (
  pack: string,
  version: string,
  level: string,
  policies: Policies,
) => (call: { readonly request: unknown }, done: (error: unknown, response: messages.AnalyzeResponse) => void) => void;

/** What the SDK keeps out of its declarations. */
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = server as unknown as {
  readonly makeAnalyzeRpcFun: Rpc;
  readonly makeAnalyzeStackRpcFun: Rpc;
};

/** Policies as the SDK runs them for the engine: its own requests, answers and proxies. */
export class Analyzer {
  readonly #policies: Policies;

  constructor(policies: Policies) {
    this.#policies = policies;
  }

  /** What they say of the inputs of one resource. */
  collect(told: Told): Promise<readonly Diagnostic[]> {
    const request = new messages.AnalyzeRequest();
    request.setType(told.type);
    request.setUrn(urnOf(told.type, told.name));
    request.setName(told.name);
    request.setProperties(struct.Struct.fromJavaScript((told.inputs ?? {}) as never));
    request.setOptions(new messages.AnalyzerResourceOptions());
    return this.#answer(makeAnalyzeRpcFun, request);
  }

  /** What they say of the stack, once they have seen the inputs of all resources that have some. */
  async judge(...all: readonly Told[]): Promise<readonly Diagnostic[]> {
    const said: Diagnostic[] = [];
    for (const told of all) if (told.inputs) said.push(...(await this.collect(told)));
    const request = new messages.AnalyzeStackRequest();
    request.setResourcesList(all.map(analyzerResource));
    return [...said, ...(await this.#answer(makeAnalyzeStackRpcFun, request))];
  }

  #answer(rpc: Rpc, request: unknown): Promise<readonly Diagnostic[]> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, response: messages.AnalyzeResponse) => {
        if (error) reject(error);
        else
          resolve(
            response.getDiagnosticsList().map((one) => ({
              policy: one.getPolicyname(),
              level: levels[one.getEnforcementlevel()] ?? "",
              urn: one.getUrn(),
              message: one.getMessage(),
            })),
          );
      };
      rpc("tests", "0.0.1", "advisory", this.#policies)({ request }, done);
    });
  }
}

function analyzerResource(told: Told): messages.AnalyzerResource {
  const resource = new messages.AnalyzerResource();
  resource.setType(told.type);
  resource.setUrn(urnOf(told.type, told.name));
  resource.setName(told.name);
  resource.setProperties(struct.Struct.fromJavaScript((told.outputs ?? {}) as never));
  const options = new messages.AnalyzerResourceOptions();
  options.setParent(told.parent ?? "");
  resource.setOptions(options);
  resource.setParent(told.parent ?? "");
  resource.setDependenciesList([...(told.dependencies ?? [])]);
  for (const [key, urns] of Object.entries(told.propertyDependencies ?? {})) {
    const dependencies = new messages.AnalyzerPropertyDependencies();
    dependencies.setUrnsList([...urns]);
    resource.getPropertydependenciesMap().set(key, dependencies);
  }
  if (told.provider !== undefined) {
    const provider = new messages.AnalyzerProviderResource();
    provider.setType("pulumi:providers:aws");
    provider.setName(told.provider);
    provider.setUrn(urnOf("pulumi:providers:aws", told.provider));
    provider.setProperties(struct.Struct.fromJavaScript({}));
    resource.setProvider(provider);
  }
  return resource;
}
