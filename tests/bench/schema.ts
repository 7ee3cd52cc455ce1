import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { ExecutionContext } from "ava";
import { type ProjectCopy, projectCopy } from "../project-copy.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { inTurn, type Measure, measure, secondsOf } from "./measure.ts";

const tables = 200;

interface Settings {
  t: Pick<ExecutionContext, "teardown">;
  rounds: number;
  /** URL of a database on a server where scratch databases may be made. */
  freshUrl: (name: string) => Promise<string>;
}

/**
 * Benches of `migrate check` and `migrate revision`, each as a process of its own against `migrate status`, which starts the
 * worker and asks the database as they do:
 * - on this project's models and migrations,
 * - on 200 tables of ten columns, each with an index and a foreign key.
 */
export function schemaBenches(settings: Settings): Record<string, () => Promise<Measure[]>> {
  return { schema: () => schema(settings) };
}

async function schema({ t, rounds, freshUrl }: Settings): Promise<Measure[]> {
  const env = { DATABASE_URL: await freshUrl("bench_schema") };
  const small = await projectCopy(t, await temporaryFolder(t), { binaries: "absent" });
  const large = await projectCopy(t, await temporaryFolder(t), { binaries: "absent" });
  await writeManyTables(large, env);
  const run = async ({ worker }: ProjectCopy, ...args: string[]) => {
    const { code, stderr } = await worker(["migrate", ...args], { env });
    if (code !== 0) throw new Error(`migrate ${args.join(" ")}: ${stderr}`);
  };
  const title = "bench";
  const seconds = await inTurn(rounds, {
    status: () => secondsOf(() => run(small, "status")),
    check: () => secondsOf(() => run(small, "check")),
    largeCheck: () => secondsOf(() => run(large, "check")),
    revision: async () => {
      const model = path.join(small.folder, "worker/data/models/bench.ts");
      await writeFile(model, modelText("bench", "bench"));
      const spent = await secondsOf(() => run(small, "revision", title));
      await rm(model);
      for (const name of await readdir(path.join(small.folder, "migrations"))) {
        if (name.endsWith(`-${title}.ts`)) await rm(path.join(small.folder, "migrations", name));
      }
      return spent;
    },
  });
  const anchor = { name: "migrate status", value: seconds.status };
  return [
    measure("check", seconds.check, "s", anchor, { most: 2.5, of: "value" }),
    measure("check-200", seconds.largeCheck, "s", anchor, { most: 6, of: "value" }),
    measure(
      "revision",
      seconds.revision - seconds.check,
      "s",
      { name: "migrate check", value: seconds.check },
      {
        most: 0.5,
        of: "value",
      },
    ),
  ];
}

/** Models in place of the project's own, and the migration that makes their tables. */
async function writeManyTables(copy: ProjectCopy, env: NodeJS.ProcessEnv): Promise<void> {
  const models = path.join(copy.folder, "worker/data/models");
  const migrations = path.join(copy.folder, "migrations");
  for (const folder of [models, migrations]) {
    await rm(folder, { recursive: true });
    await mkdir(folder);
  }
  for (let index = 0; index < tables; index++) {
    const name = `table_${index}`;
    await writeFile(path.join(models, `${name}.ts`), modelText(name, `table_${Math.max(0, index - 1)}`));
  }
  const { code, stderr } = await copy.worker(["migrate", "revision", "tables"], { env });
  if (code !== 0) throw new Error(`migrate revision: ${stderr}`);
}

function modelText(name: string, parent: string): string {
  return `import { DataTypes, type Sequelize } from "sequelize";

export default (sequelize: Sequelize) =>
  sequelize.define(
    "${name}",
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      parentId: { type: DataTypes.BIGINT, references: { model: "${parent}", key: "id" } },
      day: { type: DataTypes.DATEONLY, allowNull: false },
      code: { type: DataTypes.STRING(20), allowNull: false, unique: true },
      name: { type: DataTypes.TEXT, allowNull: false },
      amount: { type: DataTypes.INTEGER, defaultValue: 0 },
      price: { type: DataTypes.DECIMAL(12, 2) },
      paid: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      paidAt: { type: DataTypes.DATE },
      more: { type: DataTypes.JSONB },
    },
    { tableName: "${name}", indexes: [{ fields: ["day", "code"] }] },
  );
`;
}
