import type { Catalog, CatalogObject, ObjectId } from "./catalog.ts";

/** What neither a model nor what is declared beside it can say: it stays as it is. */
const undeclared: readonly CatalogObject["kind"][] = ["routine", "trigger", "policy", "rule", "statistics"];

/**
 * `goal`, which the models built, with what is there already and is none of their business: functions, triggers, policies
 * and rules, all of other schemas than `schemas`, and of the models' own tables grants, row security, replica identity.
 */
export function adopt(from: Catalog, goal: Catalog, schemas: ReadonlySet<string>): Catalog {
  const objects = new Map<ObjectId, CatalogObject>();
  for (const [id, object] of goal.objects) objects.set(id, withPresentSettings(object, from.objects.get(id)));
  for (const [id, object] of from.objects) {
    if (objects.has(id)) continue;
    const isForeign = object.kind === "schema" ? !schemas.has(object.name) : !schemas.has(schemaOf(object, from));
    const standsOn = "table" in object ? goal.objects.has(object.table) || isForeign : true;
    if ((isForeign || undeclared.includes(object.kind)) && standsOn) objects.set(id, object);
  }
  return { ...goal, objects };
}

function schemaOf(object: CatalogObject, catalog: Catalog): string {
  if ("schema" in object) return object.schema;
  if ("table" in object) return schemaOf(catalog.objects.get(object.table)!, catalog);
  return object.name;
}

function withPresentSettings(object: CatalogObject, present: CatalogObject | undefined): CatalogObject {
  if (!present) return object;
  const { grants } = present;
  if (object.kind === "table" && present.kind === "table") {
    const { rowSecurity, replicaIdentity } = present;
    return { ...object, grants, rowSecurity, replicaIdentity };
  }
  if (object.kind === "column" && present.kind === "column") {
    const { compression, statistics } = present;
    return { ...object, grants, compression, statistics };
  }
  if ("clustered" in object && "clustered" in present) {
    const { comment, clustered } = present;
    return { ...object, grants, comment, clustered } as CatalogObject;
  }
  return { ...object, grants, comment: present.comment } as CatalogObject;
}
