/**
 * The queries behind {@link readCatalog}, one a kind of object. Their columns are the fields of `Catalog`; all names are
 * quoted by the server; `oid` and `classid` tell the dependencies whose row it is. What belongs to an extension, and the
 * partitions' copies of their parent's parts, go with these and are not described.
 *
 * Source: the PostgreSQL manual, chapter 53, System Catalogs.
 */

/** Schemas that are described. `$excluded` is replaced by a list of quoted names. */
const ours = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.nspname NOT IN ($excluded)";

const notOfExtension = (classid: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${classid}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;

/** Grants to others than the owner, as JSON; `kind` is what acldefault() calls the kind of object. */
const grants = (acl: string, owner: string, kind = "r") => `coalesce((SELECT json_agg(json_build_object(
    'grantee', CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
    'privilege', g.privilege_type, 'grantable', g.is_grantable) ORDER BY g.grantee, g.privilege_type)
  FROM aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) g WHERE g.grantee <> ${owner}), '[]')`;

const noGrants = "'[]'::json";

const sequenceOptions = `json_build_object('type', format_type(s.seqtypid, NULL), 'start', s.seqstart::text,
  'increment', s.seqincrement::text, 'min', s.seqmin::text, 'max', s.seqmax::text, 'cache', s.seqcache::text,
  'cycle', s.seqcycle)`;

/** Collation of a column, an attribute or a domain, where it is not its type's own. */
const collation = (collation: string, type: string) => `(SELECT CASE nc.nspname WHEN 'pg_catalog' THEN '' ELSE
    quote_ident(nc.nspname) || '.' END || quote_ident(co.collname)
  FROM pg_collation co JOIN pg_namespace nc ON nc.oid = co.collnamespace
  WHERE co.oid = ${collation} AND co.oid <> (SELECT typcollation FROM pg_type WHERE oid = ${type}))`;

export const catalogQueries = {
  schema: `SELECT n.oid::int8, 'pg_namespace'::regclass::int8 AS classid, quote_ident(n.nspname) AS name,
      obj_description(n.oid, 'pg_namespace') AS comment, ${grants("n.nspacl", "n.nspowner", "n")} AS grants
    FROM pg_namespace n WHERE ${ours} AND ${notOfExtension("pg_namespace", "n.oid")}`,

  extension: `SELECT x.oid::int8, 'pg_extension'::regclass::int8 AS classid, quote_ident(x.extname) AS name,
      quote_ident(n.nspname) AS schema, NULL AS comment, ${noGrants} AS grants
    FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace WHERE x.extname <> 'plpgsql'`,

  enum: `SELECT t.oid::int8, 'pg_type'::regclass::int8 AS classid, quote_ident(n.nspname) AS schema,
      quote_ident(t.typname) AS name, obj_description(t.oid, 'pg_type') AS comment,
      ${grants("t.typacl", "t.typowner", "T")} AS grants,
      ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder) AS labels
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'e' AND ${ours} AND ${notOfExtension("pg_type", "t.oid")}`,

  domain: `SELECT t.oid::int8, 'pg_type'::regclass::int8 AS classid, quote_ident(n.nspname) AS schema,
      quote_ident(t.typname) AS name, obj_description(t.oid, 'pg_type') AS comment,
      ${grants("t.typacl", "t.typowner", "T")} AS grants, format_type(t.typbasetype, t.typtypmod) AS base,
      ${collation("t.typcollation", "t.typbasetype")} AS collation, t.typnotnull AS "notNull", t.typdefault AS default,
      coalesce((SELECT json_agg(json_build_object('name', quote_ident(c.conname),
          'definition', pg_get_constraintdef(c.oid, true), 'comment', obj_description(c.oid, 'pg_constraint'))
          ORDER BY c.conname)
        FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'), '[]') AS checks
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype = 'd' AND ${ours} AND ${notOfExtension("pg_type", "t.oid")}`,

  composite: `SELECT t.oid::int8, 'pg_type'::regclass::int8 AS classid, quote_ident(n.nspname) AS schema,
      quote_ident(t.typname) AS name, obj_description(t.oid, 'pg_type') AS comment,
      ${grants("t.typacl", "t.typowner", "T")} AS grants, c.oid::int8 AS relation,
      coalesce((SELECT json_agg(json_build_object('name', quote_ident(a.attname),
          'type', format_type(a.atttypid, a.atttypmod), 'collation', ${collation("a.attcollation", "a.atttypid")},
          'comment', col_description(c.oid, a.attnum)) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS attributes
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid
    WHERE c.relkind = 'c' AND ${ours} AND ${notOfExtension("pg_type", "t.oid")}`,

  range: `SELECT t.oid::int8, 'pg_type'::regclass::int8 AS classid, quote_ident(n.nspname) AS schema,
      quote_ident(t.typname) AS name, obj_description(t.oid, 'pg_type') AS comment,
      ${grants("t.typacl", "t.typowner", "T")} AS grants,
      '(SUBTYPE = ' || format_type(r.rngsubtype, NULL)
        || CASE WHEN oc.opcdefault THEN '' ELSE ', SUBTYPE_OPCLASS = ' || quote_ident(oc.opcname) END
        || CASE WHEN r.rngcollation IN (0, st.typcollation) THEN ''
           ELSE ', COLLATION = ' || r.rngcollation::regcollation::text END
        || CASE WHEN r.rngsubdiff = 0 THEN '' ELSE ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc::text END
        || ', MULTIRANGE_TYPE_NAME = ' || (SELECT quote_ident(m.typname) FROM pg_type m WHERE m.oid = r.rngmultitypid)
        || ')' AS definition
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_range r ON r.rngtypid = t.oid
      JOIN pg_opclass oc ON oc.oid = r.rngsubopc JOIN pg_type st ON st.oid = r.rngsubtype
    WHERE t.typtype = 'r' AND ${ours} AND ${notOfExtension("pg_type", "t.oid")}`,

  sequence: `SELECT c.oid::int8, 'pg_class'::regclass::int8 AS classid, quote_ident(n.nspname) AS schema,
      quote_ident(c.relname) AS name, obj_description(c.oid, 'pg_class') AS comment,
      ${grants("c.relacl", "c.relowner")} AS grants, ${sequenceOptions} AS options,
      c.relpersistence = 'u' AS unlogged,
      (SELECT json_build_object('oid', d.refobjid::int8, 'position', d.refobjsubid) FROM pg_depend d
        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a'
          AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0) AS owner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence s ON s.seqrelid = c.oid
    WHERE ${ours} AND ${notOfExtension("pg_class", "c.oid")}
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.deptype = 'i')`,

  table: `SELECT c.oid::int8, 'pg_class'::regclass::int8 AS classid, c.reltype::int8 AS rowtype,
      quote_ident(n.nspname) AS schema, quote_ident(c.relname) AS name,
      obj_description(c.oid, 'pg_class') AS comment, ${grants("c.relacl", "c.relowner")} AS grants,
      c.relpersistence = 'u' AS unlogged, coalesce(c.reloptions, '{}') || ARRAY(SELECT 'toast.' || o FROM pg_class toast,
        unnest(toast.reloptions) o WHERE toast.oid = c.reltoastrelid) AS options,
      CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey",
      CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS bound,
      ARRAY(SELECT inhparent::int8 FROM pg_inherits WHERE inhrelid = c.oid ORDER BY inhseqno) AS parents,
      CASE c.relreplident WHEN 'd' THEN 'DEFAULT' WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
        ELSE 'USING INDEX ' || (SELECT quote_ident(i.relname) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
          WHERE x.indrelid = c.oid AND x.indisreplident) END AS "replicaIdentity",
      CASE WHEN c.relforcerowsecurity AND c.relrowsecurity THEN 'forced' WHEN c.relforcerowsecurity THEN 'forced off'
        WHEN c.relrowsecurity THEN 'on' ELSE 'off' END AS "rowSecurity"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND ${ours} AND ${notOfExtension("pg_class", "c.oid")}`,

  column: `SELECT c.oid::int8 AS relation, a.attnum AS position, quote_ident(a.attname) AS name,
      col_description(c.oid, a.attnum) AS comment, ${grants("a.attacl", "c.relowner", "c")} AS grants,
      format_type(a.atttypid, a.atttypmod) AS type,
      format_type(CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END, NULL) AS "baseType",
      t.typcategory = 'A' AND t.typelem <> 0 AS "isArray",
      CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN (SELECT e.typtype FROM pg_type e WHERE e.oid = t.typelem)
        ELSE t.typtype END AS typtype,
      ${collation("a.attcollation", "a.atttypid")} AS collation, a.attnotnull AS "notNull",
      pg_get_expr(d.adbin, d.adrelid, true) AS default, a.attgenerated <> '' AS generated,
      CASE a.attstorage WHEN t.typstorage THEN NULL WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
        ELSE 'EXTENDED' END AS storage,
      CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
      nullif(a.attstattarget, -1) AS statistics, coalesce(a.attoptions, '{}') AS options,
      CASE WHEN a.attidentity <> '' THEN (SELECT json_build_object('always', a.attidentity = 'a',
          'sequence', CASE ns.nspname WHEN 'public' THEN '' ELSE quote_ident(ns.nspname) || '.' END
            || quote_ident(sc.relname), 'comment', obj_description(sc.oid, 'pg_class'),
          'grants', ${grants("sc.relacl", "sc.relowner", "s")}, 'options', ${sequenceOptions})
        FROM pg_depend sd JOIN pg_sequence s ON s.seqrelid = sd.objid JOIN pg_class sc ON sc.oid = s.seqrelid
          JOIN pg_namespace ns ON ns.oid = sc.relnamespace
        WHERE sd.refclassid = 'pg_class'::regclass AND sd.refobjid = c.oid AND sd.refobjsubid = a.attnum
          AND sd.classid = 'pg_class'::regclass AND sd.deptype = 'i') END AS identity,
      a.attislocal AS local
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND ${ours}
      AND ${notOfExtension("pg_class", "c.oid")}`,

  constraint: `SELECT k.oid::int8, 'pg_constraint'::regclass::int8 AS classid, k.conrelid::int8 AS relation,
      nullif(k.conindid, 0)::int8 AS index, quote_ident(k.conname) AS name,
      obj_description(k.oid, 'pg_constraint') AS comment, ${noGrants} AS grants,
      CASE WHEN k.contype IN ('p', 'u', 'x') THEN obj_description(k.conindid, 'pg_class') END AS "indexComment",
      CASE WHEN k.contype IN ('p', 'u', 'x') THEN (SELECT reloptions FROM pg_class WHERE oid = k.conindid) END AS "indexOptions",
      CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check'
        ELSE 'exclude' END AS type,
      regexp_replace(pg_get_constraintdef(k.oid, true), ' NOT VALID$', '') AS definition, k.convalidated AS valid,
      coalesce(k.conkey, '{}')::int[] AS "columnPositions",
      k.confrelid::int8 AS foreign, coalesce(k.confkey, '{}')::int[] AS "foreignPositions",
      coalesce(x.indisclustered, false) AS clustered
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_index x ON x.indexrelid = k.conindid AND k.contype IN ('p', 'u', 'x')
    WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0 AND k.conislocal
      AND c.relkind IN ('r', 'p') AND ${ours} AND ${notOfExtension("pg_class", "c.oid")}`,

  index: `SELECT i.oid::int8, 'pg_class'::regclass::int8 AS classid, x.indrelid::int8 AS relation,
      quote_ident(n.nspname) AS schema, quote_ident(i.relname) AS name, obj_description(i.oid, 'pg_class') AS comment,
      ${noGrants} AS grants, x.indisunique AS unique, pg_get_indexdef(i.oid, 0, true) AS definition, x.indisvalid AS valid,
      x.indisclustered AS clustered,
      coalesce((SELECT json_agg(json_build_object('position', a.attnum, 'target', a.attstattarget) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = i.oid AND coalesce(a.attstattarget, -1) >= 0), '[]') AS statistics
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'm') AND ${ours} AND ${notOfExtension("pg_class", "c.oid")}
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))
      AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.oid)`,

  view: `SELECT c.oid::int8, 'pg_class'::regclass::int8 AS classid, c.reltype::int8 AS rowtype,
      quote_ident(n.nspname) AS schema, quote_ident(c.relname) AS name,
      obj_description(c.oid, 'pg_class') AS comment, ${grants("c.relacl", "c.relowner")} AS grants,
      c.relkind = 'm' AS materialized, pg_get_viewdef(c.oid, true) AS definition, coalesce(c.reloptions, '{}') AS options,
      (SELECT json_agg(json_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod),
          'comment', col_description(c.oid, a.attnum), 'default', (SELECT pg_get_expr(d.adbin, d.adrelid, true)
            FROM pg_attrdef d WHERE d.adrelid = c.oid AND d.adnum = a.attnum),
          'statistics', nullif(a.attstattarget, -1), 'grants', ${grants("a.attacl", "c.relowner", "c")}) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND ${ours} AND ${notOfExtension("pg_class", "c.oid")}`,

  routine: `SELECT p.oid::int8, 'pg_proc'::regclass::int8 AS classid, quote_ident(n.nspname) AS schema,
      quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')' AS name,
      obj_description(p.oid, 'pg_proc') AS comment, ${grants("p.proacl", "p.proowner", "f")} AS grants,
      CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS routine, pg_get_functiondef(p.oid) AS definition,
      concat(p.prokind, ' ', pg_get_function_arguments(p.oid), ' -> ', pg_get_function_result(p.oid)) AS signature
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prokind IN ('f', 'p', 'w') AND ${ours}
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid
        AND e.deptype IN ('e', 'i'))`,

  trigger: `SELECT t.oid::int8, 'pg_trigger'::regclass::int8 AS classid, t.tgrelid::int8 AS relation,
      quote_ident(t.tgname) AS name, obj_description(t.oid, 'pg_trigger') AS comment, ${noGrants} AS grants,
      pg_get_triggerdef(t.oid, true) AS definition, t.tgenabled AS enabled
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND ${ours} AND ${notOfExtension("pg_class", "c.oid")}`,

  rule: `SELECT r.oid::int8, 'pg_rewrite'::regclass::int8 AS classid, r.ev_class::int8 AS relation,
      quote_ident(r.rulename) AS name, obj_description(r.oid, 'pg_rewrite') AS comment, ${noGrants} AS grants,
      pg_get_ruledef(r.oid, true) AS definition, r.ev_enabled AS enabled
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE r.rulename <> '_RETURN' AND ${ours} AND ${notOfExtension("pg_class", "c.oid")}`,

  policy: `SELECT p.oid::int8, 'pg_policy'::regclass::int8 AS classid, p.polrelid::int8 AS relation,
      quote_ident(p.polname) AS name, obj_description(p.oid, 'pg_policy') AS comment, ${noGrants} AS grants,
      CASE WHEN p.polpermissive THEN '' ELSE 'AS RESTRICTIVE ' END || 'FOR '
        || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
           ELSE 'ALL' END
        || ' TO ' || (SELECT string_agg(CASE o WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(o)) END, ', '
             ORDER BY pg_get_userbyid(o)) FROM unnest(p.polroles) o)
        || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid, true) || ')', '')
        || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid, true) || ')', '') AS definition,
      'O' AS enabled
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE ${ours} AND ${notOfExtension("pg_class", "c.oid")}`,

  statistics: `SELECT s.oid::int8, 'pg_statistic_ext'::regclass::int8 AS classid, s.stxrelid::int8 AS relation,
      quote_ident(n.nspname) AS schema, quote_ident(s.stxname) AS name,
      obj_description(s.oid, 'pg_statistic_ext') AS comment, ${noGrants} AS grants,
      pg_get_statisticsobjdef(s.oid) AS definition, nullif(s.stxstattarget, -1) AS target
    FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE ${ours}`,

  /** Who needs whom: normal and automatic dependencies, of a column where `position` is not 0. */
  dependency: `SELECT DISTINCT d.classid::int8, d.objid::int8, d.objsubid AS position, d.refclassid::int8,
      d.refobjid::int8, d.refobjsubid AS "refPosition",
      CASE WHEN d.classid = 'pg_attrdef'::regclass THEN (SELECT ad.adrelid::int8 FROM pg_attrdef ad WHERE ad.oid = d.objid) END
        AS "defaultOf",
      CASE WHEN d.classid = 'pg_constraint'::regclass THEN (SELECT nullif(k.contypid, 0)::int8 FROM pg_constraint k
        WHERE k.oid = d.objid) END AS "domainOf",
      CASE WHEN d.classid = 'pg_attrdef'::regclass THEN (SELECT ad.adnum FROM pg_attrdef ad WHERE ad.oid = d.objid) END
        AS "defaultPosition",
      CASE WHEN d.classid = 'pg_rewrite'::regclass THEN (SELECT r.ev_class::int8 FROM pg_rewrite r
        WHERE r.oid = d.objid AND r.rulename = '_RETURN') END AS "viewOf",
      (SELECT e.refobjid::int8 FROM pg_depend e WHERE e.classid = d.refclassid AND e.objid = d.refobjid
        AND e.deptype = 'e' LIMIT 1) AS extension,
      CASE WHEN d.refclassid = 'pg_type'::regclass THEN (SELECT nullif(t.typelem, 0)::int8 FROM pg_type t
        WHERE t.oid = d.refobjid AND t.typcategory = 'A') END AS "elementType"
    FROM pg_depend d WHERE d.deptype IN ('n', 'a') AND d.objid >= 16384 AND d.refobjid >= 16384`,

  cast: `SELECT format_type(castsource, NULL) || ' ' || format_type(casttarget, NULL) AS types,
      CASE castcontext WHEN 'i' THEN 'implicit' WHEN 'a' THEN 'assignment' ELSE 'explicit' END AS context FROM pg_cast`,

  /** What is there and is not read. */
  unread: `SELECT kind || ' ' || name AS name FROM (
      SELECT 'foreign table' AS kind, quote_ident(c.relname) AS name, 'pg_class'::regclass AS classid, c.oid, n.nspname
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'f'
      UNION ALL SELECT 'aggregate', quote_ident(p.proname), 'pg_proc'::regclass, p.oid, n.nspname
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prokind = 'a'
      UNION ALL SELECT 'operator', o.oprname, 'pg_operator'::regclass, o.oid, n.nspname
        FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
      UNION ALL SELECT 'collation', quote_ident(o.collname), 'pg_collation'::regclass, o.oid, n.nspname
        FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace
      UNION ALL SELECT 'text search configuration', quote_ident(o.cfgname), 'pg_ts_config'::regclass, o.oid, n.nspname
        FROM pg_ts_config o JOIN pg_namespace n ON n.oid = o.cfgnamespace
      UNION ALL SELECT DISTINCT 'default or NOT NULL that differs from the inherited one, column',
          quote_ident(c.relname) || '.' || quote_ident(a.attname), 'pg_class'::regclass, c.oid, n.nspname
        FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND NOT a.attislocal
          JOIN pg_attribute p ON p.attrelid = h.inhparent AND p.attname = a.attname AND NOT p.attisdropped
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
          LEFT JOIN pg_attrdef e ON e.adrelid = h.inhparent AND e.adnum = p.attnum
        WHERE c.relkind IN ('r', 'p') AND a.attgenerated = '' AND (pg_get_expr(d.adbin, d.adrelid) IS DISTINCT FROM
            pg_get_expr(e.adbin, e.adrelid) OR a.attnotnull > p.attnotnull AND NOT EXISTS (SELECT FROM pg_constraint k
              WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)))
    ) n WHERE ${ours} AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = n.classid AND e.objid = n.oid
      AND e.deptype = 'e') ORDER BY 1`,
} as const;
