import type { Database } from "../database.ts";
import { adopt } from "./adopt.ts";
import type { Catalog, ObjectId } from "./catalog.ts";
import { quoteIdentifier } from "./identifier.ts";
import type { ModelSchema } from "./model-schema.ts";
import { onlineTransition, type Phase } from "./online.ts";
import { plan } from "./plan.ts";
import { type Connection, readCatalog } from "./read-catalog.ts";
import { type Rename, undone } from "./renames.ts";
import { type Scratch, withScratch } from "./scratch.ts";
import { type Step, stepsOf } from "./statement.ts";
import { swapIndexes } from "./swap-indexes.ts";
import { type TransitionOptions, transition } from "./transition.ts";

/** The schema of the worker's own bookkeeping: no model's business. */
export const bookkeeping = "worker";
const exclude = [bookkeeping];

export interface Answers {
  renames: readonly Rename[];
  dropped: ReadonlySet<ObjectId>;
  backfills: ReadonlyMap<ObjectId, string>;
}

/** What the models want beyond the migrations, and the way back; several parts where it is made online. */
export interface Revision {
  /** What the part does, for its name. */
  title: string;
  /** Whether its statements run in one transaction. */
  transaction: boolean;
  up: Step[];
  down: Step[];
}

/**
 * Builds the schema by the migrations and by the models, each in a scratch database on the server of `database`, and
 * writes the statements that lead from the one to the other and back. Both ways have run when they are returned.
 * @param migrate applies all migrations to a database
 * @param online whether tables with rows must not be locked for long
 * @returns none where the two agree
 * @throws RenameQuestion, AnswerError, Failure
 */
export async function revise(
  database: Database,
  models: ModelSchema,
  migrate: (database: Database) => Promise<void>,
  answers: Answers,
  online: boolean,
  stop?: AbortSignal,
): Promise<Revision[]> {
  return await withBoth({ database, models, migrate, stop }, async (migrated, goal) => {
    const before = await readCatalog(migrated, { exclude });
    const schemas = schemasOf(models);
    const renames = [...declaredRenames(models, before, goal), ...answers.renames];
    const options: TransitionOptions = {
      exclude,
      renames,
      dropped: answers.dropped,
      backfills: new Map([...declaredBackfills(models, before, goal), ...answers.backfills]),
      adopt: (from, to) => adopt(from, to, schemas),
    };
    const phases = online ? await onlineTransition(migrated, goal, options) : await atOnce(migrated, goal, options);
    const revisions: Revision[] = [];
    for (const { from, title, transaction, up } of phases.toReversed()) {
      const back = { exclude, renames: undone(renames, from), asks: false };
      const down = transaction
        ? (await transition(migrated, from, back)).steps
        : await swapIndexes(migrated, await readCatalog(migrated, { exclude }), from, { exclude });
      revisions.unshift({ title, transaction, up, down });
    }
    return revisions;
  });
}

async function atOnce(migrated: Connection, goal: Catalog, options: TransitionOptions): Promise<Phase[]> {
  const { steps, from } = await transition(migrated, goal, options);
  return steps.length === 0 ? [] : [{ title: "main", transaction: true, up: steps, from }];
}

/** The statements by which the migrations differ from the models; a rename counts as a drop and an add. */
export async function differences(
  database: Database,
  models: ModelSchema,
  migrate: (database: Database) => Promise<void>,
  stop?: AbortSignal,
): Promise<Step[]> {
  return await withBoth({ database, models, migrate, stop }, async (migrated, goal) => {
    const from = await readCatalog(migrated, { exclude });
    return stepsOf(plan(from, adopt(from, goal, schemasOf(models))));
  });
}

interface Both {
  database: Database;
  models: ModelSchema;
  migrate: (database: Database) => Promise<void>;
  stop: AbortSignal | undefined;
}

async function withBoth<T>(
  { database, models, migrate, stop }: Both,
  work: (migrated: Connection, goal: Catalog) => Promise<T>,
): Promise<T> {
  const building = async ([a, b]: Scratch[]) => {
    const [, goal] = await Promise.all([
      migrate(a!),
      models.build(b!).then(() => readCatalog(b!.connection, { exclude })),
    ]);
    return await work(a!.connection, goal);
  };
  return await withScratch(database, 2, building, stop);
}

/** Where the models may have a say. */
function schemasOf({ models }: ModelSchema): Set<string> {
  return new Set(["public", ...models.map(({ schema }) => quoteIdentifier(schema))]);
}

/** Those that have not happened yet: the old name is there, the new one is not. */
function declaredRenames({ models }: ModelSchema, from: Catalog, goal: Catalog): Rename[] {
  const renames: Rename[] = [];
  for (const { schema, table, declaration } of models) {
    const id = (name: string): ObjectId => `table ${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
    const add = (path: string[], to: string[]) => renames.push({ path, to, text: `${path.join(".")}=${to.join(".")}` });
    const { renamedFrom } = declaration;
    const isRenamed = renamedFrom !== undefined && from.objects.has(id(renamedFrom)) && !from.objects.has(id(table));
    if (isRenamed) add([schema, renamedFrom], [table]);
    const present = isRenamed ? renamedFrom : table;
    const column = (name: string): ObjectId =>
      `column ${quoteIdentifier(schema)}.${quoteIdentifier(present)}.${quoteIdentifier(name)}`;
    for (const [name, { renamedFrom: old }] of Object.entries(declaration.columns ?? {})) {
      if (old === undefined || !from.objects.has(column(old)) || from.objects.has(column(name))) continue;
      const goalId: ObjectId = `column ${quoteIdentifier(schema)}.${quoteIdentifier(table)}.${quoteIdentifier(name)}`;
      if (goal.objects.has(goalId)) add([schema, present, old], [name]);
    }
  }
  return renames;
}

/** For columns that become NOT NULL now. */
function declaredBackfills({ models }: ModelSchema, from: Catalog, goal: Catalog): [ObjectId, string][] {
  return models.flatMap(({ schema, table, declaration }) =>
    Object.entries(declaration.columns ?? {}).flatMap(([name, { backfill }]): [ObjectId, string][] => {
      const id: ObjectId = `column ${[schema, table, name].map(quoteIdentifier).join(".")}`;
      const after = goal.objects.get(id);
      const before = from.objects.get(id);
      if (backfill === undefined || after?.kind !== "column" || !after.notNull) return [];
      return before?.kind === "column" && before.notNull ? [] : [[id, backfill]];
    }),
  );
}
