import { randomUUID } from "node:crypto";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { Properties } from "../../pulumi/resource.ts";

/** Modules of the SDK that stand around a transform. */
export interface TransformModules {
  readonly callbacks: { readonly Callback: new () => { setToken(token: string): void } };
  readonly resources: {
    readonly DependencyResource: new (urn: string) => object;
    readonly DependencyProviderResource: new (reference: string) => object;
  };
  readonly rpc: {
    deserializeProperties(properties: { toJavaScript(): object }): object;
    serializeResourceProperties(
      label: string,
      properties: object,
    ): Promise<[Properties, Map<string, Iterable<{ readonly urn: Awaitable }>>]>;
  };
}

interface Awaitable {
  promise(): Promise<string>;
}

interface TransformResult {
  readonly props: object;
  readonly opts?: { readonly provider?: { readonly urn: Awaitable }; readonly dependsOn?: unknown };
}

export type Transform = (request: object) => Promise<TransformResult | undefined> | TransformResult | undefined;

/** A resource's properties when all have had their say. */
export interface Transformed {
  readonly properties: Properties;
  /** Of the properties that were changed. */
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** URN, where a transform chose one. */
  readonly provider: string | undefined;
}

/**
 * `transforms` of resources and of the stack. The engine calls them back over the network; this stands in for the
 * SDK's server of such calls (pulumi/sdk/nodejs/runtime/callbacks.ts).
 */
export class Transforms {
  readonly #modules: TransformModules;
  readonly #ofResources = new Map<string, Transform>();
  readonly #ofStack: Transform[] = [];

  constructor(modules: TransformModules) {
    this.#modules = modules;
  }

  /** What the SDK's requests then name. */
  async registerTransform(transform: Transform): Promise<object> {
    const callback = new this.#modules.callbacks.Callback();
    const token = randomUUID();
    callback.setToken(token);
    this.#ofResources.set(token, transform);
    return callback;
  }

  registerStackTransform(transform: Transform): void {
    this.#ofStack.push(transform);
  }

  async awaitStackRegistrations(): Promise<void> {}

  /** Hooks run when resources are made, which they are not. */
  async registerResourceHook(): Promise<void> {}

  async registerErrorHook(): Promise<void> {}

  shutdown(): void {}

  /** Undefined: no transform applies. The resource's own come first, then the stack's. */
  async apply(request: RegisterResourceRequest, said: Properties): Promise<Transformed | undefined> {
    const own = request.getTransformsList().flatMap((callback) => this.#ofResources.get(callback.getToken()) ?? []);
    const transforms = [...own, ...this.#ofStack];
    if (transforms.length === 0) return undefined;
    let properties = said;
    let provider: string | undefined;
    const dependencies = new Map<string, readonly string[]>();
    for (const transform of transforms) {
      const result = await transform(this.#parameters(request, properties));
      if (result === undefined) continue;
      const [changed, resources] = await this.#modules.rpc.serializeResourceProperties("transform", result.props);
      properties = changed;
      for (const [key, each] of resources) {
        const urns = await Promise.all([...each].map(({ urn }) => urn.promise()));
        dependencies.set(key, [...new Set([...(dependencies.get(key) ?? []), ...urns])]);
      }
      provider = (await result.opts?.provider?.urn.promise()) ?? provider;
    }
    return { properties, dependencies, provider };
  }

  #parameters(request: RegisterResourceRequest, properties: Properties): object {
    const { rpc, resources } = this.#modules;
    const [parent, provider] = [request.getParent(), request.getProvider()];
    return {
      custom: request.getCustom(),
      type: request.getType(),
      name: request.getName(),
      props: rpc.deserializeProperties({ toJavaScript: () => properties }),
      opts: {
        ...(parent === "" ? {} : { parent: new resources.DependencyResource(parent) }),
        ...(provider === "" ? {} : { provider: new resources.DependencyProviderResource(provider) }),
        dependsOn: request.getDependenciesList().map((urn) => new resources.DependencyResource(urn)),
        ignoreChanges: request.getIgnorechangesList(),
        protect: request.getProtect() ?? false,
      },
    };
  }
}
