import { type ModelStatic, QueryTypes, type Sequelize, type Transaction } from "sequelize";
import { Failure } from "../../failure.ts";
import { acquireLock } from "../advisory-lock.ts";
import { withoutSilenceLimit } from "../database.ts";
import { asFailure, sqlState } from "../database-failure.ts";
import type {
  Chunk,
  Counts,
  DerivedTables,
  RowRange,
  StepIdentity,
  StepSession,
  StepState,
  StepStatus,
  WaitOptions,
} from "./contracts.ts";
import { derivedTables } from "./derived-tables.ts";
import { type Claim, StepRecords, type StepRow } from "./step-records.ts";
import { TableRepository } from "./table.ts";

const uniqueViolation = "23505";

export interface StepSessionOptions {
  /** A Sequelize with one connection, used by nobody else: the session. */
  sequelize: Sequelize;
  /** Another session, to cancel this one's statement. */
  canceller: Sequelize;
  model: ModelStatic<never>;
  label: string;
  rowNumber?: string;
  write?: "insert" | "upsert";
}

/** Milliseconds; passed in so that tests need not wait. */
export type Clock = () => number;

export class PostgresStepSession implements StepSession {
  readonly #sequelize: Sequelize;
  readonly #canceller: Sequelize;
  readonly #label: string;
  readonly #table: TableRepository;
  readonly #records: StepRecords;
  readonly #upsert: boolean;
  readonly #clock: Clock;
  /** Rows of this step may already be there (another limit, other shards): then COPY alone can't write them. */
  #merging: boolean;
  #identity: StepIdentity | undefined;
  #state: StepState | undefined;
  #claim: Claim | undefined;
  #backend: number | undefined;
  #since = 0;

  constructor(options: StepSessionOptions, clock: Clock) {
    this.#sequelize = options.sequelize;
    this.#canceller = options.canceller;
    this.#label = options.label;
    this.#table = new TableRepository(options.sequelize, options.model, options.rowNumber);
    this.#records = new StepRecords(options.sequelize);
    this.#upsert = options.write === "upsert";
    this.#merging = this.#upsert;
    this.#clock = clock;
  }

  get columns() {
    return this.#table.columns;
  }

  async open(identity: StepIdentity, range: RowRange, wait: WaitOptions): Promise<StepState> {
    return await this.#asking(() => this.#open(identity, range, wait));
  }

  async #open(identity: StepIdentity, range: RowRange, { signal, onWait }: WaitOptions): Promise<StepState> {
    this.#identity = identity;
    await this.#table.check();
    const { name, shard, shards } = identity;
    await acquireLock(this.#sequelize, `batch-preflight step ${JSON.stringify(identity)}`, {
      subject: `${name}${shards > 1 ? ` shard ${shard}/${shards}` : ""}`,
      signal,
      onWait,
    });
    const pid = "SELECT pg_backend_pid() AS pid";
    const [backend] = await this.#sequelize.query<{ pid: number }>(pid, { type: QueryTypes.SELECT });
    this.#backend = backend?.pid;
    return this.#remember(await this.#records.findOrCreate(identity, range));
  }

  async claim(jobExecution: number): Promise<void> {
    const { row, claim } = await this.#asking(() => this.#records.claim(this.#opened().id, jobExecution));
    this.#remember(row);
    this.#claim = claim;
    this.#since = this.#clock();
  }

  async isNewVersion(): Promise<boolean> {
    const { id, nextRow, range } = this.#opened();
    // A derived table is replaced whole anyway.
    if (nextRow !== range.first || !this.#table.hasRowNumbers) return false;
    return await this.#asking(() => this.#records.hasOtherVersion(id));
  }

  async clear(): Promise<void> {
    const { id, range } = this.#opened();
    const { limit, shard, shards } = this.#identity as StepIdentity;
    const row = await this.#transact(async (transaction) => {
      const toEnd = limit === null && shard === shards - 1;
      await withoutSilenceLimit(transaction, () => this.#table.deleteRange(range, toEnd, transaction));
      return await this.#records.reset(id, range, transaction);
    });
    this.#remember(row);
    this.#merging = this.#upsert;
  }

  async commit(chunk: Chunk): Promise<StepState> {
    const merging = this.#merging;
    try {
      return await this.#commit(chunk, merging);
    } catch (error) {
      if (merging || sqlState(error) !== uniqueViolation) throw error;
      this.#merging = true;
      return await this.#commit(chunk, true);
    }
  }

  async commitDerived(work: (tables: DerivedTables) => Promise<{ read: number; written: number }>): Promise<StepState> {
    return await this.#transact(async (transaction) => {
      const tables = derivedTables(this.#sequelize, transaction);
      const { read, written } = await withoutSilenceLimit(transaction, () => work(tables));
      await this.#records.resetOverlapping(this.#opened().id, transaction);
      return await this.#checkpoint({ read, written, skipped: 0, next: this.#opened().range.end }, transaction);
    });
  }

  async finish(status: StepStatus, message?: string): Promise<void> {
    await this.#asking(() => this.#records.finish(this.#claimed(), status, message ?? null));
  }

  async tableIsEmpty(): Promise<boolean> {
    return await this.#asking(() => this.#table.isEmpty());
  }

  async cancel(): Promise<void> {
    await this.#canceller.query("SELECT pg_cancel_backend(:pid)", { replacements: { pid: this.#backend ?? null } });
  }

  async close(): Promise<void> {
    await this.#sequelize.close();
  }

  async #commit({ first, next, rows, data, bad }: Chunk, merging: boolean): Promise<StepState> {
    return await this.#transact(async (transaction) => {
      let written = rows;
      if (rows > 0 && merging) {
        const merged = await this.#table.merge(data, transaction);
        written = merged.written;
        this.#merging = this.#upsert || merged.replaced > 0;
      } else if (rows > 0) {
        await this.#table.copy(data, transaction);
      }
      if (bad.length > 0)
        await this.#records.quarantine(this.#opened().id, this.#identity as StepIdentity, bad, transaction);
      return await this.#checkpoint({ first, next, read: next - first, written, skipped: bad.length }, transaction);
    });
  }

  async #transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return await this.#asking(() => this.#sequelize.transaction(work));
  }

  /** `work` with every error of the database a Failure; a unique violation comes as it is, for {@link commit}. */
  async #asking<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw sqlState(error) === uniqueViolation ? error : asFailure(error, this.#label);
    }
  }

  /** @throws Failure where somebody else has claimed the step since; the transaction is then rolled back */
  async #checkpoint(counts: Counts & { first?: number; next: number }, transaction: Transaction): Promise<StepState> {
    const now = this.#clock();
    const seconds = (now - this.#since) / 1000;
    const row = await this.#records.checkpoint(this.#claimed(), { ...counts, seconds }, transaction);
    if (!row) {
      throw new Failure(
        "databaseUnavailable",
        `Another worker has taken over ${this.#identity?.name}; nothing was committed.`,
      );
    }
    this.#since = now;
    return this.#remember(row);
  }

  #remember(row: StepRow): StepState {
    this.#state = {
      id: row.id,
      status: row.status,
      nextRow: Number(row.next_row),
      range: { first: Number(row.first_row), end: Number(row.end_row) },
      read: Number(row.read),
      written: Number(row.written),
      skipped: Number(row.skipped),
      seconds: row.seconds,
    };
    return this.#state;
  }

  #opened(): StepState {
    if (!this.#state) throw new Error("open() comes first");
    return this.#state;
  }

  #claimed(): Claim {
    if (!this.#claim) throw new Error("claim() comes first");
    return this.#claim;
  }
}
