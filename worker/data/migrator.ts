import { performance } from "node:perf_hooks";
import type { Sequelize } from "sequelize";
import { Failure } from "../failure.ts";
import { connect, type Database } from "./database.ts";
import { asFailure } from "./database-failure.ts";
import type { MigrationFault } from "./migration-faults.ts";
import {
  failureOf,
  loadMigration,
  type MigrationFile,
  type MigrationModule,
  readMigrationFiles,
} from "./migration-files.ts";
import { type LoadedMigration, type Migrated, migrationFailure, migrationRunner } from "./migration-runner.ts";
import { recordMigration, scriptOf } from "./migration-script.ts";
import { type MigrationSession, openMigrationSession } from "./migration-session.ts";
import { compareMigrations, type MigrationSet, type MigrationStatus } from "./migration-set.ts";
import { createStorage, insertStatement, readApplied } from "./migration-storage.ts";

export interface MigratorOptions {
  /** The folder of the migration files. */
  folder: string;
  /** Version of this program, kept with each migration that it applies. */
  version: string;
  /** How the server, and whoever waits for our lock, sees us. */
  applicationName?: string;
  /** Milliseconds, for durations. */
  clock?: () => number;
}

export interface MigrateOptions {
  /** Where to end: after `up` and after `down` alike it is the last one applied. Name, `.ts` or not, or number. */
  to?: string | undefined;
  /** How long another migrator is waited for; the default is 60 s. */
  lockTimeoutMs?: number | undefined;
  /** Stops between two migrations, with a Failure `interrupted`. */
  signal?: AbortSignal | undefined;
  /** Another migrator has the lock, and is waited for. */
  onWait?: ((holder: string) => void) | undefined;
  onMigrated?: ((migrated: Migrated) => void) | undefined;
}

/** The migrations of one folder in one database. Errors are Failures, except bugs. */
export interface Migrator {
  /** Whether `up` would do nothing: one SELECT on the caller's connection, a few milliseconds, no lock. */
  isUpToDate(sequelize: Sequelize): Promise<boolean>;
  /** Applies what is pending, each in a transaction of its own; nothing where the set has a fault. */
  up(options?: MigrateOptions): Promise<Migrated[]>;
  /** Reverts the last one, or those after `to`, or `all`. */
  down(options?: MigrateOptions & { all?: boolean | undefined }): Promise<Migrated[]>;
  status(): Promise<MigrationStatus[]>;
  pending(): Promise<string[]>;
  /** All that is wrong with the files and with what the database remembers of them; empty: sound. */
  verify(): Promise<{ faults: MigrationFault[]; statuses: MigrationStatus[] }>;
  /**
   * SQL of the pending migrations and their log rows, for psql; "" when nothing is pending. Executes nothing.
   * `after` and `to`: of the migrations after the one and up to the other instead, whatever is applied.
   */
  sql(range?: { after?: string | undefined; to?: string | undefined }): Promise<string>;
  /** Runs what is pending in one transaction and takes it back. Those that need none are only named. */
  dryRun(options?: MigrateOptions): Promise<Rehearsal[]>;
  /** Writes down that the migrations up to `name` are applied, and executes none of them. */
  stamp(name: string, options?: MigrateOptions): Promise<string[]>;
  /** What is known of one migration, and its statements. */
  show(name: string): Promise<MigrationStatus & { path: string | null; up: string[]; down: string[] }>;
}

/** `durationMs` is null of a migration that runs outside a transaction, and so can't be taken back. */
export interface Rehearsal {
  name: string;
  durationMs: number | null;
}

const defaultLockTimeoutMs = 60_000;

export function migrator(
  database: Database,
  { folder, version, applicationName = "worker migrate", clock = () => performance.now() }: MigratorOptions,
): Migrator {
  /** The files beside what `sequelize` says is applied. */
  async function read(sequelize: Sequelize): Promise<MigrationSet & { hasStorage: boolean }> {
    const [{ files, faults }, applied] = await Promise.all([readMigrationFiles(folder), readApplied(sequelize)]);
    const set = compareMigrations(files, applied ?? []);
    return { ...set, faults: [...faults, ...set.faults], hasStorage: applied !== undefined };
  }

  /** `work` on a connection of its own, with every error a Failure. */
  async function connected<T>(work: (sequelize: Sequelize) => Promise<T>): Promise<T> {
    const sequelize = connect(database, { applicationName });
    try {
      return await work(sequelize);
    } catch (error) {
      throw asFailure(error, database.label);
    } finally {
      await sequelize.close();
    }
  }

  /** Under the lock: reads again what is to be done, and does it one by one. */
  async function migrate(
    direction: "up" | "down",
    { lockTimeoutMs = defaultLockTimeoutMs, signal, onWait, onMigrated }: MigrateOptions,
    choose: (set: MigrationSet) => MigrationFile[],
  ): Promise<Migrated[]> {
    const session = openMigrationSession(database, applicationName);
    try {
      // Without the lock first: where nothing is to be done, nobody waits, and Umzug's 0.1 s of loading is saved.
      if ((await soundFiles(await read(session.sequelize), direction, choose)).length === 0) return [];
      await session.lock({ timeoutMs: lockTimeoutMs, signal, onWait });
      const set = await read(session.sequelize);
      const files = await soundFiles(set, direction, choose);
      if (!set.hasStorage) await createStorage(session.sequelize);
      const run = await migrationRunner(session, files, { label: database.label, version, clock });
      const done: Migrated[] = [];
      for (const file of files) {
        if (signal?.aborted) throw new Failure("interrupted", interruption(done, files));
        const migrated = await run(file, direction);
        done.push(migrated);
        onMigrated?.(migrated);
      }
      return done;
    } catch (error) {
      throw asFailure(error, database.label);
    } finally {
      await session.close();
    }
  }

  /** Under the lock, what was read under it. */
  async function locked<T>(
    { lockTimeoutMs = defaultLockTimeoutMs, signal, onWait }: MigrateOptions,
    work: (session: MigrationSession, set: Awaited<ReturnType<typeof read>>) => Promise<T>,
  ): Promise<T> {
    const session = openMigrationSession(database, applicationName);
    try {
      await session.lock({ timeoutMs: lockTimeoutMs, signal, onWait });
      return await work(session, await read(session.sequelize));
    } catch (error) {
      throw asFailure(error, database.label);
    } finally {
      await session.close();
    }
  }

  return {
    async isUpToDate(sequelize) {
      try {
        const { pending, faults } = await read(sequelize);
        return pending.length === 0 && faults.length === 0;
      } catch (error) {
        throw asFailure(error, database.label);
      }
    },
    async up({ to, ...options } = {}) {
      return await migrate("up", options, (set) => pendingTo(set, to));
    },
    async down({ to, all = false, ...options } = {}) {
      return await migrate("down", options, (set) => {
        const latestFirst = set.applied.toReversed();
        if (all) return latestFirst;
        if (to === undefined) return latestFirst.slice(0, 1);
        const last = find(set, to);
        if (!set.applied.some(({ name }) => name === last)) {
          throw new Failure("usage", `Migration ${last} is not applied, so that nothing can be reverted down to it.`);
        }
        return latestFirst.filter(({ name }) => name > last);
      });
    },
    async status() {
      return await connected(async (sequelize) => (await read(sequelize)).statuses);
    },
    async pending() {
      return await connected(async (sequelize) => (await read(sequelize)).pending.map(({ name }) => name));
    },
    async verify() {
      return await connected(async (sequelize) => {
        const { statuses, faults, pending, applied } = await read(sequelize);
        const { faults: loadFaults } = await loadAll([...applied, ...pending]);
        return { statuses, faults: [...faults, ...loadFaults] };
      });
    },
    async sql({ after, to } = {}) {
      return await connected(async (sequelize) => {
        const set = await read(sequelize);
        const files = await soundFiles(set, "up", ({ pending, applied }) => {
          if (after === undefined && to === undefined) return pending;
          const [first, last] = [
            after === undefined ? "" : find(set, after),
            to === undefined ? "\uffff" : find(set, to),
          ];
          if (first > last) {
            throw new Failure("usage", `Of a range AFTER..TO the first comes first, and ${last} is before ${first}.`);
          }
          const all = [...applied, ...pending].sort((a, b) => (a.name < b.name ? -1 : 1));
          return all.filter(({ name }) => name > first && name <= last);
        });
        if (files.length === 0) return "";
        const recorded = [];
        for (const { name, checksum, module } of files) {
          recorded.push(await recordMigration(name, module, { checksum, durationMs: 0, version }));
        }
        return scriptOf(recorded, set.hasStorage);
      });
    },
    async dryRun({ to, ...options } = {}) {
      return await locked(options, async (session, set) => {
        const files = await soundFiles(set, "up", (one) => pendingTo(one, to));
        const done: Rehearsal[] = [];
        const context = session.sequelize.getQueryInterface();
        // Not committed: the session is closed with the transaction open, and the server undoes it.
        await session.sequelize.query("BEGIN");
        if (!set.hasStorage) await createStorage(session.sequelize);
        for (const { name, module } of files) {
          const transactional = module.transaction ?? true;
          const start = clock();
          try {
            if (transactional) await module.up({ context, name });
          } catch (error) {
            throw migrationFailure(error, { name, direction: "up", transactional, label: database.label });
          }
          done.push({ name, durationMs: transactional ? Math.round(clock() - start) : null });
        }
        return done;
      });
    },
    async stamp(wanted, options = {}) {
      return await locked(options, async (session, set) => {
        const files = await soundFiles(set, "up", (one) => pendingTo(one, wanted));
        if (!set.hasStorage) await createStorage(session.sequelize);
        const context = session.sequelize.getQueryInterface();
        await session.run("stamp", true, async () => {
          for (const { name, checksum } of files) {
            await session.sequelize.query(insertStatement(context, name, { checksum, durationMs: 0, version }));
          }
        });
        return files.map(({ name }) => name);
      });
    },
    async show(wanted) {
      return await connected(async (sequelize) => {
        const set = await read(sequelize);
        const name = find(set, wanted);
        const status = set.statuses.find((one) => one.name === name)!;
        const file = [...set.applied, ...set.pending].find((one) => one.name === name);
        if (!file) return { ...status, path: null, up: [], down: [] };
        const module = await loadMigration(file);
        if ("code" in module) throw failureOf([module]);
        const { up, down } = module;
        const log = { checksum: file.checksum, durationMs: 0, version };
        const told = async (direction: MigrationModule["up"]) =>
          (await recordMigration(name, { ...module, up: direction }, log)).statements.slice(0, -1);
        return { ...status, path: file.path, up: await told(up), down: await told(down) };
      });
    },
  };
}

/**
 * The files that `choose` picks, loaded.
 * @throws Failure with all faults at once. A file out of order stops `up` alone: `down` is the way out of it.
 */
async function soundFiles(
  set: MigrationSet,
  direction: "up" | "down",
  choose: (set: MigrationSet) => MigrationFile[],
): Promise<LoadedMigration[]> {
  const chosen = choose(set);
  const { loaded, faults } = await loadAll(chosen);
  const all = [...set.faults.filter(({ code }) => direction === "up" || code !== "out-of-order"), ...faults];
  if (all.length > 0) throw failureOf(all);
  return loaded;
}

async function loadAll(
  files: readonly MigrationFile[],
): Promise<{ loaded: LoadedMigration[]; faults: MigrationFault[] }> {
  const loaded: LoadedMigration[] = [];
  const faults: MigrationFault[] = [];
  for (const file of files) {
    const result = await loadMigration(file);
    if ("code" in result) faults.push(result);
    else loaded.push({ ...file, module: result });
  }
  return { loaded, faults };
}

/** What `up` applies: all that is pending, or no further than `to`. */
function pendingTo(set: MigrationSet, to: string | undefined): MigrationFile[] {
  if (to === undefined) return set.pending;
  const last = find(set, to);
  return set.pending.filter(({ name }) => name <= last);
}

/** Full name of the migration that a person calls `wanted`. */
function find({ statuses }: MigrationSet, wanted: string): string {
  const name = wanted.replace(/^.*\//, "").replace(/\.ts$/, "");
  const found = statuses.find((status) => status.name === name || status.name.slice(0, 4) === name);
  if (found) return found.name;
  const known = statuses.length === 0 ? "there are none" : `known: ${statuses.map((status) => status.name).join(", ")}`;
  throw new Failure("usage", `No migration is called "${wanted}"; ${known}.`);
}

function interruption(done: readonly Migrated[], files: readonly MigrationFile[]): string {
  return `Interrupted after ${done.length} of ${files.length} migrations. Run the same command again to go on.`;
}
