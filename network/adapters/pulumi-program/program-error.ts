/** Why a program can't be recorded: one sentence a fault, and below it the program's own stack where the program threw. */
export class ProgramError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.name = "ProgramError";
    this.faults = faults;
  }
}
