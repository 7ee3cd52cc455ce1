import { ChildList } from "./child-list.ts";
import { isEnded, type Job } from "./job.ts";
import type { JobService } from "./job-service.ts";

const shortestPause = 5000;
/** Milliseconds for each call that the last list took: one of 10,000 is not begun again for each that fails. */
const pausePerPage = 2000;
/** Of the lists that are begun when no more children can fail: what they do not tell is not told. */
const mostLastLists = 3;

/** The children of an array that have failed, listed when there are more of them. */
export class FailedChildren {
  readonly #known = new Set<string>();
  readonly #list: ChildList;
  #count = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #isEnded = false;
  #isLastList = false;
  #lastLists = 0;

  readonly #haste: number;

  /** `haste`: pauses are divided by it */
  constructor(service: Pick<JobService, "children">, jobId: string, haste = 1) {
    this.#haste = haste;
    this.#list = new ChildList(service, jobId, "FAILED");
  }

  /** How many more have failed. */
  get missing(): number {
    return Math.max(0, this.#count - this.#known.size);
  }

  tell({ array, status }: Job): void {
    this.#count = array?.statusSummary.FAILED ?? 0;
    if (this.#isEnded || !isEnded(status)) return;
    this.#isEnded = true;
    this.#notBefore = Number.NEGATIVE_INFINITY;
  }

  /** When to go on; undefined: all are known, or no more will be. */
  get due(): number | undefined {
    return this.missing > 0 && this.#lastLists < mostLastLists ? this.#notBefore : undefined;
  }

  /** @returns those that were not known */
  async run(now: number): Promise<readonly Job[]> {
    if (!this.#list.isOpen) this.#isLastList = this.#isEnded;
    const fresh = (await this.#list.page()).filter(({ jobId }) => !this.#known.has(jobId));
    for (const job of fresh) this.#known.add(job.jobId);
    if (this.missing === 0) await this.#list.close();
    if (!this.#list.isOpen) {
      if (this.#isLastList) this.#lastLists += 1;
      const pause = this.#isEnded ? shortestPause : Math.max(shortestPause, this.#list.pages * pausePerPage);
      this.#notBefore = now + pause / this.#haste;
    }
    return fresh;
  }
}
