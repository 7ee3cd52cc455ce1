import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { isDeepStrictEqual } from "node:util";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "../../temporary-folder.ts";
import type { ResourceSchemas } from "./schema.ts";

/** The one that the table of differences is for. */
const providerVersion = "5.100.0";
const awsProvider = "registry.terraform.io/hashicorp/aws";

const requirements = {
  terraform: { required_providers: { aws: { source: awsProvider, version: providerVersion } } },
};

/** Resources in Terraform's JSON syntax. */
export interface Configuration {
  readonly resource: object;
}

/** What Terraform makes of configurations that live side by side, in one state. */
export interface Workspace {
  /** What the provider says against the arguments, a sentence each: of all of them, but only of what the program sets. */
  faults(): Promise<readonly string[]>;
  /**
   * What is not as it should be.
   * @throws where it can't be planned, with the sentence of each fault
   */
  plan(): Promise<readonly Change[]>;
  /** @throws where something can't be made, with the sentence of each fault */
  apply(): Promise<void>;
  destroy(): Promise<void>;
}

/** What would be done to one resource. */
export interface Change {
  /** `module.NAME.TYPE.LABEL` */
  readonly address: string;
  readonly type: string;
  /** `create`, `update`, `delete`; the last and the first to replace it. */
  readonly actions: readonly string[];
  /** The arguments that would have another value. */
  readonly differing: readonly string[];
}

/** Terraform with Amazon's provider. */
export interface Terraform {
  readonly schemas: ResourceSchemas;
  /**
   * @param configurations by name, each a module of its own
   * @param provider the provider's own configuration
   * @param env where the provider finds its Region, keys and endpoint
   */
  workspace(
    t: Pick<ExecutionContext, "teardown">,
    configurations: Readonly<Record<string, Configuration>>,
    options: { provider?: object; env: Readonly<Record<string, string>> },
  ): Promise<Workspace>;
}

/**
 * Terraform and the provider, from a mirror of providers on this machine or from where Terraform finds it by itself (its
 * own configuration, or the internet).
 *
 * @returns a text: why there is none
 */
export async function findTerraform(): Promise<Terraform | string> {
  const folder = await mkdtemp(path.join(tmpdir(), "batch-preflight-terraform-"));
  try {
    const version = await terraform(folder, ["version"]);
    if (version.code !== 0) return "terraform is missing (https://developer.hashicorp.com/terraform/install)";
    await writeConfiguration(folder, requirements);
    for (const flags of [...(await mirrors()).map((mirror) => [`-plugin-dir=${mirror}`]), []]) {
      const { code } = await terraform(folder, ["init", "-input=false", ...flags]);
      if (code !== 0) continue;
      const { stdout } = await terraform(folder, ["providers", "schema", "-json"]);
      const schemas = JSON.parse(stdout).provider_schemas[awsProvider].resource_schemas as ResourceSchemas;
      return { schemas, workspace: (t, configurations, options) => workspace(t, flags, configurations, options) };
    }
    return `terraform finds no provider hashicorp/aws ${providerVersion}, neither in a mirror nor on the internet`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Folders with providers that come with the machine, where programs beyond the system's own are put. */
async function mirrors(): Promise<string[]> {
  const places = ["/opt", "/usr/local/share", "/usr/share"];
  const folders = await Promise.all(
    places.map(async (place) => (await readdir(place).catch(() => [])).map((name) => path.join(place, name))),
  );
  return folders.flat().filter((folder) => existsSync(path.join(folder, awsProvider, providerVersion)));
}

async function workspace(
  t: Pick<ExecutionContext, "teardown">,
  initFlags: readonly string[],
  configurations: Readonly<Record<string, Configuration>>,
  { provider = {}, env }: { provider?: object; env: Readonly<Record<string, string>> },
): Promise<Workspace> {
  const folder = await temporaryFolder(t);
  for (const [name, configuration] of Object.entries(configurations)) {
    await mkdir(path.join(folder, name));
    await writeConfiguration(path.join(folder, name), configuration);
  }
  const modules = Object.keys(configurations).map((name) => [name, { source: `./${name}` }]);
  await writeConfiguration(folder, {
    ...requirements,
    provider: { aws: provider },
    module: Object.fromEntries(modules),
  });
  const ended = new AbortController();
  t.teardown(() => ended.abort());
  const run = async (...args: readonly string[]): Promise<string> => {
    // Nearly all of it is waiting: everything at once.
    const { code, stdout, stderr } = await terraform(folder, args, { env, signal: ended.signal });
    const faults = faultsIn(stdout);
    if (code !== 0) throw new Error(faults.length > 0 ? faults.join("\n") : `terraform ${args[0]} failed: ${stderr}`);
    return stdout;
  };
  await run("init", "-input=false", ...initFlags);
  const checked = async () => {
    const { stdout } = await terraform(folder, ["validate", "-json"], { env, signal: ended.signal });
    return faultsOf((JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }).diagnostics);
  };
  const all = ["-json", "-input=false", "-parallelism=200"];
  return {
    faults: checked,
    async plan() {
      await run("plan", "-out=planned", ...all);
      return changesIn(await run("show", "-json", "planned"));
    },
    apply: async () => void (await run("apply", "-auto-approve", ...all)),
    destroy: async () => void (await run("destroy", "-auto-approve", ...all)),
  };
}

/** https://developer.hashicorp.com/terraform/internals/machine-readable-ui#diagnostic */
interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  readonly address?: string;
}

const faultsOf = (diagnostics: readonly Diagnostic[]): string[] =>
  diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ address, summary, detail = "" }) =>
      `${address === undefined ? "" : `${address}: `}${summary} ${detail}`.trim(),
    );

/** Of a command with `-json`, which prints an object a line. */
const faultsIn = (stdout: string): string[] =>
  faultsOf(
    stdout.split("\n").flatMap((line) => {
      const { diagnostic } = line.startsWith("{") ? (JSON.parse(line) as { diagnostic?: Diagnostic }) : {};
      return diagnostic ?? [];
    }),
  );

/** https://developer.hashicorp.com/terraform/internals/json-format#change-representation */
interface PlannedChange {
  readonly address: string;
  readonly type: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
}

function changesIn(shown: string): Change[] {
  const { resource_changes = [] } = JSON.parse(shown) as { resource_changes?: readonly PlannedChange[] };
  return resource_changes
    .filter(({ change }) => !isDeepStrictEqual(change.actions, ["no-op"]))
    .map(({ address, type, change: { actions, before, after } }) => {
      const names = Object.keys({ ...before, ...after }).sort();
      const differing = names.filter((name) => !isDeepStrictEqual(before?.[name], after?.[name]));
      return { address, type, actions, differing };
    });
}

const writeConfiguration = (folder: string, configuration: object): Promise<void> =>
  writeFile(path.join(folder, "main.tf.json"), JSON.stringify(configuration, undefined, 2));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function terraform(
  folder: string,
  args: readonly string[],
  { env = {}, signal }: { env?: Readonly<Record<string, string>>; signal?: AbortSignal } = {},
): Promise<Ended> {
  const options = {
    cwd: folder,
    env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1", ...env },
    maxBuffer: 256 * 1024 ** 2,
    ...(signal && { signal }),
  };
  return new Promise((resolve) => {
    execFile("terraform", [...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });
}
