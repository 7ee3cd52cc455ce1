import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import type { ExecutionContext } from "ava";
import { temporaryFolder } from "../../temporary-folder.ts";
import type { ResourceSchemas } from "./schema.ts";

/** The one that the table of differences is for. */
const providerVersion = "5.100.0";
const provider = "registry.terraform.io/hashicorp/aws";

const requirements = {
  terraform: { required_providers: { aws: { source: provider, version: providerVersion } } },
};

export interface Ended {
  readonly code: number;
  /** All that was printed, without colours. */
  readonly output: string;
  readonly stdout: string;
}

/** A folder with a configuration and its state, ready for `plan`. */
export interface Workspace {
  /** `terraform ARGS` there. */
  run(...args: readonly string[]): Promise<Ended>;
}

/** Terraform with Amazon's provider. */
export interface Terraform {
  readonly schemas: ResourceSchemas;
  /**
   * @param configuration in Terraform's JSON syntax
   * @param env of the provider: its Region, keys and endpoint
   */
  workspace(
    t: Pick<ExecutionContext, "teardown">,
    configuration: object,
    env: Readonly<Record<string, string>>,
  ): Promise<Workspace>;
}

/**
 * Terraform and the provider, from where Terraform finds it by itself (its own configuration, or the internet), or from a
 * mirror of providers on this machine.
 *
 * @returns a text: why there is none
 */
export async function findTerraform(): Promise<Terraform | string> {
  const folder = await mkdtemp(path.join(tmpdir(), "batch-preflight-terraform-"));
  try {
    const version = await terraform(folder, ["version"]);
    if (version.code !== 0) return "terraform is missing (https://developer.hashicorp.com/terraform/install)";
    await writeConfiguration(folder, requirements);
    const failures: string[] = [];
    for (const init of [...(await mirrors()).map((mirror) => ["init", `-plugin-dir=${mirror}`]), ["init"]]) {
      const ended = await terraform(folder, [...init, "-input=false", "-no-color"]);
      if (ended.code !== 0) {
        failures.push(ended.output);
        continue;
      }
      const { stdout } = await terraform(folder, ["providers", "schema", "-json"]);
      const schemas = JSON.parse(stdout).provider_schemas[provider].resource_schemas as ResourceSchemas;
      return { schemas, workspace: (t, configuration, env) => workspace(t, init, configuration, env) };
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
  return folders.flat().filter((folder) => existsSync(path.join(folder, provider, providerVersion)));
}

async function workspace(
  t: Pick<ExecutionContext, "teardown">,
  init: readonly string[],
  configuration: object,
  env: Readonly<Record<string, string>>,
): Promise<Workspace> {
  const folder = await temporaryFolder(t);
  // An endpoint of one's own is in a path of the host, not a name in front of it.
  await writeConfiguration(folder, {
    ...requirements,
    provider: { aws: { s3_use_path_style: true } },
    ...configuration,
  });
  const ended = new AbortController();
  t.teardown(() => ended.abort());
  const run = (...args: readonly string[]) => terraform(folder, args, { env, signal: ended.signal });
  const { code, output } = await run(...init, "-input=false", "-no-color");
  if (code !== 0) throw new Error(`terraform init failed: ${output}`);
  return { run };
}

const writeConfiguration = (folder: string, configuration: object): Promise<void> =>
  writeFile(path.join(folder, "main.tf.json"), JSON.stringify(configuration, undefined, 2));

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
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, output: stdout + stderr }),
    );
  });
}
