import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import service from "@pulumi/pulumi/proto/language_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/language_pb.js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { method, type Plugin, servePlugin } from "./plugin.ts";

/**
 * Stands in for pulumi-language-nodejs where it is not installed: runs programs with the SDK's own `cmd/run`, as
 * that does (pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/main.go).
 */
export function serveNodeLanguage(): Promise<Plugin> {
  let engine = "";
  return servePlugin(service.LanguageRuntimeService, {
    handshake: method((request: messages.LanguageHandshakeRequest) => {
      engine = request.getEngineAddress();
      return new messages.LanguageHandshakeResponse();
    }),
    getPluginInfo: method(() => {
      const info = new plugins.PluginInfo();
      info.setVersion("3.259.0");
      return info;
    }),
    getRequiredPackages: method(() => new messages.GetRequiredPackagesResponse()),
    getRequiredPlugins: method(() => new messages.GetRequiredPluginsResponse()),
    run: method((request: messages.RunRequest) => run(request, engine)),
    cancel: method(() => new empty.Empty()),
  });
}

/** Exit code of a program that has told the engine what went wrong. */
const toldAlready = 32;

async function run(request: messages.RunRequest, engine: string): Promise<messages.RunResponse> {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() || request.getPwd();
  const options = (info?.getOptions()?.toJavaScript() ?? {}) as { nodeargs?: string; typescript?: boolean };
  const runner = createRequire(path.join(directory, "/")).resolve("@pulumi/pulumi/cmd/run");
  const config = Object.fromEntries(request.getConfigMap().toArray());
  const program = [
    ...["--monitor", request.getMonitorAddress(), "--engine", engine],
    ...["--organization", request.getOrganization(), "--project", request.getProject()],
    ...["--stack", request.getStack(), "--pwd", request.getPwd(), "--root-directory", info?.getRootDirectory() ?? ""],
    ...(request.getDryrun() ? ["--dry-run"] : []),
    ...["--parallel", String(request.getParallel()), info?.getEntryPoint() || "."],
  ];
  const child = spawn(process.execPath, [...(options.nodeargs?.split(" ") ?? []), runner, ...program], {
    cwd: directory,
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(config),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  const response = new messages.RunResponse();
  if (code === toldAlready) response.setBail(true);
  else if (code !== 0) response.setError(`The program ended with exit code ${code}: ${said}`);
  return response;
}
