import process from "node:process";
import { ProgramFault, sentencesOf } from "./faults.ts";
import type { Assignment, ProgramMessage, Report } from "./protocol.ts";
import type { Recording } from "./recording.ts";
import type { Sdk } from "./sdk.ts";

/** How long faults are gathered after the first: one mistake often shows in several resources. */
const gatheringTime = 50;

/** How long a program that has declared its stack may keep handles open before it counts as ended. */
const graceTime = 2_000;

/** The end of a run, whichever way it comes: reported once. */
export class Ending {
  readonly #assignment: Assignment;
  readonly #recording: Recording;
  #sdk: Sdk | undefined;
  readonly #faults: unknown[] = [];
  #isOver = false;
  #isDeclared = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(assignment: Assignment, recording: Recording) {
    this.#assignment = assignment;
    this.#recording = recording;
    process.on("disconnect", () => process.exit());
    process.channel?.unref();
    // The event loop is empty: either all is done, or what the program waits for never comes. Listeners of the program's
    // own may still add to it (@pulumi/aws declares bucket notifications so); theirs come first by another round.
    let isLastRound = false;
    process.on("beforeExit", () => {
      if (!isLastRound) {
        isLastRound = true;
        setImmediate(() => {});
      } else if (this.#faults.length > 0) this.#reportFaults();
      else if (this.#isDeclared) this.#reportRecording();
      else this.#reportStall();
    });
  }

  watch(sdk: Sdk): void {
    this.#sdk = sdk;
  }

  say(message: ProgramMessage): void {
    if (message.severity === "error")
      this.failWith(`Program ${this.#assignment.entryPoint} reports an error: ${message.text}`);
    else send({ kind: "message", ...message });
  }

  /** A fault of the program that has its sentence. */
  failWith(sentence: string): void {
    this.fail(new ProgramFault(sentence));
  }

  fail(error: unknown): void {
    if (this.#faults.length === 0) setTimeout(() => this.#reportFaults(), gatheringTime);
    this.#faults.push(error);
  }

  /** The stack is declared; what timers and `beforeExit` listeners still declare is waited for. */
  finish(): void {
    this.#isDeclared = true;
    this.#deadline = setTimeout(() => {
      const open = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY)Wrap$/.test(name));
      const text = `The program has left handles open (${[...new Set(open)].join(", ")}); what they may still declare is not recorded.`;
      if (open.length > 0) send({ kind: "message", severity: "warning", text });
      this.#reportRecording();
    }, graceTime).unref();
  }

  #reportRecording(): void {
    clearTimeout(this.#deadline);
    this.#end({ kind: "done", ...this.#recording.content() });
  }

  #reportFaults(): void {
    this.#end({ kind: "failed", faults: sentencesOf(this.#faults, this.#assignment, this.#recording.lookUps()) });
  }

  #reportStall(): void {
    const pending = this.#sdk?.pendingResources() ?? [];
    const what = pending.length === 0 ? "a promise that nothing settles" : `what ${pending.join(", ")} depends on`;
    this.#end({
      kind: "failed",
      faults: [`Program ${this.#assignment.entryPoint} never settles: it waits for ${what}.`],
    });
  }

  #end(report: Report): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // The parent ends this process when it has read the report.
    process.channel?.ref();
    send(report);
  }
}

function send(report: Report): void {
  process.send?.(report);
}
