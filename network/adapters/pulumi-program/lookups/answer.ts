import type { Properties } from "../../pulumi/resource.ts";
import { computed, offeredByAws, offeredResources } from "./computed.ts";
import { type FoundResource, found } from "./found.ts";

/** What a function of a provider says. */
export interface Answer {
  readonly result: Properties;
  /** False: it has properties beyond these, which are not known. */
  readonly isComplete: boolean;
  readonly found: readonly FoundResource[];
}

/**
 * What can be said offline: what follows from the arguments and from AWS's documents is computed; what must be looked
 * up in the account has a placeholder for an id and is unknown otherwise.
 * @param region undefined: not known
 */
export function answer(token: string, parameters: Properties, region: string | undefined): Answer {
  const whole = computed(token, parameters, region);
  if (whole !== undefined) return { result: whole, isComplete: true, found: [] };
  const part = offeredByAws(token, parameters, region);
  if (part !== undefined) return { result: part, isComplete: false, found: offeredResources(token, part) };
  return { ...found(token, parameters), isComplete: false };
}
