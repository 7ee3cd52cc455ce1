// Runs ava's tests in the process of a Stryker worker, over and over, with one mutant after another switched on.
//
// Stryker's own ways start a process for each mutant (command runner) or for each test file (tap runner): two seconds with
// tsx and ava, for tests that take a millisecond each. Here the test files are loaded once, their tests are collected by a
// chain of our own, and each is run by ava's own class, so that `t` is ava's `t`. What that reaches into is not ava's public
// API; package.json pins the version, and a dry run that finds no test fails.
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { commonTokens, declareClassPlugin, PluginKind, tokens } from "@stryker-mutator/api/plugin";
import {
  DryRunStatus,
  determineHitLimitReached,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import fc from "fast-check";

/** @typedef {import("@stryker-mutator/api/core").InstrumenterContext} InstrumenterContext */
/**
 * @typedef {object} Collected
 * @property {string} id
 * @property {string} fileName
 * @property {string} title
 * @property {(t: unknown, ...args: unknown[]) => unknown} implementation
 * @property {unknown[]} args
 * @property {Record<string, unknown>} metadata
 */

const require = createRequire(import.meta.url);
const ava = path.join(path.dirname(require.resolve("ava")), "..");
/** @param {string} file */
const fromAva = (file) => import(pathToFileURL(path.join(ava, "lib", file)).href);

class AvaInProcess {
  static inject = tokens(commonTokens.options);

  /** @type {readonly string[]} */
  #files;
  /** @type {Collected[] | undefined} */
  #tests;
  /**
   * What the instrumented source reads and writes: the active mutant, coverage, hits.
   * @type {{ [Key in keyof InstrumenterContext]?: InstrumenterContext[Key] | undefined }}
   */
  #context = Reflect.get(globalThis, INSTRUMENTER_CONSTANTS.NAMESPACE) ?? {};
  /** @type {any} */
  #Runnable;

  /** @param {import("@stryker-mutator/api/core").StrykerOptions} options */
  constructor(options) {
    this.#files = /** @type {{files: string[]}} */ (options.avaInProcess).files;
    Reflect.set(globalThis, INSTRUMENTER_CONSTANTS.NAMESPACE, this.#context);
  }

  /** What is loaded stays loaded: Stryker starts a new process for mutants that act while modules are loaded. */
  capabilities() {
    return { reloadEnvironment: false };
  }

  /** @param {import("@stryker-mutator/api/test-runner").DryRunOptions} options */
  async dryRun({ coverageAnalysis, disableBail }) {
    this.#switch(undefined);
    const tests = await this.#load();
    if (tests.length === 0) throw new Error(`no tests in ${this.#files.join(", ")}`);
    const result = await this.#run(tests, disableBail, undefined, coverageAnalysis === "perTest");
    const { mutantCoverage } = this.#context;
    return { ...result, ...(mutantCoverage && { mutantCoverage }) };
  }

  /** @param {import("@stryker-mutator/api/test-runner").MutantRunOptions} options */
  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail, mutantActivation }) {
    this.#context.hitLimit = hitLimit;
    this.#context.hitCount = hitLimit === undefined ? undefined : 0;
    this.#switch(mutantActivation === "static" ? activeMutant.id : undefined);
    try {
      const tests = await this.#load();
      this.#switch(activeMutant.id);
      const wanted = testFilter ? tests.filter(({ id }) => testFilter.includes(id)) : tests;
      return toMutantRunResult(await this.#run(wanted, disableBail, hitLimit, false));
    } catch (error) {
      // A mutant that keeps a module from being loaded is noticed by every test.
      return toMutantRunResult({
        status: DryRunStatus.Complete,
        tests: [{ id: "load", name: "load", timeSpentMs: 0, status: TestStatus.Failed, failureMessage: String(error) }],
      });
    }
  }

  /** @param {string | undefined} mutant */
  #switch(mutant) {
    this.#context.activeMutant = mutant;
  }

  /** @returns {Promise<Collected[]>} */
  async #load() {
    if (this.#tests) return this.#tests;
    /** @type {Collected[]} */
    const tests = [];
    let fileName = "";
    const { default: createChain } = await fromAva("create-chain.js");
    const { default: parseTestArgs } = await fromAva("parse-test-args.js");
    const chain = createChain(
      (/** @type {Record<string, unknown>} */ metadata, /** @type {unknown[]} */ given) => {
        // What comes after all tests of a file is about the run, which here has no end.
        if (metadata.type === "after") return;
        if (metadata.type !== "test") throw new Error(`${fileName}: this runner knows no ${metadata.type} hooks`);
        if (metadata.skipped || metadata.todo) return;
        const { args, implementation, title } = parseTestArgs(given);
        tests.push({
          id: `${fileName} > ${title.value}`,
          fileName,
          title: title.value,
          implementation,
          args,
          metadata,
        });
      },
      { serial: false, exclusive: false, skipped: false, todo: false, failing: false, inline: false, always: false },
      { file: "" },
    );
    // The module "ava" is this chain, for whoever imports it first in this process.
    require(path.join(ava, "lib/worker/state.cjs")).refs.runnerChain = chain;
    const { set: setOptions } = require(path.join(ava, "lib/worker/options.cjs"));
    setOptions({ chalkOptions: { level: 0 } });
    (await fromAva("chalk.js")).set({ level: 0 });
    this.#Runnable = (await fromAva("test.js")).default;
    // Properties are tried on the same values for every mutant; the smallest that fails is nobody's concern here.
    fc.configureGlobal({ seed: 1, endOnFailure: true });
    for (const file of this.#files) {
      fileName = file;
      await import(pathToFileURL(path.resolve(file)).href);
    }
    this.#tests = tests;
    return tests;
  }

  /**
   * One test after the other: coverage has to know which one runs.
   * @param {readonly Collected[]} tests
   * @param {boolean} disableBail
   * @param {number | undefined} hitLimit
   * @param {boolean} perTest
   * @returns {Promise<import("@stryker-mutator/api/test-runner").DryRunResult>}
   */
  async #run(tests, disableBail, hitLimit, perTest) {
    /** @type {import("@stryker-mutator/api/test-runner").TestResult[]} */
    const results = [];
    for (const { id, fileName, title, implementation, args, metadata } of tests) {
      if (perTest) this.#context.currentTestId = id;
      const runnable = new this.#Runnable({
        contextRef: { get: () => ({}), set: () => {}, copy: () => ({ get: () => ({}), set: () => {} }) },
        failWithoutAssertions: true,
        fn: (/** @type {unknown} */ t) => implementation(t, ...args),
        metadata,
        title,
        registerUniqueTitle: () => true,
        notifyTimeoutUpdate: () => {},
      });
      const started = performance.now();
      const { passed, error } = await runnable.run();
      const timeSpentMs = performance.now() - started;
      const reached = determineHitLimitReached(this.#context.hitCount, hitLimit);
      if (reached) return reached;
      const own = { id, name: id, fileName: path.resolve(fileName), timeSpentMs };
      if (passed) results.push({ ...own, status: TestStatus.Success });
      else results.push({ ...own, status: TestStatus.Failed, failureMessage: String(error?.message ?? error) });
      if (!passed && !disableBail) break;
    }
    this.#context.currentTestId = undefined;
    return { status: DryRunStatus.Complete, tests: results };
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "ava-in-process", AvaInProcess)];

export const strykerValidationSchema = {
  properties: {
    avaInProcess: {
      type: "object",
      required: ["files"],
      properties: { files: { type: "array", items: { type: "string" }, minItems: 1 } },
    },
  },
};
