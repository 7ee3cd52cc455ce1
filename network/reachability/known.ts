/**
 * A value that decides and is not known, with the reason: who would set it, or what is missing. Nothing that is proved
 * depends on what it turns out to be.
 */
export class Unknown {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

export type Known<T> = T | Unknown;

export function isKnown<T>(value: Known<T>): value is T {
  return !(value instanceof Unknown);
}
