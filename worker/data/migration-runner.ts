import type { RunnableMigration, Umzug } from "umzug";
import { Failure } from "../failure.ts";
import { isConnectionLost, isTransient } from "./database-failure.ts";
import { migrationSentences } from "./migration-faults.ts";
import type { MigrationFile, MigrationModule } from "./migration-files.ts";
import type { MigrationSession } from "./migration-session.ts";
import { type MigrationLog, migrationStorage } from "./migration-storage.ts";

export interface Migrated {
  name: string;
  direction: "up" | "down";
  durationMs: number;
}

/** A file that was read and imported. */
export type LoadedMigration = MigrationFile & { module: MigrationModule };

/** Takes 0.1 s, and most runs have nothing to migrate. */
export const loadUmzug = () => import("umzug");

/** Umzug over the session, one migration at a time: its log row is written in the transaction of the migration. */
export async function migrationRunner(
  session: MigrationSession,
  files: readonly LoadedMigration[],
  { label, version, clock }: { label: string; version: string; clock: () => number },
): Promise<(file: LoadedMigration, direction: "up" | "down") => Promise<Migrated>> {
  const { Umzug } = await loadUmzug();
  const logs = new Map<string, MigrationLog>();
  const timed = async (file: LoadedMigration, work: () => Promise<unknown>) => {
    const start = clock();
    await work();
    await session.settled();
    logs.set(file.name, { checksum: file.checksum, durationMs: Math.round(clock() - start), version });
  };
  type Context = Parameters<MigrationModule["up"]>[0]["context"];
  const umzug: Umzug<Context> = new Umzug<Context>({
    migrations: files.map((file): RunnableMigration<Context> => {
      const { name, path, module } = file;
      return {
        name,
        path,
        up: ({ context }) => timed(file, () => module.up({ context, name })),
        down: ({ context }) => timed(file, () => module.down({ context, name })),
      };
    }),
    storage: migrationStorage((name) => logs.get(name)!),
    context: session.sequelize.getQueryInterface(),
    logger: undefined,
  });
  return async (file, direction) => {
    const { name, module } = file;
    // A crash between such a migration and its log row, written right after it, leaves it pending: it is run again, and
    // so must bear that (IF NOT EXISTS; a broken index of CREATE INDEX CONCURRENTLY dropped first).
    const transactional = module.transaction ?? true;
    try {
      await session.run(name, transactional, () => umzug[direction]({ migrations: [name] }));
    } catch (error) {
      throw migrationFailure(error, { name, direction, transactional, label });
    }
    return { name, direction, durationMs: logs.get(name)!.durationMs };
  };
}

/** What a migration's error means, in a sentence. */
export function migrationFailure(
  error: unknown,
  { label, ...migration }: { label: string; name: string; direction: "up" | "down"; transactional: boolean },
): Error {
  // Umzug wraps what a migration throws.
  const cause = error instanceof Error && error.name === "MigrationError" ? error.cause : error;
  if (cause instanceof Failure) return cause;
  if (isConnectionLost(cause)) {
    return new Failure("databaseUnavailable", migrationSentences.lostConnection(label), { cause });
  }
  const kind = isTransient(cause) ? "databaseUnavailable" : "failed";
  return new Failure(kind, migrationSentences.failed({ ...migration, error: cause }), { cause });
}
