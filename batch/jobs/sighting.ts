import type { Job, LogEvent } from "./job.ts";
import type { StateSpan } from "./state-spans.ts";

/** What a watcher sees, in the order in which it sees it. */
export type Sighting =
  /**
   * The jobs that are watched; of their children those that have failed, as far as they are known, in one list that grows at
   * its end; the states of each job so far.
   */
  | {
      readonly kind: "jobs";
      readonly jobs: readonly Job[];
      readonly failed: readonly Job[];
      readonly spans: ReadonlyMap<string, readonly StateSpan[]>;
    }
  /** Lines of a job or a child. */
  | { readonly kind: "lines"; readonly job: Job; readonly events: readonly LogEvent[] }
  /** A job that nothing takes out of RUNNABLE: told once; `why` is added by who knows where it should run. */
  | { readonly kind: "stuck"; readonly job: Job; readonly seconds: number; readonly why?: string }
  /** The service can't be asked now; the watch goes on. */
  | { readonly kind: "trouble"; readonly message: string }
  | { readonly kind: "recovered"; readonly seconds: number }
  /** At the end: children that have failed and that the service does not list. */
  | { readonly kind: "unlisted"; readonly children: number }
  /** At the end: children that have run and whose lines were not shown. */
  | { readonly kind: "unread"; readonly children: number };
