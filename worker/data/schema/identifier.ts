/** What a name may not be without quotes: pg_get_keywords() of PostgreSQL 17, all but those of category U. */
const keywords = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char
  character check coalesce collate collation column concurrently constraint create cross current_catalog current_date
  current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do
  else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike
  in initially inner inout int integer intersect interval into is isnull join json json_array json_arrayagg json_exists
  json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least left like
  limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset
  on only or order out outer overlaps overlay placing position precision primary real references returning right row
  select session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to
  trailing treat trim true union unique user using values varchar variadic verbose when where window with xmlattributes
  xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
);

/** `name` as a statement writes it, as quote_ident() does: bare where it can be. */
export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !keywords.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** The name that {@link quoteIdentifier} made `quoted` of. */
export function unquoteIdentifier(quoted: string): string {
  return quoted.startsWith('"') ? quoted.slice(1, -1).replaceAll('""', '"') : quoted;
}

/** `text` as a string constant; one with a backslash is read the same whatever standard_conforming_strings says. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes("\\") ? `E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}

/** `name` in `schema`, both quoted already; `public` is where names are looked up. */
export function qualified(schema: string, name: string): string {
  return schema === "public" ? name : `${schema}.${name}`;
}

/** `name` quoted, with its end where it is longer than the 63 bytes that PostgreSQL keeps of it. */
export function shortIdentifier(name: string): string {
  let kept = name;
  while (Buffer.byteLength(kept) > 63) kept = kept.slice(1);
  return quoteIdentifier(kept);
}
