// Mutation tests of the core: `npm run mutate`, or a part: `npm run mutate -- --mutate network/reachability/route-table.ts`.
// A mutant meets the quick tests first, and then a corpus of generated networks with the answers of the judges
// (tests/network/judges/corpus.ts), two networks a test, so that a mutant meets only those that run its line.
// Of every eighth of 5,300 mutants 553 of 637 were found, in 9 minutes on 2 busy cores; one that lives takes up to 20 s,
// most that die some hundredths of a second.
// The judges' own runs and the fuzzers take ten times as long, and are for what is left:
// `MUTATE_JUDGES=1 npm run mutate -- --mutate FILE`.
// Stryker 9, because 10 needs Node 22 and the project runs on 20.19.
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";

// Tests that start processes are left out: those are slow, and have no mutant switched on.
const all = readdirSync("tests/network", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => `tests/network/${name}`)
  .filter((name) => !readFileSync(name, "utf8").includes("node:child_process"))
  .sort();

const isCorpus = (/** @type {string} */ name) => name.endsWith("corpus.test.ts");
const isSlow = (/** @type {string} */ name) => !isCorpus(name) && /judges|fuzz/.test(name);
const slow = process.env.MUTATE_JUDGES ? all.filter(isSlow) : [];
const isOfCore = (/** @type {string} */ name) => name.includes("/reachability/");
const quick = all.filter((name) => !isCorpus(name) && !isSlow(name));
// A mutant is tried until a test fails: the quickest and nearest first.
const files = [...quick.filter(isOfCore), ...quick.filter((name) => !isOfCore(name)), ...all.filter(isCorpus), ...slow];

// A few networks instead of thousands, and the same for every mutant: what is found must not be chance.
Object.assign(process.env, {
  CORPUS_SIZE: "40",
  JUDGE_RUNS: "80",
  JUDGE_SEED: "1",
  LAW_RUNS: "10",
  LAW_SEED: "1",
  SNAPSHOT_FUZZ_RUNS: "10",
  ...process.env,
});

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions & Record<string, unknown>} */
export default {
  mutate: ["network/reachability/**/*.ts"],
  testRunner: "ava-in-process",
  // Which test meets which mutant: a mutant is tried on the tests that run its line, and on no others.
  coverageAnalysis: "perTest",
  avaInProcess: { files },
  plugins: ["./tests/mutation/ava-in-process.js", "./tests/mutation/ignore-sentences.js"],
  ignorers: ["sentences"],
  // Node 20 needs it for TypeScript; later ones would do without, and are not disturbed.
  testRunnerNodeArgs: ["--import=tsx"],
  concurrency: 2,
  // A mutant that never ends counts as found; the slowest test takes a fraction of this.
  timeoutMS: 3000,
  // All that Stryker writes is where Git, Biome and the tests do not look.
  tempDirName: ".local/stryker",
  ignorePatterns: [".local"],
  reporters: ["clear-text", "progress", "html", "json"],
  htmlReporter: { fileName: ".local/mutation/index.html" },
  jsonReporter: { fileName: ".local/mutation/mutation.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  allowEmpty: false,
};
