import process from "node:process";

const every = Number(process.env.SCHEMA_EVERY ?? 1);

/** Of each kind the first, and each so many after it (SCHEMA_EVERY, 1): for a second Node, whose statements are the same. */
export function sampled<Change>(changes: Readonly<Record<string, readonly Change[]>>): Record<string, Change[]> {
  return Object.fromEntries(
    Object.entries(changes).map(([kind, list]) => [kind, list.filter((_, index) => index % every === 0)]),
  );
}
