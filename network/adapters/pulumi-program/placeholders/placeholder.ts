import type { Properties } from "../../pulumi/resource.ts";
import type { Facts } from "./facts.ts";

/** What stands in for what AWS chooses, of one type of resource. */
export interface Placeholder {
  /** The input that Pulumi makes up where the program doesn't say it. */
  readonly autoname?: string;
  readonly id?: (resource: Facts) => string;
  readonly outputs?: (resource: Facts, id: string) => Properties;
}

/** By type token. */
export type PlaceholderTable = Readonly<Record<string, Placeholder>>;
