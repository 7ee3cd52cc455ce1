import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { AwsCloud } from "./aws-cloud.ts";
import { serveAws } from "./aws-provider.ts";
import { serveNodeLanguage } from "./node-language.ts";
import type { Plugin } from "./plugin.ts";

const require = createRequire(import.meta.url);

/** The folder of the CLI; where npm's `pulumi` has not downloaded it yet, it does now. Undefined: not to be had. */
export async function pulumiFolder(): Promise<string | undefined> {
  const { version } = require("pulumi/package.json") as { version: string };
  const own = path.join(process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi"), "versions", version, "bin");
  const inPath = process.env.PATH?.split(path.delimiter).find((folder) => isExecutable(path.join(folder, "pulumi")));
  // npm's own starter is in PATH when npm runs a script; it is asked for the real one.
  if (inPath && !inPath.includes("node_modules")) return inPath;
  if (isExecutable(path.join(own, "pulumi"))) return own;
  await promisify(execFile)(process.execPath, [require.resolve("pulumi/run.js"), "version"], {
    timeout: 300_000,
  }).catch(() => undefined);
  return isExecutable(path.join(own, "pulumi")) ? own : undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** An event of the engine, as `--event-log` writes it. */
export interface PolicyEvent {
  readonly resourceUrn?: string;
  readonly message: string;
  readonly policyName: string;
  readonly enforcementLevel: string;
}

export interface Run {
  readonly code: number;
  /** What a person sees. */
  readonly text: string;
  readonly policies: readonly PolicyEvent[];
  /** Operations by how many resources they are for: `{create: 3}`; without those that stay the same. */
  readonly changes: Readonly<Record<string, number>>;
}

/** The real engine with a home, a backend and an account of its own. */
export class Pulumi {
  readonly cloud: AwsCloud;
  readonly #folder: string;
  readonly #plugins: readonly Plugin[];
  readonly #environment: NodeJS.ProcessEnv;
  #runs = 0;

  private constructor(folder: string, cloud: AwsCloud, plugins: readonly Plugin[], environment: NodeJS.ProcessEnv) {
    this.#folder = folder;
    this.cloud = cloud;
    this.#plugins = plugins;
    this.#environment = environment;
  }

  /** @param folder for all that it keeps; an empty one */
  static async start(cli: string, folder: string): Promise<Pulumi> {
    const cloud = new AwsCloud();
    const aws = await serveAws(cloud);
    const plugins = [aws];
    const bin = path.join(folder, "bin");
    for (const name of ["bin", "home", "backend"]) mkdirSync(path.join(folder, name));
    const environment: NodeJS.ProcessEnv = {
      ...process.env,
      PATH: [bin, cli, path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${path.join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "only for this test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DEBUG_COMMANDS: "true", // for --event-log
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: `aws:${aws.port}`,
      NO_COLOR: "1",
    };
    // What tells programs that they are run by ava or npm is none of theirs.
    delete environment.NODE_OPTIONS;
    const awsx = fileURLToPath(new URL("./awsx-provider.ts", import.meta.url));
    writeCommand(bin, "pulumi-resource-awsx", `exec node --import ${import.meta.resolve("tsx")} ${awsx} "$@"`);
    if (!existsSync(path.join(cli, "pulumi-language-nodejs"))) {
      const language = await serveNodeLanguage();
      plugins.push(language);
      environment.PULUMI_DEBUG_LANGUAGES = `nodejs:${language.port}`;
      // What the engine starts policy packs with where it has no language host.
      const host = `"$(node -p "require.resolve('@pulumi/pulumi/cmd/run-policy-pack')")"`;
      writeCommand(bin, "pulumi-analyzer-policy-nodejs", `exec node ${host} "$@"`);
    }
    return new Pulumi(folder, cloud, plugins, environment);
  }

  close(): void {
    for (const plugin of this.#plugins) plugin.close();
  }

  /** `pulumi ARGUMENTS...` in the folder of a program, with some environment first if need be. */
  async run(directory: string, ...words: readonly (string | NodeJS.ProcessEnv)[]): Promise<Run> {
    const args = words.filter((word) => typeof word === "string");
    const environment = Object.assign({}, this.#environment, ...words.filter((word) => typeof word === "object"));
    const log = path.join(this.#folder, `events-${++this.#runs}.jsonl`);
    const isOperation = ["preview", "up", "destroy"].includes(args[0] ?? "");
    const all = ["--non-interactive", ...args, ...(isOperation ? ["--event-log", log] : [])];
    const options = { cwd: directory, env: environment, maxBuffer: 1 << 28 };
    const { code, text } = await new Promise<{ code: number; text: string }>((resolve) => {
      execFile("pulumi", all, options, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, text: `${stdout}${stderr}` });
      });
    });
    const events = existsSync(log)
      ? readFileSync(log, "utf8")
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line))
      : [];
    return {
      code,
      text,
      policies: events.flatMap(({ policyEvent }) => (policyEvent ? [policyEvent] : [])),
      changes: changesOf(events.findLast(({ summaryEvent }) => summaryEvent)?.summaryEvent.resourceChanges ?? {}),
    };
  }
}

function writeCommand(folder: string, name: string, line: string): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${line}\n`);
  chmodSync(file, 0o755);
}

const changesOf = (all: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(all).filter(([operation]) => operation !== "same"));
