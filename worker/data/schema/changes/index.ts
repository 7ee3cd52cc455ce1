import type { CatalogObject, Kind, ObjectOf } from "../catalog.ts";
import type { ObjectChange } from "./change.ts";
import { columnChange } from "./column.ts";
import { extensionChange, routineChange, schemaChange } from "./others.ts";
import { attachmentChange, constraintChange, indexChange, statisticsChange } from "./parts.ts";
import { sequenceChange } from "./sequence.ts";
import { tableChange } from "./table.ts";
import { compositeChange, domainChange, enumChange, rangeChange } from "./types.ts";
import { viewChange } from "./view.ts";

const changes: { [K in Kind]: ObjectChange<ObjectOf<K>> } = {
  schema: schemaChange,
  extension: extensionChange,
  enum: enumChange,
  domain: domainChange,
  composite: compositeChange,
  range: rangeChange,
  sequence: sequenceChange,
  table: tableChange,
  column: columnChange,
  constraint: constraintChange,
  index: indexChange,
  view: viewChange,
  routine: routineChange,
  trigger: attachmentChange as ObjectChange<never>,
  policy: attachmentChange as ObjectChange<never>,
  rule: attachmentChange as ObjectChange<never>,
  statistics: statisticsChange,
};

/** How objects of the kind of `object` come, go and change. */
export function changeOf(object: CatalogObject): ObjectChange<CatalogObject> {
  return changes[object.kind] as unknown as ObjectChange<CatalogObject>;
}
