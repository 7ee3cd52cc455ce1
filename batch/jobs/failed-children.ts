import { ChildList } from "./child-list.ts";
import type { Job } from "./job.ts";
import type { JobService } from "./job-service.ts";

const shortestPause = 5000;
/** Milliseconds for each call that the last list took: one of 10,000 is not begun again for each that fails. */
const pausePerPage = 2000;

/** The children of an array that have failed, listed when there are more of them. */
export class FailedChildren {
  readonly #known = new Map<string, Job>();
  readonly #list: ChildList;
  #count = 0;
  #notBefore = Number.NEGATIVE_INFINITY;

  readonly #haste: number;

  /** `haste`: pauses are divided by it */
  constructor(service: Pick<JobService, "children">, jobId: string, haste = 1) {
    this.#haste = haste;
    this.#list = new ChildList(service, jobId, "FAILED");
  }

  get known(): Iterable<Job> {
    return this.#known.values();
  }

  tell({ array }: Job): void {
    this.#count = array?.statusSummary.FAILED ?? 0;
  }

  /** When to go on; undefined: all are known. */
  get due(): number | undefined {
    return this.#known.size < this.#count ? this.#notBefore : undefined;
  }

  /** @returns those that were not known */
  async run(now: number): Promise<readonly Job[]> {
    const fresh = (await this.#list.page()).filter(({ jobId }) => !this.#known.has(jobId));
    for (const job of fresh) this.#known.set(job.jobId, job);
    if (this.#known.size >= this.#count) await this.#list.close();
    if (!this.#list.isOpen)
      this.#notBefore = now + Math.max(shortestPause, this.#list.pages * pausePerPage) / this.#haste;
    return fresh;
  }
}
