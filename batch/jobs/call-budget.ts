/** Spaces calls out, so that a job that is watched for a day, by many, costs its account none of the calls that others need. */
export class CallBudget {
  readonly #clock: () => number;
  readonly #sleep: (milliseconds: number) => Promise<unknown>;
  #next = Number.NEGATIVE_INFINITY;

  constructor(clock: () => number, sleep: (milliseconds: number) => Promise<unknown>) {
    this.#clock = clock;
    this.#sleep = sleep;
  }

  /** Waits until as many calls may be made, `spacing` milliseconds after the last one each. */
  async take(calls: number, spacing: number): Promise<void> {
    const wait = this.#next - this.#clock();
    if (wait > 0) await this.#sleep(wait);
    this.#next = Math.max(this.#next, this.#clock()) + calls * spacing;
  }
}
