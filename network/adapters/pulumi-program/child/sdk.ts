import { createRequire } from "node:module";
import { completed, completedPlainly } from "./incomplete-answer.ts";
import type { Monitor } from "./monitor.ts";
import type { Assignment, ProgramMessage, Severity } from "./protocol.ts";
import { ResultShapes } from "./result-shape.ts";
import { type TransformModules, Transforms } from "./transforms.ts";

/** What is used of @pulumi/pulumi's inner modules; most of it is `@internal` there, and has been there since 3.50. */
interface Settings {
  setMockOptions(monitor: Monitor, project: string, stack: string, preview: boolean, organization: string): void;
  disconnect(): Promise<void>;
  waitForRPCs?(): Promise<void>;
}
interface State {
  getStore(): {
    readonly settings: { readonly options: Record<string, unknown> };
    readonly leakCandidates: Set<LabelledPromise>;
    callbacks?: Transforms;
  };
}
type LabelledPromise = Promise<unknown> & { _debugCtx?: string };
interface Debuggable {
  debuggablePromise(promise: LabelledPromise, label: string): Promise<unknown>;
}
type ResourceModule = TransformModules["resources"] & {
  readonly Resource: { stackTrace?(skip: number): readonly unknown[] };
};
interface Stack {
  runInPulumiStack(load: () => Promise<unknown>): Promise<unknown>;
}
type LogFunction = (text: string, resource?: { readonly urn: { promise(): Promise<string> } }) => Promise<void>;
type Log = Record<"info" | "warn" | "error", LogFunction>;
interface Outputs {
  readonly unknown: unknown;
}
interface Output {
  apply(callback: (value: unknown) => unknown, runWithUnknowns: boolean): unknown;
}
type InvokeFunction = (...parameters: unknown[]) => unknown;
type Invokes = Record<string, InvokeFunction>;

/** The copy of the Pulumi SDK that the program itself uses. Copies share their state, so that one is enough. */
export class Sdk {
  readonly #settings: Settings;
  readonly #state: State;
  readonly #stack: Stack;
  readonly #log: Log;
  readonly #outputs: Outputs;
  readonly #debuggable: Debuggable;
  readonly #resources: ResourceModule;
  readonly #invokes: readonly Invokes[];
  readonly transforms: Transforms;
  readonly shapes: ResultShapes;

  constructor(load: (module: string) => unknown, shapes: ResultShapes) {
    this.shapes = shapes;
    this.#settings = load("runtime/settings.js") as Settings;
    this.#state = load("runtime/state.js") as State;
    this.#stack = load("runtime/stack.js") as Stack;
    this.#log = load("log/index.js") as Log;
    this.#outputs = load("output.js") as Outputs;
    this.#debuggable = load("runtime/debuggable.js") as Debuggable;
    this.#resources = load("resource.js") as ResourceModule;
    // Where the functions are defined, and where packages find them.
    this.#invokes = [load("runtime/invoke.js") as Invokes, load("runtime/index.js") as Invokes];
    this.transforms = new Transforms({
      callbacks: load("proto/callback_pb.js") as TransformModules["callbacks"],
      resources: this.#resources,
      rpc: load("runtime/rpc.js") as TransformModules["rpc"],
    });
  }

  /** From here on the SDK talks to the monitor, as in a preview. */
  start(monitor: Monitor, { project, stack, organization, rootDirectory }: Assignment): void {
    this.#settings.setMockOptions(monitor, project, stack, true, organization);
    const store = this.#state.getStore();
    store.settings.options.rootDirectory = rootDirectory;
    store.callbacks = this.transforms;
    this.#completeAnswers();
    this.#leaveOutStacks();
  }

  onMessage(listener: (message: ProgramMessage) => void): void {
    const severities: readonly (readonly [keyof Log, Severity])[] = [
      ["info", "info"],
      ["warn", "warning"],
      ["error", "error"],
    ];
    for (const [name, severity] of severities) {
      this.#log[name] = async (text, resource) => {
        const urn = await resource?.urn.promise();
        listener({ severity, text: String(text), ...(urn === undefined ? {} : { urn }) });
      };
    }
  }

  runInStack(load: () => Promise<unknown>): Promise<unknown> {
    return this.#stack.runInPulumiStack(load);
  }

  /** Nothing is on its way to the monitor. */
  settled(): Promise<void> {
    return this.#settings.waitForRPCs?.() ?? this.#settings.disconnect();
  }

  /** Those that wait for something: `NAME (TYPE)`. */
  pendingResources(): string[] {
    const labels = [...this.#state.getStore().leakCandidates].flatMap(({ _debugCtx = "" }) => {
      const [, name, type] = /^resolveURN\(resource:(.+)\[(.+)\]\)$/.exec(_debugCtx) ?? [];
      return name === undefined ? [] : [`${name} (${type})`];
    });
    return [...new Set(labels)];
  }

  /**
   * The SDK takes a stack for each of its promises, some 15 a resource, which no one reads here; through source maps
   * that is most of the time of a large program. The labels stay.
   */
  #leaveOutStacks(): void {
    const { leakCandidates } = this.#state.getStore();
    this.#debuggable.debuggablePromise = (promise, label) => {
      promise._debugCtx = label;
      leakCandidates.add(promise);
      return promise.then(
        (value) => {
          leakCandidates.delete(promise);
          return value;
        },
        (error) => {
          leakCandidates.delete(promise);
          throw error;
        },
      );
    };
    this.#resources.Resource.stackTrace = () => [];
  }

  /** What no table answers is unknown, property by property; the SDK would take a property that is missing for none. */
  #completeAnswers(): void {
    const { unknown } = this.#outputs;
    for (const functions of this.#invokes) {
      for (const name of ["invoke", "invokeSingle"]) {
        replace(
          functions,
          name,
          (original) =>
            async (...parameters) =>
              completedPlainly(await original(...parameters)),
        );
      }
      for (const name of ["invokeOutput", "invokeSingleOutput", "call", "callSingle"]) {
        replace(functions, name, (original) => (...parameters) => {
          const answer = original(...parameters) as Output;
          return answer.apply((value) => completed(value, unknown), true);
        });
      }
    }
  }
}

const replaced = Symbol("replaced");

function replace(functions: Invokes, name: string, wrap: (original: InvokeFunction) => InvokeFunction): void {
  const original = functions[name] as (InvokeFunction & { [replaced]?: true }) | undefined;
  if (original === undefined || original[replaced]) return;
  functions[name] = Object.assign(wrap(original), { [replaced]: true as const });
}

/** @throws where the program has no SDK in reach */
export function loadSdk(entryPoint: string): Sdk {
  const require = createRequire(entryPoint);
  return new Sdk((module) => require(`@pulumi/pulumi/${module}`), new ResultShapes(entryPoint));
}
