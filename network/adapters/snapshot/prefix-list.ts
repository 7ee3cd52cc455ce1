import { Unknown } from "../../reachability/known.ts";
import type { PrefixList } from "../../reachability/topology.ts";
import type { Collected, Reading } from "./reading.ts";

/**
 * DescribePrefixLists tells AWS's own with their blocks. DescribeManagedPrefixLists tells the customers' too, without: their
 * `Entries` are what GetManagedPrefixListEntries answers.
 */
export function prefixLists(reading: Reading): Collected<PrefixList> {
  return reading.collectAll(["PrefixLists", "ManagedPrefixLists"], "PrefixListId", (fields, id) => ({
    id,
    name: fields.optionalText("PrefixListName") ?? "",
    cidrs: fields.has("Cidrs")
      ? fields.cidrs("Cidrs")
      : fields.has("Entries")
        ? fields.list("Entries").map((one) => one.anyCidr("Cidr"))
        : new Unknown(`the entries of ${id} are not in the snapshot`),
  }));
}
