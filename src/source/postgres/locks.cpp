#include "source/postgres/locks.h"

namespace itemize::source::postgres {
namespace {

/// What the relation reads from, as the snapshot sees it: partitions of partitioned tables, chunks of hypertables ($2), and the relations
/// behind views, with what inherits from them.
/// Counted: those whose file is another one now (pg_relation_filenode looks past the snapshot; NULL: gone).
constexpr std::string_view changed_query =
    "WITH RECURSIVE behind(oid) AS (SELECT $1::oid UNION SELECT next.oid FROM behind JOIN pg_catalog.pg_class c ON c.oid = behind.oid "
    "CROSS JOIN LATERAL ("
    "SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid AND (c.relkind = 'p' OR c.oid <> $1::oid OR $2::bool) "
    "UNION ALL SELECT d.refobjid FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass "
    "AND d.objid = r.oid "
    "AND d.refclassid = 'pg_catalog.pg_class'::regclass WHERE r.ev_class = c.oid AND c.relkind = 'v') AS next(oid)) "
    "SELECT c.oid::regclass::text FROM behind JOIN pg_catalog.pg_class c ON c.oid = behind.oid "
    "WHERE c.relkind IN ('r', 'm') AND c.relfilenode <> coalesce(pg_catalog.pg_relation_filenode(c.oid), 0) LIMIT 1";

/// Partitions that the snapshot knows and that are not there any more (detached: pg_partition_tree looks past the snapshot).
constexpr std::string_view detached_query =
    "WITH RECURSIVE mine(oid) AS (SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = $1::oid "
    "UNION ALL SELECT i.inhrelid FROM mine JOIN pg_catalog.pg_inherits i ON i.inhparent = mine.oid) "
    "SELECT mine.oid::regclass::text FROM mine WHERE mine.oid NOT IN (SELECT p.relid::oid FROM pg_catalog.pg_partition_tree($1::oid) p) "
    "LIMIT 1";

std::unexpected<Error> changed(const std::string& display, const std::string& which, const std::string& how) {
  const std::string part = which == display ? "it" : which;
  return fail(ErrorCode::conflict,
              "the table " + display + " cannot be read at the snapshot: " + part + " was " + how + " after it was taken",
              "run the command again: the new snapshot will hold it");
}

}  // namespace

Result<void> lock_relation(Connection& connection, const Relation& relation, const std::string& schema, const std::string& name) {
  const std::string display = schema + "." + name;
  const std::string what = "locking " + display + " against DROP and TRUNCATE";
  const std::string qualified = quoted(schema, name);
  // Before version 13 LOCK asks for privileges on each partition, which reading through the parent does not need.
  const bool with_children = relation.kind == 'p' || relation.hypertable;
  const bool lockable = with_children ? connection.version() >= 130000 : relation.kind == 'r' || relation.kind == 'v';
  bool locked = false;
  if (lockable) {
    const Rows allowed =
        TRY(connection.query("SELECT pg_catalog.has_table_privilege($1::oid, 'SELECT')", {std::to_string(relation.oid)}, what));
    if (allowed.count() == 1 && allowed.boolean(0, 0)) {
      TRY(connection.execute(
          "LOCK TABLE " + std::string(relation.kind == 'r' && !relation.hypertable ? "ONLY " : "") + qualified + " IN ACCESS SHARE MODE",
          what));
      locked = true;
    }
  }
  // Materialised views and foreign tables cannot be named by LOCK, nor can a table of which single columns are granted. To plan a query
  // on it locks it as well.
  if (!locked)
    TRY(connection.query("SELECT FROM " + std::string(relation.kind == 'p' || relation.hypertable ? "" : "ONLY ") + qualified + " LIMIT 0",
                         what));
  const std::string oid = std::to_string(relation.oid);
  if (const Rows rows = TRY(connection.query(std::string(changed_query), {oid, relation.hypertable ? "true" : "false"}, what));
      rows.count() > 0)
    return changed(display, rows.text(0, 0), "truncated, rewritten or dropped");
  if (relation.kind == 'p')
    if (const Rows rows = TRY(connection.query(std::string(detached_query), {oid}, what)); rows.count() > 0)
      return changed(display, rows.text(0, 0), "detached");
  return {};
}

}  // namespace itemize::source::postgres
