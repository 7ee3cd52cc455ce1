import { type ModelStatic, QueryTypes, type Sequelize, type Transaction } from "sequelize";
import { Failure } from "../../failure.ts";
import { acquireLock, lockKey } from "../advisory-lock.ts";
import { withoutSilenceLimit } from "../database.ts";
import { asFailure, sqlState } from "../database-failure.ts";
import type {
  Chunk,
  ClearReason,
  Counts,
  DerivedTables,
  StepIdentity,
  StepRange,
  StepSession,
  StepState,
  StepStatus,
  WaitOptions,
} from "./contracts.ts";
import { derivedTables } from "./derived-tables.ts";
import { QuarantineRepository } from "./quarantine.ts";
import { type Claim, StepRecords, type StepRow, stateOf } from "./step-records.ts";
import { TableRepository } from "./table.ts";

const uniqueViolation = "23505";
const queryCanceled = "57014";

export interface StepSessionOptions {
  /** A Sequelize with one connection, used by nobody else: the session. */
  sequelize: Sequelize;
  /** Another session, to cancel this one's statement; absent: nothing can be cancelled. */
  canceller?: Sequelize | undefined;
  model: ModelStatic<never>;
  label: string;
  rowNumber?: string;
  write?: "insert" | "upsert";
}

/** Milliseconds; passed in so that tests need not wait. */
type Clock = () => number;

export class PostgresStepSession implements StepSession {
  readonly #sequelize: Sequelize;
  readonly #canceller: Sequelize | undefined;
  readonly #label: string;
  readonly #table: TableRepository;
  readonly #records: StepRecords;
  readonly #quarantine: QuarantineRepository;
  readonly #upsert: boolean;
  readonly #clock: Clock;
  /** Rows of this step may already be there (another limit, other shards): then COPY alone can't write them. */
  #merging: boolean;
  /** The connection has the step's lock: another one has not. */
  #isLocked = false;
  #identity: StepIdentity | undefined;
  #range: StepRange | undefined;
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
    this.#quarantine = new QuarantineRepository(options.sequelize);
    this.#upsert = options.write === "upsert";
    this.#merging = this.#upsert;
    this.#clock = clock;
    this.#sequelize.addHook("beforeConnect", () => {
      if (this.#isLocked) throw this.#lost(`The connection to ${this.#label} was lost, and with it the lock on`);
    });
  }

  get columns() {
    return this.#table.columns;
  }

  async open(identity: StepIdentity, range: StepRange, wait: WaitOptions): Promise<StepState> {
    return await this.#asking(() => this.#open(identity, range, wait));
  }

  async #open(identity: StepIdentity, range: StepRange, { signal, onWait }: WaitOptions): Promise<StepState> {
    this.#identity = identity;
    this.#range = range;
    this.#isLocked = false;
    if (this.#upsert && !this.#table.isKeyWritten) {
      const sentence = `${identity.name} replaces rows of the same key (write: "upsert"), and the rows do not hold the model's primary key.`;
      throw new Failure("usage", `${sentence} Make a column of the source the key, or insert.`);
    }
    await this.#table.check();
    const { name, shard, shards } = identity;
    await acquireLock(this.#sequelize, `batch-preflight step ${JSON.stringify(identity)}`, {
      subject: `${name}${shards > 1 ? ` shard ${shard}/${shards}` : ""}`,
      signal,
      onWait,
    });
    this.#isLocked = true;
    const pid = "SELECT pg_backend_pid() AS pid";
    const [backend] = await this.#sequelize.query<{ pid: number }>(pid, { type: QueryTypes.SELECT });
    this.#backend = backend?.pid;
    return this.#remember(await this.#records.findOrCreate(identity, range));
  }

  async claim(jobExecution: number): Promise<void> {
    const { row, claim } = await this.#asking(() => this.#records.claim(this.#opened().state.id, jobExecution));
    this.#remember(row);
    this.#claim = claim;
    this.#since = this.#clock();
  }

  async mustClear(): Promise<Exclude<ClearReason, "fresh"> | undefined> {
    const { state, range } = this.#opened();
    // A derived table is replaced whole anyway.
    if (state.nextRow !== range.first || !this.#table.hasRowNumbers) return undefined;
    const { otherVersion, sameVersion } = await this.#asking(() => this.#records.overlapping(state.id, range));
    if (otherVersion) return "newVersion";
    return sameVersion && !this.#upsert && !this.#table.isKeyedByRowNumber ? "overlap" : undefined;
  }

  async clear(): Promise<void> {
    const { identity, range } = this.#opened();
    const row = await this.#transact(async (transaction) => {
      const reset = await this.#records.reset(this.#claimed(), range, transaction);
      if (!reset) throw this.#takenOver();
      await withoutSilenceLimit(transaction, () => this.#table.deleteRange(range, transaction));
      await this.#quarantine.deleteRange(identity, range, transaction);
      return reset;
    });
    this.#remember(row);
    this.#merging = this.#upsert;
  }

  async commit(chunk: Chunk): Promise<StepState> {
    const merging = this.#merging;
    const mayMerge = !merging && this.#table.isKeyedByRowNumber;
    try {
      return await this.#asking(() => this.#commit(chunk, merging), mayMerge);
    } catch (error) {
      if (!mayMerge || sqlState(error) !== uniqueViolation || error instanceof Failure) throw error;
      this.#merging = true;
      return await this.#asking(() => this.#commit(chunk, true));
    }
  }

  async commitDerived(
    work: (tables: DerivedTables) => Promise<{ read: number; written: number }>,
    stop: AbortSignal,
  ): Promise<StepState | undefined> {
    if (stop.aborted) return undefined;
    const { state, identity, range } = this.#opened();
    let cancelling: Promise<unknown> | undefined;
    const cancel = () => {
      const sql = "SELECT pg_cancel_backend(:pid)";
      cancelling = this.#canceller?.query(sql, { replacements: { pid: this.#backend ?? null } }).catch(() => {});
    };
    stop.addEventListener("abort", cancel);
    try {
      return await this.#transact(async (transaction) => {
        // Two of them, of different limits say, would delete and insert the same rows.
        const lock = `SELECT pg_advisory_xact_lock(${lockKey(`batch-preflight derive ${identity.name}`)})`;
        await this.#sequelize.query(lock, { transaction });
        const tables = derivedTables(this.#sequelize, transaction);
        const { read, written } = await withoutSilenceLimit(transaction, () => work(tables));
        await this.#records.resetOverlapping(state.id, range, transaction);
        return await this.#checkpoint({ read, written, skipped: 0, next: range.end }, transaction);
      });
    } catch (error) {
      if (stop.aborted && sqlState(error) === queryCanceled) return undefined;
      throw error;
    } finally {
      stop.removeEventListener("abort", cancel);
      // Else it might cancel the next statement.
      await cancelling;
    }
  }

  async finish(status: StepStatus, message?: string): Promise<void> {
    await this.#asking(() => this.#records.finish(this.#claimed(), status, message ?? null));
  }

  async hasLostRows(): Promise<boolean> {
    const { written, range, nextRow } = this.#opened().state;
    if (written === 0) return false;
    const rows = { first: range.first, end: nextRow };
    // Of an upsert's rows, later ones with the same keys may have replaced all.
    return await this.#asking(() => this.#table.isEmpty(this.#upsert ? undefined : rows));
  }

  async close(): Promise<void> {
    this.#isLocked = false;
    await this.#sequelize.close();
  }

  async #commit({ first, next, rows, data, bad }: Chunk, merging: boolean): Promise<StepState> {
    return await this.#sequelize.transaction(async (transaction) => {
      let written = rows;
      if (rows > 0 && merging) {
        const merged = await this.#table.merge(data, transaction);
        written = merged.written;
        this.#merging = this.#upsert || merged.replaced > 0;
      } else if (rows > 0) {
        await this.#table.copy(data, transaction);
      }
      const { state, identity } = this.#opened();
      if (bad.length > 0) await this.#quarantine.add(state.id, identity, bad, transaction);
      return await this.#checkpoint({ first, next, read: next - first, written, skipped: bad.length }, transaction);
    });
  }

  async #transact<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return await this.#asking(() => this.#sequelize.transaction(work));
  }

  /** `work` with every error of the database a Failure, but for a unique violation where `raw`. */
  async #asking<T>(work: () => Promise<T>, raw = false): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw raw && sqlState(error) === uniqueViolation ? error : asFailure(error, this.#label);
    }
  }

  /** @throws Failure where somebody else has claimed the step since; the transaction is then rolled back */
  async #checkpoint(counts: Counts & { first?: number; next: number }, transaction: Transaction): Promise<StepState> {
    const now = this.#clock();
    const seconds = (now - this.#since) / 1000;
    const row = await this.#records.checkpoint(this.#claimed(), { ...counts, seconds }, transaction);
    if (!row) throw this.#takenOver();
    this.#since = now;
    return this.#remember(row);
  }

  #takenOver(): Failure {
    return this.#lost("Another worker has taken over", "; nothing was committed");
  }

  #lost(what: string, rest = ""): Failure {
    return new Failure("databaseUnavailable", `${what} ${this.#identity?.name}${rest}. Run the same command again.`);
  }

  #remember(row: StepRow): StepState {
    this.#state = stateOf(row);
    return this.#state;
  }

  #opened(): { state: StepState; identity: StepIdentity; range: StepRange } {
    if (!this.#state || !this.#identity || !this.#range) throw new Error("open() comes first");
    return { state: this.#state, identity: this.#identity, range: this.#range };
  }

  #claimed(): Claim {
    if (!this.#claim) throw new Error("claim() comes first");
    return this.#claim;
  }
}
