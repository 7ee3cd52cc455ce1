import { type ChildProcess, execFile, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { ExecutionContext } from "ava";

/** moto's server, which answers as AWS does: https://docs.getmoto.org/en/latest/docs/server_mode.html. */
export interface Moto {
  /** `http://127.0.0.1:PORT`, for every service. */
  readonly url: string;
  /** What clients of AWS need to talk to it and to nothing else: add it to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** moto's only account, unless a key says otherwise. */
export const motoAccount = "123456789012";

/** Why there is no moto here; undefined: there is. */
export async function motoObstacle(): Promise<string | undefined> {
  return await promisify(execFile)("python3", ["-c", "import moto.server"]).then(
    () => undefined,
    () => "python3 with moto's server is missing (pip install 'moto[server]==5.2.1')",
  );
}

/**
 * An empty moto on a port of its own, that ends with the test, or with us if we are killed.
 * @param more of its environment: with DOCKER_HOST the jobs of AWS Batch are containers
 */
export async function startMoto(
  t: Pick<ExecutionContext, "teardown">,
  { region = "us-east-1", more = {} }: { region?: string; more?: Readonly<Record<string, string>> } = {},
): Promise<Moto> {
  const env = {
    AWS_ACCESS_KEY_ID: motoAccount,
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // Neither a person's own configuration nor an instance's role.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    // It answers at once or not at all.
    AWS_MAX_ATTEMPTS: "3",
  };
  // Port 0 is any that is free; the server says which. It ends when its standard input does: when we are gone.
  const child = spawn("python3", ["-c", server], {
    // With the policies that AWS keeps for everyone (arn:aws:iam::aws:policy/...).
    env: { ...process.env, ...env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true", ...more },
    stdio: ["pipe", "pipe", "pipe"],
  });
  t.teardown(() => stop(child));
  const url = await addressOf(child);
  return { url, env: { ...env, AWS_ENDPOINT_URL: url } };
}

const server = `
import os, sys, uuid
from moto.batch.models import Job
from moto.rds.models import DBInstance
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

# moto gives all databases the same resource id, by which clients look them up: they would find only what is alone.
make = DBInstance.__init__
def make_with_id(self, *args, **kwargs):
    make(self, *args, **kwargs)
    self.dbi_resource_id = "db-" + uuid.uuid4().hex[:26].upper()
DBInstance.__init__ = make_with_id

# AWS Batch logs where the job definition says, and tells a job's exit code when it is described; moto's neither.
make_job = Job.__init__
def make_job_with_log_group(self, name, job_def, *args, **kwargs):
    make_job(self, name, job_def, *args, **kwargs)
    options = ((job_def.container_properties or {}).get("logConfiguration") or {}).get("options") or {}
    self._log_group = options.get("awslogs-group", self._log_group)
Job.__init__ = make_job_with_log_group
describe = Job.describe
def describe_with_exit_code(self):
    told = describe(self)
    container = told.get("container")
    if container is not None:
        container["logConfiguration"] = (self.job_definition.container_properties or {}).get("logConfiguration", {})
        if self.exit_code is not None:
            container["exitCode"] = self.exit_code
    return told
Job.describe = describe_with_exit_code

moto = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
moto.start()
print("http://%s:%d" % moto.get_host_and_port(), flush=True)
sys.stdin.read()
os._exit(0)
`;

async function addressOf(child: ChildProcess): Promise<string> {
  let output = "";
  let errors = "";
  child.stdout?.on("data", (text) => {
    output += text;
  });
  child.stderr?.on("data", (text) => {
    errors = (errors + text).slice(-2000);
  });
  let failure: Error | undefined;
  child.on("error", (error) => {
    failure = error;
  });
  while (!output.includes("\n")) {
    if (failure !== undefined || child.exitCode !== null) throw new Error(`moto did not start: ${failure ?? errors}`);
    await sleep(20);
  }
  return output.trim();
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}
