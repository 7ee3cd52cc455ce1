import type { ClearReason, Counts, RowRange } from "../../data/repositories/contracts.ts";

/** How a step of this run ended. `skipped`: it was complete before. `notRun`: what it needs did not come about. */
export type StepOutcome = "completed" | "skipped" | "stopped" | "failed" | "notRun";

/** What happens in a run, for whoever shows it. */
export type ExecutionEvent =
  | { event: "reading"; name: string }
  | { event: "waiting"; name: string; holder: string }
  /** `nextRow` above `range.first`: resumed. `secondsBefore`, `readBefore`: worked and read in earlier executions. */
  | {
      event: "started";
      name: string;
      range: RowRange;
      nextRow: number;
      secondsBefore: number;
      readBefore: number;
      /** Rows deleted at the start. */
      cleared: ClearReason | null;
    }
  | ({ event: "progress"; name: string; nextRow: number } & Counts)
  | { event: "retry"; name: string; message: string; pauseMs: number }
  | ({ event: "step" } & StepResult);

export interface StepResult extends Counts {
  name: string;
  status: StepOutcome;
  /** Of this execution, like the counts. */
  seconds: number;
  rowsPerSecond: number;
  /** Why, where it is not `completed`. */
  message?: string;
}

export type Emit = (event: ExecutionEvent) => void;
