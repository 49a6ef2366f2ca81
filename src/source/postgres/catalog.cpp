#include "source/postgres/catalog.h"

#include <algorithm>
#include <map>

#include "source/postgres/equality.h"

namespace itemize::source::postgres {
namespace {

using row::TableKind;

/// Schemas named pg_* are the server's (temporary ones among them), those of TimescaleDB hold the chunks of its tables. Extensions' own
/// tables and views are no user's data.
constexpr std::string_view tables_query =
    "SELECT c.oid, n.nspname, c.relname, c.relkind, pg_catalog.pg_table_is_visible(c.oid), "
    "pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND (pg_catalog.has_table_privilege(c.oid, 'SELECT') OR "
    "pg_catalog.has_any_column_privilege(c.oid, 'SELECT')), "
    "coalesce(pg_catalog.obj_description(c.oid, 'pg_class'), ''), pg_catalog.row_security_active(c.oid) "
    "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname !~ '^(pg_|_timescaledb_)' AND n.nspname <> "
    "'information_schema' "
    "AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND "
    "d.deptype = 'e') "
    "ORDER BY n.nspname, c.relname";

constexpr std::string_view columns_query =
    "SELECT a.attrelid, a.attname, a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated "
    "<> '', "
    "pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT'), coalesce(pg_catalog.col_description(a.attrelid, a.attnum), ''), "
    // Read so that version 11, which has no such column, can do without.
    "coalesce((pg_catalog.to_jsonb(o) ->> 'collisdeterministic')::boolean, true) "
    "FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, "
    "a.attnum";

/// Rows and bytes of each leaf (a table is its own leaf), from what VACUUM and ANALYZE left behind: no lock is taken, no file looked at.
/// A table that neither has seen (reltuples -1; 0 with no pages before version 14) has the counters of its changes.
constexpr std::string_view estimates_query =
    "SELECT c.oid, sum(CASE WHEN l.reltuples >= 0 AND l.relpages > 0 THEN l.reltuples ELSE pg_catalog.pg_stat_get_live_tuples(l.oid) "
    "END)::bigint, "
    "sum((l.relpages::bigint + coalesce(t.relpages, 0)) * pg_catalog.current_setting('block_size')::bigint)::bigint, "
    "bool_and(l.relkind IN ('r', 'm')) "
    "FROM pg_catalog.pg_class c CROSS JOIN LATERAL (SELECT c.oid WHERE c.relkind <> 'p' UNION ALL "
    "SELECT p.relid::oid FROM pg_catalog.pg_partition_tree(CASE WHEN c.relkind = 'p' THEN c.oid END) p WHERE p.isleaf UNION ALL "
    "SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class k ON k.oid = i.inhrelid JOIN pg_catalog.pg_namespace s ON "
    "s.oid = k.relnamespace "
    "WHERE c.relkind = 'r' AND i.inhparent = c.oid AND s.nspname = '_timescaledb_internal') AS leaf(oid) "
    "JOIN pg_catalog.pg_class l ON l.oid = leaf.oid LEFT JOIN pg_catalog.pg_class t ON t.oid = l.reltoastrelid "
    "WHERE c.oid = ANY ($1::oid[]) AND c.relkind IN ('r', 'p', 'm') GROUP BY c.oid";

TableKind kind_of(char relkind) {
  switch (relkind) {
    case 'p':
      return TableKind::partitioned;
    case 'v':
      return TableKind::view;
    case 'm':
      return TableKind::materialized_view;
    case 'f':
      return TableKind::foreign;
    default:
      return TableKind::table;
  }
}

std::map<std::uint32_t, std::size_t> places_of(const std::vector<std::uint32_t>& oids) {
  std::map<std::uint32_t, std::size_t> places;
  for (std::size_t index = 0; index < oids.size(); ++index) places.emplace(oids[index], index);
  return places;
}

Result<void> read_columns(Connection& connection, const std::vector<std::uint32_t>& oids, std::vector<row::Table>& tables) {
  const Rows rows = TRY(connection.query(std::string(columns_query), {oid_list(oids)}, "reading the columns"));
  std::vector<std::uint32_t> type_oids;
  for (int row = 0; row < rows.count(); ++row) type_oids.push_back(static_cast<std::uint32_t>(rows.integer(row, 2)));
  std::ranges::sort(type_oids);
  type_oids.erase(std::ranges::unique(type_oids).begin(), type_oids.end());
  TypeCatalog types;
  TRY(types.load(connection, type_oids));
  const auto places = places_of(oids);
  for (int row = 0; row < rows.count(); ++row) {
    row::Column column;
    column.name = rows.text(row, 1);
    column.type =
        types.resolve(static_cast<std::uint32_t>(rows.integer(row, 2)), static_cast<std::int32_t>(rows.integer(row, 3)), rows.text(row, 4))
            .type;
    column.nullable = !rows.boolean(row, 5);
    column.generated = rows.boolean(row, 6);
    column.readable = rows.boolean(row, 7);
    column.comment = rows.text(row, 8);
    column.equality = equality_of(column.type, rows.boolean(row, 9));
    tables[places.at(static_cast<std::uint32_t>(rows.integer(row, 0)))].columns.push_back(std::move(column));
  }
  return {};
}

Result<void> read_estimates(Connection& connection, const std::vector<std::uint32_t>& oids, std::vector<row::Table>& tables) {
  const Rows rows = TRY(connection.query(std::string(estimates_query), {oid_list(oids)}, "reading the tables' sizes"));
  const auto places = places_of(oids);
  for (int row = 0; row < rows.count(); ++row) {
    if (!rows.boolean(row, 3)) continue;  // a foreign partition: nobody knows
    row::Table& table = tables[places.at(static_cast<std::uint32_t>(rows.integer(row, 0)))];
    table.estimated_rows = static_cast<std::uint64_t>(std::max<std::int64_t>(0, rows.integer(row, 1)));
    table.estimated_bytes = static_cast<std::uint64_t>(rows.integer(row, 2));
  }
  return {};
}

}  // namespace

std::string oid_list(const std::vector<std::uint32_t>& oids) {
  std::string text = "{";
  for (const std::uint32_t oid : oids) text += (text.size() > 1 ? "," : "") + std::to_string(oid);
  return text + "}";
}

Result<row::Catalog> read_catalog(Connection& connection) {
  TRY(connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "reading the catalog"));
  row::Catalog catalog;
  catalog.engine = "PostgreSQL";
  catalog.version = connection.parameter("server_version");
  catalog.database = TRY(connection.query("SELECT pg_catalog.current_database()", "reading the catalog")).text(0, 0);
  const Rows rows = TRY(connection.query(std::string(tables_query), "reading the tables"));
  std::vector<std::uint32_t> oids;
  for (int row = 0; row < rows.count(); ++row) {
    oids.push_back(static_cast<std::uint32_t>(rows.integer(row, 0)));
    row::Table table;
    table.schema = rows.text(row, 1);
    table.name = rows.text(row, 2);
    table.kind = kind_of(rows.text(row, 3).front());
    table.default_schema = rows.boolean(row, 4);
    table.readable = rows.boolean(row, 5);
    if (table.readable && rows.boolean(row, 7)) {
      table.readable = false;
      table.obstacle =
          "row-level security hides rows of it from this user, and a copy must not miss any: use a role with BYPASSRLS, or the table's "
          "owner";
    }
    table.comment = rows.text(row, 6);
    catalog.tables.push_back(std::move(table));
  }
  TRY(read_columns(connection, oids, catalog.tables));
  TRY(read_keys(connection, oids, catalog.tables));
  TRY(read_foreign_keys(connection, oids, catalog.tables));
  TRY(read_estimates(connection, oids, catalog.tables));
  TRY(connection.execute("COMMIT", "reading the catalog"));
  return catalog;
}

}  // namespace itemize::source::postgres
