import type {
  ReadResourceRequest,
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  ResourceCallRequest,
  ResourceInvokeRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { isUnknownValue, type ProgramResource, type Properties } from "../../pulumi/resource.ts";
import { answer } from "../lookups/answer.ts";
import { Facts } from "../placeholders/facts.ts";
import { autonamed, placeholders } from "../placeholders/placeholders.ts";
import { incomplete } from "./incomplete-answer.ts";
import type { Assignment } from "./protocol.ts";
import type { Recording } from "./recording.ts";
import type { ResultShapes } from "./result-shape.ts";
import type { Transformed, Transforms } from "./transforms.ts";
import { plainProperties, sealed, withoutSecrets } from "./wire-value.ts";

type Callback = (error: Error | null, response?: object) => void;

/** What the SDK may count on; without `outputValues` a remote component gets values as any resource does. */
const features: ReadonlySet<string> = new Set([
  "secrets",
  "resourceReferences",
  "aliasSpecs",
  "deletedWith",
  "replaceWith",
  "parameterization",
  "transforms",
  "resourceHooks",
  "errorHooks",
]);

/**
 * Stands for the engine and its providers: answers the SDK as a preview does and records what it registers. Its methods
 * are those of pulumi/proto/pulumi/resource.proto; the SDK reads answers through getters only, so that no message of
 * its generated classes is needed.
 */
export class Monitor {
  readonly #recording: Recording;
  readonly #assignment: Assignment;
  readonly #shapes: ResultShapes;
  readonly #transforms: Transforms;
  readonly #fail: (fault: string) => void;

  constructor(
    recording: Recording,
    assignment: Assignment,
    sdk: { readonly shapes: ResultShapes; readonly transforms: Transforms },
    fail: (fault: string) => void,
  ) {
    this.#recording = recording;
    this.#assignment = assignment;
    this.#shapes = sdk.shapes;
    this.#transforms = sdk.transforms;
    this.#fail = fail;
  }

  supportsFeature(request: SupportsFeatureRequest, callback: Callback): void {
    callback(null, { getHassupport: () => features.has(request.getId()) });
  }

  registerResource(request: RegisterResourceRequest, callback: Callback): void {
    const said = (request.getObject()?.toJavaScript() ?? {}) as Properties;
    this.#transforms.apply(request, said).then(
      (transformed) => this.#register(request, transformed ?? { properties: said }, callback),
      (error: Error) => callback(error),
    );
  }

  #register(request: RegisterResourceRequest, transformed: Partial<Transformed>, callback: Callback): void {
    const said = transformed.properties ?? {};
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent() || undefined];
    const urn = this.#recording.urnOf(type, name, parent);
    if (this.#isTaken(urn)) return;
    const isCustom = request.getCustom();
    const provider =
      transformed.provider ?? providerOf(request.getProvider() || request.getProvidersMap().get(type.split(":")[0]!));
    const inputs = plainProperties(said);
    const facts = new Facts({ urn, name, type, inputs, region: this.#regionOf(inputs, provider) });
    const made = isCustom || request.getRemote() ? this.#placeholders(facts, isCustom) : { outputs: {} };
    const id = request.getImportid() || made.id;
    // A remote component's outputs are its own; what goes into it does not come out again.
    const echoed = request.getRemote() ? {} : said;
    const propertyDependencies = dependenciesOf(request, said, transformed);
    this.#recording.add({
      urn,
      type,
      name,
      isCustom,
      inputs,
      outputs: { ...plainProperties(echoed), ...made.outputs },
      ...optional({ id, parent, provider }),
      propertyDependencies,
      dependencies: [...new Set([request.getDependenciesList(), ...Object.values(propertyDependencies)].flat())],
    });
    callback(null, {
      getUrn: () => urn,
      getId: () => id ?? "",
      getObject: () => struct(sealed({ ...echoed, ...made.outputs }, request.getAdditionalsecretoutputsList())),
      getPropertydependenciesMap: () => undefined,
      getResult: () => 0,
    });
  }

  readResource(request: ReadResourceRequest, callback: Callback): void {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent() || undefined];
    const urn = this.#recording.urnOf(type, name, parent);
    if (this.#isTaken(urn)) return;
    const said = (request.getProperties()?.toJavaScript() ?? {}) as Properties;
    const inputs = plainProperties(said);
    const id = isUnknownValue(request.getId()) ? undefined : request.getId();
    const provider = providerOf(request.getProvider());
    this.#recording.add({
      urn,
      type,
      name,
      isCustom: true,
      isRead: true,
      inputs,
      outputs: inputs,
      ...optional({ id, parent, provider }),
      propertyDependencies: {},
      dependencies: request.getDependenciesList(),
    });
    callback(null, { getUrn: () => urn, getProperties: () => struct(said) });
  }

  registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback): void {
    const urn = request.getUrn();
    const said = (request.getOutputs()?.toJavaScript() ?? {}) as Properties;
    const isStack = this.#recording.get(urn)?.parent === undefined && urn.includes("::pulumi:pulumi:Stack::");
    this.#recording.addOutputs(urn, plainProperties(isStack ? (withoutSecrets(said) as Properties) : said));
    callback(null, {});
  }

  invoke(request: ResourceInvokeRequest, callback: Callback): void {
    const token = request.getTok();
    const parameters = plainProperties((request.getArgs()?.toJavaScript() ?? {}) as Properties);
    if (token === "pulumi:pulumi:getResource") {
      this.#rehydrate(String(parameters.urn), callback);
      return;
    }
    const provider = providerOf(request.getProvider());
    const { result, isComplete, found } = answer(token, parameters, this.#regionOf(parameters, provider));
    for (const { id, type, name, outputs } of found) {
      const urn = this.#recording.urnOf(type, name, undefined);
      if (this.#recording.has(urn)) continue;
      this.#recording.add({
        urn,
        type,
        name,
        isCustom: true,
        isRead: true,
        inputs: parameters,
        outputs,
        ...optional({ id, parent: undefined, provider }),
        propertyDependencies: {},
        dependencies: [],
      });
    }
    callback(null, invokeResponse(isComplete ? result : incomplete(result, this.#shapes.of(token))));
  }

  /** A method of a resource of a remote component: nobody here knows what it returns. */
  call(_request: ResourceCallRequest, callback: Callback): void {
    callback(null, { ...invokeResponse(incomplete({}, {})), getReturndependenciesMap: () => undefined });
  }

  registerPackage(_request: unknown, callback: Callback): void {
    callback(null, { getRef: () => "package" });
  }

  /** Hooks run when resources are made, which they are not. */
  registerResourceHook(_request: unknown, callback: Callback): void {
    callback(null, {});
  }

  registerErrorHook(_request: unknown, callback: Callback): void {
    callback(null, {});
  }

  signalAndWaitForShutdown(_request: unknown, callback: Callback): void {
    callback(null, {});
  }

  close(): void {}

  #isTaken(urn: string): boolean {
    if (!this.#recording.has(urn)) return false;
    const [type, name] = [urn.split("::")[2], urn.split("::").slice(3).join("::")];
    this.#fail(`Two resources have the URN ${urn}; give one of ${type} "${name}" another name.`);
    return true;
  }

  #placeholders(facts: Facts, isCustom: boolean): { readonly id?: string; readonly outputs: Properties } {
    // Names that Pulumi makes up are known in a preview.
    if (this.#assignment.ids === "unknown") return { outputs: isCustom ? autonamed(facts) : {} };
    const { id, outputs } = placeholders(facts);
    return isCustom ? { id, outputs: { ...outputs } } : { outputs };
  }

  /** The resource's own, else its provider's, else the stack's; undefined where it is not known. */
  #regionOf(inputs: Properties, provider: string | undefined): string | undefined {
    const said = inputs.region ?? (provider && this.#recording.get(provider)?.inputs.region);
    if (typeof said !== "string") return this.#assignment.region;
    return isUnknownValue(said) ? undefined : said;
  }

  #rehydrate(urn: string, callback: Callback): void {
    const resource = this.#recording.get(urn);
    if (resource === undefined) {
      callback(new Error(`unknown resource ${urn}`));
      return;
    }
    const fields = new Map<string, object>([
      ["urn", { toJavaScript: () => urn }],
      ["id", { toJavaScript: () => resource.id ?? "" }],
      ["state", { getStructValue: () => struct(resource.outputs) }],
    ]);
    callback(null, { getFailuresList: () => [], getReturn: () => ({ getFieldsMap: () => fields }) });
  }
}

const struct = (properties: Properties) => ({ toJavaScript: () => properties });

const invokeResponse = (result: Properties) => ({ getFailuresList: () => [], getReturn: () => struct(result) });

/** By property; those that depend on nothing are left out, as the engine does. */
function dependenciesOf(
  request: RegisterResourceRequest,
  properties: Properties,
  { dependencies }: Partial<Transformed>,
): Record<string, readonly string[]> {
  const requested = request.getPropertydependenciesMap();
  return Object.fromEntries(
    Object.keys(properties).flatMap((key) => {
      const urns = [...(requested.get(key)?.getUrnsList() ?? []), ...(dependencies?.get(key) ?? [])];
      return urns.length === 0 ? [] : [[key, [...new Set(urns)]]];
    }),
  );
}

/** URN of `URN::ID`. */
function providerOf(reference: string | undefined): string | undefined {
  if (!reference) return undefined;
  const urn = reference.slice(0, reference.lastIndexOf("::"));
  return urn.startsWith("urn:") ? urn : undefined;
}

/** Without the keys that have no value. */
function optional(fields: Readonly<Record<"id" | "parent" | "provider", string | undefined>>) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value)) as Partial<
    Pick<ProgramResource, "id" | "parent" | "provider">
  >;
}
