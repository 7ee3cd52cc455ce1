import { type MigrationFault, migrationFaults } from "./migration-faults.ts";
import type { MigrationFile } from "./migration-files.ts";
import type { AppliedMigration } from "./migration-storage.ts";

export type MigrationState = "applied" | "pending" | "changed" | "missing";

/** One line of `migrate status`; the last three are null for a pending one. */
export interface MigrationStatus {
  name: string;
  state: MigrationState;
  appliedAt: Date | null;
  durationMs: number | null;
  version: string | null;
}

export interface MigrationSet {
  /** In the order of the names. */
  statuses: MigrationStatus[];
  faults: MigrationFault[];
  pending: MigrationFile[];
  /** Those applied whose file is there. */
  applied: MigrationFile[];
}

/** Lays the files of the folder beside what the database remembers. */
export function compareMigrations(files: readonly MigrationFile[], applied: readonly AppliedMigration[]): MigrationSet {
  const set: MigrationSet = { statuses: [], faults: [], pending: [], applied: [] };
  const fileOf = new Map(files.map((file) => [file.name, file]));
  const rowOf = new Map(applied.map((row) => [row.name, row]));
  const last = [...rowOf.keys()].sort().at(-1);
  for (const name of [...new Set([...fileOf.keys(), ...rowOf.keys()])].sort()) {
    const file = fileOf.get(name);
    const row = rowOf.get(name);
    const state = !row ? "pending" : !file ? "missing" : file.checksum === row.checksum ? "applied" : "changed";
    const { appliedAt, durationMs, version } = row ?? { appliedAt: null, durationMs: null, version: null };
    set.statuses.push({ name, state, appliedAt, durationMs, version });
    if (file) (row ? set.applied : set.pending).push(file);
    if (row && state === "changed") set.faults.push(migrationFaults.changed(name, row.appliedAt));
    if (row && state === "missing") set.faults.push(migrationFaults.missing(name, row.appliedAt));
    if (!row && last !== undefined && name < last) set.faults.push(migrationFaults.outOfOrder(name, last));
  }
  return set;
}
