import type { Job, JobStatus } from "./job.ts";
import type { JobService } from "./job-service.ts";

/** As many ids as one call takes, as many children as one gives. */
export const idsPerCall = 100;

/** The children of an array that are in a state, as many at a time as one call gives. */
export class ChildList {
  readonly #open: () => AsyncIterable<Job>;
  #iterator: AsyncIterator<Job> | undefined;
  #pages = 0;

  constructor(service: Pick<JobService, "children">, jobId: string, status: JobStatus) {
    this.#open = () => service.children(jobId, status);
  }

  get isOpen(): boolean {
    return this.#iterator !== undefined;
  }

  /** How many calls the list has taken that is open, or was last. */
  get pages(): number {
    return this.#pages;
  }

  /** The next of them, from the beginning where it was closed; it closes itself at the end, and when it fails. */
  async page(): Promise<readonly Job[]> {
    if (this.#iterator === undefined) this.#pages = 0;
    this.#iterator ??= this.#open()[Symbol.asyncIterator]();
    this.#pages += 1;
    const jobs: Job[] = [];
    try {
      while (jobs.length < idsPerCall) {
        const { done, value } = await this.#iterator.next();
        if (done) {
          this.#iterator = undefined;
          break;
        }
        jobs.push(value);
      }
    } catch (error) {
      this.#iterator = undefined;
      throw error;
    }
    return jobs;
  }

  async close(): Promise<void> {
    const iterator = this.#iterator;
    this.#iterator = undefined;
    await iterator?.return?.();
  }
}
