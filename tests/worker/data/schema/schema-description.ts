import type pg from "pg";

/**
 * What a dump of the schema would show, as lines: two databases with the same lines have the same schema. It asks the
 * catalogs by itself, and shares nothing with the code that it judges. What PostgreSQL can't change is left out: the order
 * of a table's columns, which stands in lines of their own (`order of ...`), and who owns what; so are
 * the names that PostgreSQL itself gives to a partition's share of an index or a key.
 */
export async function describeSchema(client: pg.ClientBase): Promise<string[]> {
  // Without a search path, every name comes with its schema.
  await client.query("BEGIN; SET LOCAL search_path = ''");
  const { rows } = await client.query<{ line: string }>(text);
  await client.query("COMMIT");
  return rows.map(({ line }) => line).sort();
}

const foreign = (schema: string) => `${schema} ~ '^pg_' OR ${schema} = 'information_schema'`;

const ofExtension = (catalog: string, oid: string) =>
  `EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = '${catalog}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/** Who may do what, in words, whether it was ever granted or is so from the start. */
const access = (acl: string, kind: string, owner: string) =>
  `(SELECT json_agg(a ORDER BY a) FROM (SELECT pg_get_userbyid(x.grantor) || ' lets ' ||
      CASE x.grantee WHEN 0 THEN 'all' ELSE pg_get_userbyid(x.grantee) END || ' ' || x.privilege_type || x.is_grantable AS a
    FROM aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) x) y)`;

const relation = (oid: string) => `(SELECT quote_ident(there.nspname) || '.' || quote_ident(named.relname)
    FROM pg_class named JOIN pg_namespace there ON there.oid = named.relnamespace WHERE named.oid = ${oid})`;

/** One query a kind: `name` says which object, `facts` all about it. */
const queries: Record<string, string> = {
  schema: `SELECT nspname AS name, json_build_array(obj_description(oid, 'pg_namespace'), ${access("nspacl", "n", "nspowner")}) AS facts
    FROM pg_namespace WHERE NOT (${foreign("nspname")})`,

  extension: `SELECT extname AS name, json_build_array(extversion, extnamespace::regnamespace) AS facts FROM pg_extension`,

  type: `SELECT t.oid::regtype::text AS name, json_build_array(t.typtype, t.typnotnull, t.typdefault, t.typcategory,
      CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
      CASE WHEN t.typcollation <> 0 THEN t.typcollation::regcollation END,
      obj_description(t.oid, 'pg_type'), ${access("t.typacl", "T", "t.typowner")},
      (SELECT json_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
      (SELECT json_agg(json_build_array(conname, pg_get_constraintdef(k.oid), convalidated, obj_description(k.oid, 'pg_constraint')) ORDER BY conname)
        FROM pg_constraint k WHERE contypid = t.oid),
      (SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
      (SELECT json_build_array(rngsubtype::regtype, rngmultitypid::regtype, rngcollation, rngsubopc, rngcanonical::regproc,
        rngsubdiff::regproc) FROM pg_range WHERE rngtypid = t.oid)) AS facts
    FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE NOT (${foreign("t.typnamespace::regnamespace::text")}) AND NOT ${ofExtension("pg_type", "t.oid")}
      AND t.typtype IN ('e', 'd', 'r', 'c') AND (c.relkind IS NULL OR c.relkind = 'c')`,

  relation: `SELECT ${relation("c.oid")} AS name, json_build_array(c.relkind, c.relpersistence,
      (SELECT array_agg(o ORDER BY o) FROM unnest(c.reloptions) o),
      (SELECT array_agg(o ORDER BY o) FROM pg_class toast, unnest(toast.reloptions) o WHERE toast.oid = c.reltoastrelid),
      pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), c.relreplident, c.relrowsecurity, c.relforcerowsecurity,
      (SELECT amname FROM pg_am WHERE oid = c.relam), (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace),
      c.reloftype::regtype, obj_description(c.oid, 'pg_class'), ${access("c.relacl", "r", "c.relowner")},
      (SELECT json_agg(${relation("i.inhparent")} ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid),
      CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END) AS facts
    FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'c', 'f') AND NOT (${foreign("c.relnamespace::regnamespace::text")})
      AND NOT ${ofExtension("pg_class", "c.oid")}`,

  "order of": `SELECT ${relation("c.oid")} AS name, json_build_array((SELECT json_agg(attname ORDER BY attnum) FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)) AS facts
    FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT (${foreign("c.relnamespace::regnamespace::text")})
      AND NOT ${ofExtension("pg_class", "c.oid")}`,

  column: `SELECT ${relation("c.oid")} || '.' || quote_ident(a.attname) AS name, json_build_array(
      format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
      CASE WHEN a.attcollation <> 0 THEN a.attcollation::regcollation END, a.attstorage, a.attcompression,
      coalesce(a.attstattarget, -1), a.attoptions, a.attislocal, a.attinhcount,
      col_description(c.oid, a.attnum), (SELECT array_agg(g::text ORDER BY g::text) FROM unnest(a.attacl) g)) AS facts
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'c', 'f') AND a.attnum > 0 AND NOT a.attisdropped
      AND NOT (${foreign("c.relnamespace::regnamespace::text")}) AND NOT ${ofExtension("pg_class", "c.oid")}`,

  constraint: `SELECT ${relation("k.conrelid")} || CASE k.conparentid WHEN 0 THEN '.' || quote_ident(k.conname)
        ELSE ' under ' || (SELECT quote_ident(parent.conname) FROM pg_constraint parent WHERE parent.oid = k.conparentid) END AS name,
      json_build_array(k.contype, pg_get_constraintdef(k.oid), k.convalidated, k.condeferrable, k.condeferred, k.connoinherit,
      k.conislocal, k.coninhcount, obj_description(k.oid, 'pg_constraint')) AS facts
    FROM pg_constraint k WHERE k.conrelid <> 0 AND k.contype <> 'n' AND NOT (${foreign("k.connamespace::regnamespace::text")})
      AND NOT ${ofExtension("pg_class", "k.conrelid")}`,

  index: `SELECT CASE WHEN h.inhparent IS NULL THEN ${relation("i.oid")}
        ELSE ${relation("x.indrelid")} || ' under ' || ${relation("h.inhparent")} END AS name,
      json_build_array(CASE WHEN h.inhparent IS NULL THEN pg_get_indexdef(i.oid)
        ELSE regexp_replace(pg_get_indexdef(i.oid), '^.*? ON ', '') END, x.indisunique, x.indisprimary,
      x.indisexclusion, x.indimmediate, x.indisclustered, x.indisvalid, x.indisreplident, i.reloptions,
      (SELECT json_agg(json_build_array(attnum, attstattarget) ORDER BY attnum) FROM pg_attribute
        WHERE attrelid = i.oid AND coalesce(attstattarget, -1) >= 0), obj_description(i.oid, 'pg_class')) AS facts
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid LEFT JOIN pg_inherits h ON h.inhrelid = i.oid
    WHERE NOT (${foreign("i.relnamespace::regnamespace::text")}) AND NOT ${ofExtension("pg_class", "x.indrelid")}`,

  sequence: `SELECT ${relation("c.oid")} AS name, json_build_array(s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax,
      s.seqcache, s.seqcycle, c.relpersistence, obj_description(c.oid, 'pg_class'), ${access("c.relacl", "s", "c.relowner")},
      (SELECT json_agg(json_build_array(d.deptype, ${relation("d.refobjid")}, (SELECT attname FROM pg_attribute
          WHERE attrelid = d.refobjid AND attnum = d.refobjsubid)))
        FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
          AND d.deptype IN ('a', 'i'))) AS facts
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid WHERE NOT (${foreign("c.relnamespace::regnamespace::text")})
      AND NOT ${ofExtension("pg_class", "c.oid")}`,

  routine: `SELECT p.oid::regprocedure::text AS name, json_build_array(p.prokind,
      CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, obj_description(p.oid, 'pg_proc'),
      ${access("p.proacl", "f", "p.proowner")}) AS facts
    FROM pg_proc p WHERE NOT (${foreign("p.pronamespace::regnamespace::text")}) AND NOT ${ofExtension("pg_proc", "p.oid")}`,

  trigger: `SELECT ${relation("t.tgrelid")} || '.' || quote_ident(t.tgname) AS name, json_build_array(pg_get_triggerdef(t.oid),
      t.tgenabled, t.tgparentid <> 0, obj_description(t.oid, 'pg_trigger')) AS facts
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND NOT (${foreign("c.relnamespace::regnamespace::text")})`,

  rule: `SELECT ${relation("r.ev_class")} || '.' || quote_ident(r.rulename) AS name, json_build_array(pg_get_ruledef(r.oid),
      r.ev_enabled, obj_description(r.oid, 'pg_rewrite')) AS facts
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
    WHERE r.rulename <> '_RETURN' AND NOT (${foreign("c.relnamespace::regnamespace::text")})`,

  policy: `SELECT ${relation("p.polrelid")} || '.' || quote_ident(p.polname) AS name, json_build_array(p.polpermissive, p.polcmd,
      (SELECT json_agg(CASE o WHEN 0 THEN 'public' ELSE pg_get_userbyid(o) END ORDER BY o) FROM unnest(p.polroles) o),
      pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), obj_description(p.oid, 'pg_policy')) AS facts
    FROM pg_policy p`,

  statistics: `SELECT quote_ident(s.stxname) AS name, json_build_array(s.stxnamespace::regnamespace, (SELECT array_agg(word ORDER BY word) FROM regexp_split_to_table(pg_get_statisticsobjdef(s.oid), '[, ]+') word),
      coalesce(s.stxstattarget, -1), obj_description(s.oid, 'pg_statistic_ext')) AS facts FROM pg_statistic_ext s`,
};

const text = Object.entries(queries)
  .map(([kind, query]) => `SELECT '${kind} ' || name || ': ' || facts AS line FROM (${query}) a`)
  .join("\nUNION ALL\n");

/** What only one of the two has: `has` the first, `wants` the second. */
export function differences(has: readonly string[], wants: readonly string[]): string[] {
  const [left, right] = [new Set(has), new Set(wants)];
  return [
    ...has.filter((line) => !right.has(line)).map((line) => `has   ${line}`),
    ...wants.filter((line) => !left.has(line)).map((line) => `wants ${line}`),
  ];
}
