import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
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

/** Has podman run `image`, if need be with settings of `folder` that ask less of the machine. */
export async function settleContainers(image: string, folder: string): Promise<void> {
  await podman("run", "--rm", image, "node", "--version").catch(async () => {
    process.env.CONTAINERS_CONF = path.join(folder, "containers.conf");
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
