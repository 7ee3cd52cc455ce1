import type { JobRequest, JobStatus } from "../../../batch/jobs/job.ts";
import { JobRecord, type Transition } from "../../../batch/jobs/job-record.ts";
import { type Action, type Place, Scheduler } from "../../../batch/jobs/scheduler.ts";

/** A scheduler whose time and processes the test makes. */
export class Scheduled {
  now = 0;
  readonly transitions: [jobId: string, Transition][] = [];
  readonly scheduler: Scheduler;
  private readonly records = new Map<string, JobRecord>();

  constructor(capacity: number) {
    this.scheduler = new Scheduler({
      capacity,
      record: (jobId, transition) => this.transitions.push([jobId, transition]),
    });
  }

  submit(jobId: string, request: Partial<JobRequest> = {}): JobRecord {
    const record = new JobRecord({
      jobId,
      createdAt: this.now,
      jobQueue: "local",
      jobDefinition: "local",
      request: { jobName: jobId, command: [], environment: {}, dependsOn: [], ...request },
    });
    this.records.set(jobId, record);
    this.scheduler.add(record, this.now);
    return record;
  }

  /** What is done now; what is started runs at once. */
  tick(): string[] {
    const actions = this.scheduler.tick(this.now);
    for (const action of actions) if (action.do === "start") this.scheduler.running(action, this.now);
    return actions.map(textOf);
  }

  end(place: string, exitCode: number): void {
    this.scheduler.ended(this.place(place), { exitCode }, this.now);
  }

  /** Runs all that can run, each process with this exit code. */
  runAll(exitCodeOf: (place: Place, attempt: number) => number = () => 0): void {
    for (;;) {
      const starts = this.scheduler.tick(this.now).filter((action) => action.do === "start");
      if (starts.length === 0) return;
      for (const action of starts) {
        this.scheduler.running(action, this.now);
        this.now += 1;
        this.scheduler.ended(action, { exitCode: exitCodeOf(action, action.attempt) }, this.now);
      }
    }
  }

  status(place: string): JobStatus {
    const { jobId, index } = this.place(place);
    const record = this.records.get(jobId)!;
    return place.includes(":") ? record.statusOf(index) : record.status;
  }

  record(jobId: string): JobRecord {
    return this.records.get(jobId)!;
  }

  private place(text: string): Place {
    const [jobId = "", index = "0"] = text.split(":");
    return { jobId, index: Number(index) };
  }
}

const textOf = (action: Action) =>
  `${action.do} ${action.jobId}:${action.index}${action.do === "start" ? ` attempt ${action.attempt}` : ""}`;
