/** Where jobs of a queue are placed, and what keeps them from it. */
export interface QueueState {
  /** Each says what has which fault, and why: `compute environment main is DISABLED`; none: none that the service knows. */
  readonly faults: readonly string[];
  /** By name, in the order in which jobs are placed. */
  readonly computeEnvironments: readonly string[];
}
