import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";

const run = promisify(execFile);

/** Where podman's own settings don't do: machines that are containers themselves, without a cgroup or limits to set. */
const plainSettings = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
`;

/** Why no container can run here; undefined: it can. */
export async function containerObstacle(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return "the base image is made for Linux on x86-64";
  return await run("podman", ["--version"]).then(
    () => undefined,
    () => "running containers needs podman (Debian's podman and runc)",
  );
}

export const podman = async (...args: string[]): Promise<string> =>
  (await run("podman", args, { maxBuffer: 2 ** 26 })).stdout;

interface InspectedImage {
  readonly Id: string;
  readonly RootFS: { readonly Layers: readonly string[] };
}

async function inspectImages(...names: string[]): Promise<InspectedImage[]> {
  return names.length === 0 ? [] : JSON.parse(await podman("image", "inspect", ...names));
}

/** Removes a base image and all that was built on it, also the stages of builds, which have no names. */
export async function removeImages(base: string): Promise<void> {
  const [found] = await inspectImages(base).catch(() => []);
  if (found === undefined) return;
  const ids = (await podman("images", "--all", "--quiet")).trim().split("\n");
  const layer = found.RootFS.Layers[0];
  const built = (await inspectImages(...new Set(ids))).filter(({ RootFS }) => RootFS.Layers[0] === layer);
  await podman("rmi", "--force", ...built.map(({ Id }) => Id)).catch(() => undefined);
}

/** Has podman run `image`, if need be with settings of `folder` that ask less of the machine. */
export async function settleContainers(image: string, folder: string): Promise<void> {
  await podman("run", "--rm", image, "node", "--version").catch(async () => {
    process.env.CONTAINERS_CONF = path.join(folder, "containers.conf");
    await mkdir(folder, { recursive: true });
    await writeFile(process.env.CONTAINERS_CONF, plainSettings);
    await podman("run", "--rm", image, "node", "--version");
  });
}

/** Podman's answer to Docker's API, until the test ends. @returns DOCKER_HOST */
export async function startDockerApi(t: Pick<ExecutionContext, "teardown">, folder: string): Promise<string> {
  const socket = path.join(folder, "docker.sock");
  const service = spawn("podman", ["system", "service", "--time=0", `unix://${socket}`], { stdio: "ignore" });
  t.teardown(() => service.kill("SIGTERM"));
  while (!existsSync(socket)) {
    if (service.exitCode !== null) throw new Error(`podman system service ended with exit code ${service.exitCode}`);
    await sleep(50);
  }
  return `unix://${socket}`;
}
