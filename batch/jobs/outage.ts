import { Failure, type FailureKind } from "../../worker/failure.ts";

/**
 * What may pass while one waits, or while a person mends it elsewhere: too many calls, no network, a service that is down,
 * credentials that have expired. Who watches goes on; who asks once is told.
 */
export class Outage extends Failure {
  constructor(kind: Extract<FailureKind, "usage" | "failed">, message: string, options?: ErrorOptions) {
    super(kind, message, options);
  }
}
