import { type Catalog, type Column, objectsOf } from "./catalog.ts";
import { dataLoss, mayFail, type Note } from "./statement.ts";

/** How the values of a column become those of another type. */
export interface Conversion {
  /** What follows USING; null where the server converts on its own. */
  using: string | null;
  /** What may be lost, or stop. */
  notes: readonly Note[];
}

const numbers = ["smallint", "integer", "bigint"];
const texts = ["text", "character varying", "character", "citext", "name"];
const fractions = ["numeric", "real", "double precision"];
const documents = ["json", "jsonb"];
const instants = ["timestamp without time zone", "timestamp with time zone"];

/** The catalogs tell the casts, and what the domains are over. */
export function conversionOf(from: Column, to: Column, sides: { from: Catalog; to: Catalog }): Conversion {
  const catalog = sides.from;
  const name = to.name;
  const notes = lossOf(from, to);
  if (documents.includes(to.baseType) && !to.isArray && !isDocument(from, sides.from)) {
    return { using: `to_${to.baseType}(${name})`, notes: [] };
  }
  if (from.isArray !== to.isArray) {
    // NULL stays NULL, where ARRAY[NULL] would be an array with one element.
    const hasCast = catalog.casts.has(`${from.baseType} ${to.baseType}`) || from.baseType === to.baseType;
    const text = hasCast || texts.includes(to.baseType) || texts.includes(from.baseType) ? "" : "::text";
    if (to.isArray) return { using: `CASE WHEN ${name} IS NOT NULL THEN ARRAY[${name}${text}]::${to.type} END`, notes };
    if (texts.includes(to.baseType)) return { using: null, notes };
    return { using: `${name}[1]${text}::${to.type}`, notes };
  }
  const [before, after] = [underDomains(from.baseType, sides.from), underDomains(to.baseType, sides.to)];
  const brackets = to.isArray ? "[]" : "";
  if (before === after && from.baseType !== to.baseType) return { using: `${name}::${to.type}`, notes };
  if (before === after) {
    // The length is cut as by an explicit cast: an assignment would stop at what is too long.
    return { using: texts.includes(after) && notes.length > 0 ? `${name}::${to.type}` : null, notes };
  }
  if (!to.isArray) {
    const special = specialConversion(name, before, after, to.type);
    if (special !== undefined) return { using: special, notes };
  }
  const cast = catalog.casts.get(`${before} ${after}`);
  if ((cast === "implicit" || cast === "assignment") && after === to.baseType) {
    return { using: texts.includes(after) && notes.length > 0 ? `${name}::${to.type}` : null, notes };
  }
  if (cast) return { using: `${name}::${to.type}`, notes };
  // To text everything converts by itself, from text everything explicitly; the rest goes through text.
  if (texts.includes(after) && !to.isArray && after === to.baseType) return { using: null, notes };
  if (texts.includes(before)) return { using: `${name}::${to.type}`, notes };
  return { using: `${name}::text${brackets}::${to.type}`, notes };
}

/** Whether values are JSON as they stand, or have a cast of their own; all others become JSON by to_json(). */
function isDocument({ baseType, isArray }: Column, catalog: Catalog): boolean {
  const before = underDomains(baseType, catalog);
  return !isArray && [...texts, ...documents, "hstore"].includes(before);
}

/** What values of a domain are, over all generations. */
function underDomains(type: string, catalog: Catalog): string {
  const domain = objectsOf(catalog, "domain").find(({ sqlName }) => sqlName === type);
  return domain ? underDomains(domain.base.replace(/\(.*\)/, "").replace(/\[\]$/, ""), catalog) : type;
}

/** What casts can't, or what they do otherwise than one would have it. */
function specialConversion(name: string, before: string, after: string, type: string): string | undefined {
  const isNumber = [...numbers, ...fractions].includes(before);
  // Without it, the session's time zone would decide. Sequelize writes UTC.
  if (instants.includes(before) && instants.includes(after)) return `${name} AT TIME ZONE 'UTC'`;
  if (isNumber && after === "timestamp with time zone") return `to_timestamp(${name})`;
  if (isNumber && after === "timestamp without time zone") return `to_timestamp(${name}) AT TIME ZONE 'UTC'`;
  if (isNumber && after === "date") return `(to_timestamp(${name}) AT TIME ZONE 'UTC')::date`;
  if (isNumber && after === "interval") return `make_interval(secs => ${name})`;
  if ([...instants, "interval"].includes(before) && [...numbers, ...fractions].includes(after)) {
    return `extract(epoch FROM ${name})::${type}`;
  }
  if (before === "date" && [...numbers, ...fractions].includes(after)) {
    return `extract(epoch FROM ${name}::timestamp)::${type}`;
  }
  if (isNumber && after === "boolean") return `${name} <> 0`;
  if (before === "boolean" && [...numbers, ...fractions].includes(after)) {
    return after === "integer" ? `${name}::integer` : `${name}::integer::${type}`;
  }
  if (before === "money" && [...numbers, ...fractions].includes(after)) return `${name}::numeric::${type}`;
  if (isFraction(before) && after === "money") return `${name}::numeric::money`;
  if (before === "bytea" && texts.includes(after)) return `convert_from(${name}, 'UTF8')`;
  if (texts.includes(before) && after === "bytea") return `convert_to(${name}, 'UTF8')`;
  return undefined;
}

const isFraction = (type: string) => ["real", "double precision"].includes(type);

function lossOf(from: Column, to: Column): Note[] {
  if (from.type === to.type) return [];
  const title = `${to.sqlName}: ${from.type} becomes ${to.type}`;
  switch (lossKind(from, to)) {
    case "none":
      return [];
    case "lost":
      return [dataLoss(`${title}, and what does not fit is lost.`)];
    case "fails":
      return [mayFail(`${title}; this fails where a value can't be converted.`)];
  }
}

function lossKind(from: Column, to: Column): "none" | "lost" | "fails" {
  const [before, after] = [from.baseType, to.baseType];
  if (from.isArray && !to.isArray) return texts.includes(after) ? "none" : "lost";
  if (before === after) return isWithin(modifiers(from.type), modifiers(to.type), before) ? "none" : narrowed(before);
  if (texts.includes(after)) {
    const length = modifiers(to.type)[0];
    const before1 = modifiers(from.type)[0];
    if (length === undefined) return "none";
    return texts.includes(before) && before1 !== undefined && before1 <= length ? "none" : "lost";
  }
  if (numbers.includes(before) && numbers.includes(after)) {
    return numbers.indexOf(after) > numbers.indexOf(before) ? "none" : "fails";
  }
  if (numbers.includes(before) && after === "numeric") return modifiers(to.type).length === 0 ? "none" : "fails";
  if (numbers.includes(before) && fractions.includes(after)) {
    return before !== "bigint" && after === "double precision" ? "none" : "lost";
  }
  if (before === "real" && after === "double precision") return "none";
  if (fractions.includes(before)) return "lost";
  if (instants.includes(before) && instants.includes(after)) return "none";
  if (before === "date" && instants.includes(after)) return "none";
  if (instants.includes(before) && ["date", "time without time zone", "time with time zone"].includes(after))
    return "lost";
  if (before === "json" && after === "jsonb") return "none";
  if (before === "jsonb" && after === "json") return "none";
  if (before === "boolean" && numbers.includes(after)) return "none";
  if (numbers.includes(before) && after === "boolean") return "lost";
  if (numbers.includes(before) && [...instants, "interval"].includes(after)) return "none";
  if (before === "cidr" && after === "inet") return "none";
  return "fails";
}

/** `12, 4` of `numeric(12,4)`. */
function modifiers(type: string): number[] {
  return (/\(([\d,\s-]+)\)/.exec(type)?.[1] ?? "").split(",").filter(Boolean).map(Number);
}

function isWithin(before: number[], after: number[], type: string): boolean {
  if (after.length === 0) return true;
  if (before.length === 0) return instants.includes(type) && after[0] === 6;
  if (type === "numeric") {
    const [precision = 0, scale = 0] = before;
    const [newPrecision = 0, newScale = 0] = after;
    return newScale >= scale && newPrecision - newScale >= precision - scale;
  }
  return before[0]! <= after[0]!;
}

function narrowed(type: string): "lost" | "fails" {
  return ["bit", "bit varying"].includes(type) ? "fails" : "lost";
}

/** Whether the column's own ALTER changes its type; a type that is replaced under its name takes its columns along. */
export function changesType(from: Column, to: Column, { replaced }: { replaced: ReadonlySet<string> }): boolean {
  if (from.baseType === to.baseType && replaced.has(to.baseType)) return false;
  return from.type !== to.type || from.collation !== to.collation;
}
