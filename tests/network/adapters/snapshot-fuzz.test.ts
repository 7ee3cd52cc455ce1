import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { flowOf, Places, type Question } from "../../../network/adapters/flows.ts";
import { readSnapshot, SnapshotError } from "../../../network/adapters/snapshot.ts";
import { analyze, TopologyIndex } from "../../../network/reachability/index.ts";
import type { Topology } from "../../../network/reachability/topology.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import type { Json } from "./snapshot-files.ts";

/** More of them find more: SNAPSHOT_FUZZ_RUNS=20000. */
const numRuns = Number(process.env.SNAPSHOT_FUZZ_RUNS ?? 300);

interface Lab {
  readonly name: string;
  /** One file for each account and Region, with all its response keys, as text. */
  readonly files: Readonly<Record<string, string>>;
  readonly probes: readonly Question[];
}

const root = new URL("../../fixtures/labs/", import.meta.url).pathname;
const labs = readdirSync(root)
  .filter((name) => name.startsWith("aws_"))
  .map(readLab);

function readLab(name: string): Lab {
  const scopes: Record<string, Json> = {};
  const folder = path.join(root, name, "aws_configs");
  for (const file of readdirSync(folder, { recursive: true }) as string[]) {
    if (!file.endsWith(".json")) continue;
    const scope = `${path.dirname(file)}/all.json`;
    scopes[scope] = { ...scopes[scope], ...JSON.parse(readFileSync(path.join(folder, file), "utf8")) };
  }
  const probes = readFileSync(path.join(root, name, "probes.jsonl"), "utf8")
    .trim()
    .split("\n");
  return {
    name,
    files: Object.fromEntries(Object.entries(scopes).map(([scope, content]) => [scope, JSON.stringify(content)])),
    probes: probes.map((line) => JSON.parse(line)).filter(({ outOfScope }: Json) => outOfScope === undefined),
  };
}

/** The topology of files; undefined where they are refused, which must be in whole sentences. */
function read(t: ExecutionContext, folder: string, files: Readonly<Record<string, string>>): Topology | undefined {
  rmSync(folder, { recursive: true, force: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  try {
    return readSnapshot(folder);
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    t.true(error.faults.length > 0);
    for (const fault of error.faults) t.regex(fault, /^\S+ ?[^\n]+$/);
    return undefined;
  }
}

/** What is proved of a probe; undefined where its ends are not in the snapshot any more. */
function verdictOf(index: TopologyIndex, places: Places, question: Question) {
  try {
    return analyze(index, flowOf(question, places)).verdict;
  } catch (error) {
    if (error instanceof RangeError && /^(source|destination) /.test(error.message)) return undefined;
    throw error;
  }
}

interface Mutation {
  readonly file: number;
  readonly place: number;
  readonly kind: (typeof kinds)[number];
  readonly value: Json;
}

const kinds = ["replace", "drop", "retype", "swap", "repeat", "nest", "truncate"] as const;

const values: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  -2,
  1.5,
  65_536,
  1e308,
  -1e9,
  "",
  "-1",
  "10.0.0.0/33",
  "10.0.0.0/8",
  "::/0",
  "0.0.0.0/0",
  "256.1.1.1",
  "::1",
  "vpc-0",
  "subnet-0",
  "local",
  "igw-1",
  "tcp",
  "all",
  "deleted",
  "blackhole",
  "a\nb",
  "__proto__",
  [],
  {},
  [[]],
  [null],
  [{}],
  { State: "associated" },
  "x".repeat(500),
  "10.1.0.0/16",
  "10.1.1.100",
];

const mutation: fc.Arbitrary<Mutation> = fc.record({
  file: fc.nat(),
  place: fc.nat(),
  kind: fc.constantFrom(...kinds),
  value: fc.constantFrom(...values),
});

function mutate(files: Record<string, string>, { file, place, kind, value }: Mutation): void {
  const names = Object.keys(files);
  const name = names[file % names.length] as string;
  const text = files[name] as string;
  if (kind === "truncate") {
    files[name] = text.slice(0, place % text.length);
    return;
  }
  let content: Json;
  try {
    content = JSON.parse(text);
  } catch {
    return;
  }
  const places = placesIn(content);
  const found = places[place % places.length];
  if (!found) return;
  const [parent, key] = found;
  change(parent, key, kind, structuredClone(value));
  files[name] = JSON.stringify(content);
}

/** Every field and member, at any depth. */
function placesIn(value: Json): [parent: Json, key: string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [[value, key], ...placesIn(member)] as [Json, string][]);
}

function change(parent: Json, key: string, kind: Mutation["kind"], value: Json): void {
  const old = parent[key];
  const keys = Object.keys(parent);
  switch (kind) {
    case "replace":
      parent[key] = value;
      break;
    case "drop":
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      break;
    case "retype":
      parent[key] = typeof old === "number" ? String(old) : typeof old === "string" ? old.length : `${old}`;
      break;
    case "swap": {
      const other = keys[(keys.indexOf(key) + 1) % keys.length] as string;
      [parent[key], parent[other]] = [parent[other], old];
      break;
    }
    case "repeat":
      if (Array.isArray(parent)) {
        const again = structuredClone(old);
        if (typeof again === "object" && again !== null) again[Object.keys(again)[0] ?? "x"] = value;
        parent.push(again, structuredClone(old));
      }
      break;
    default:
      parent[key] = [[[old]]];
  }
}

test("whatever is done to its files, a snapshot is read or refused in sentences, and what is read can be asked", async (t) => {
  t.timeout(600_000);
  const folder = path.join(await temporaryFolder(t), "configs");
  fc.assert(
    fc.property(fc.constantFrom(...labs), fc.array(mutation, { minLength: 1, maxLength: 4 }), (lab, mutations) => {
      const files = { ...lab.files };
      for (const one of mutations) mutate(files, one);
      const topology = read(t, folder, files);
      if (!topology) return;
      const [index, places] = [new TopologyIndex(topology), new Places(topology)];
      for (const probe of lab.probes.slice(0, 12)) verdictOf(index, places, probe);
    }),
    { numRuns },
  );
});

/** The probes that saw nothing on AWS, and are proved to arrive by files that say less. */
function wronglyReachable(t: ExecutionContext, folder: string, lab: Lab, files: Readonly<Record<string, string>>) {
  const topology = read(t, folder, files);
  if (!topology) return [];
  const [index, places] = [new TopologyIndex(topology), new Places(topology)];
  return lab.probes.filter((probe) => probe.expect !== "reachable" && verdictOf(index, places, probe) === "reachable");
}

function withoutKeys({ files }: Lab, isDropped: (file: string, key: string) => boolean): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => {
      const kept = Object.entries(JSON.parse(text)).filter(([key]) => !isDropped(file, key));
      return [file, JSON.stringify(Object.fromEntries(kept))];
    }),
  );
}

const keysOf = (lab: Lab) => [...new Set(Object.values(lab.files).flatMap((text) => Object.keys(JSON.parse(text))))];

for (const lab of labs) {
  test(`${lab.name}: without any one response, of all files or of one, nothing is proved that AWS does not do`, async (t) => {
    const folder = path.join(await temporaryFolder(t), "configs");
    const places = Object.keys(lab.files);
    for (const dropped of keysOf(lab)) {
      for (const from of places.length > 1 ? [undefined, ...places] : [undefined]) {
        const files = withoutKeys(lab, (file, key) => key === dropped && (from === undefined || file === from));
        t.deepEqual(wronglyReachable(t, folder, lab, files), [], `${dropped} of ${from ?? "all"}`);
      }
    }
  });
}

test("without several responses, nothing is proved that AWS does not do", async (t) => {
  t.timeout(600_000);
  const folder = path.join(await temporaryFolder(t), "configs");
  const drops = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 2, maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(...labs), drops, (lab, picks) => {
      const [files, keys] = [Object.keys(lab.files), keysOf(lab)];
      const dropped = new Set(picks.map(([file, key]) => `${files[file % files.length]} ${keys[key % keys.length]}`));
      const rest = withoutKeys(lab, (file, key) => dropped.has(`${file} ${key}`));
      t.deepEqual(wronglyReachable(t, folder, lab, rest), []);
    }),
    { numRuns: Math.ceil(numRuns / 3) },
  );
});

test("without a field, wherever it is, nothing is proved that AWS does not do", async (t) => {
  t.timeout(600_000);
  const folder = path.join(await temporaryFolder(t), "configs");
  fc.assert(
    fc.property(fc.constantFrom(...labs), fc.nat(), fc.nat(), (lab, file, place) => {
      const names = Object.keys(lab.files);
      const name = names[file % names.length] as string;
      const content = JSON.parse(lab.files[name] as string);
      // A member that is left out of a list, a rule that denies, says that it is not there.
      const fields = placesIn(content).filter(([parent]) => !Array.isArray(parent));
      const [parent, key] = fields[place % fields.length] as [Json, string];
      delete parent[key];
      t.deepEqual(wronglyReachable(t, folder, lab, { ...lab.files, [name]: JSON.stringify(content) }), []);
    }),
    { numRuns },
  );
});
