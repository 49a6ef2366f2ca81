#include "source/postgres/plan.h"

#include <algorithm>

namespace itemize::source::postgres {
namespace {

/// A leaf: a partition, or the table itself.
struct Leaf {
  std::string qualified;  ///< Quoted; empty for the table itself.
  bool heap = true;
  bool readable = true;  ///< By itself, not only through its parent.
  std::uint64_t blocks = 0;
  std::uint64_t bytes = 0;  ///< With TOAST.
  double rows_per_block = 0;
};

constexpr std::uint64_t most_ranges = 100'000;

/// Leaves as the snapshot sees them. The sizes are today's, which is at least what the snapshot needs.
constexpr std::string_view leaves_query =
    "WITH RECURSIVE tree(oid) AS (SELECT $1::oid UNION ALL SELECT i.inhrelid FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid AND "
    "c.relkind = 'p' "
    "JOIN pg_catalog.pg_inherits i ON i.inhparent = c.oid) "
    "SELECT n.nspname, c.relname, coalesce(m.amname, '') = 'heap' AND c.relkind IN ('r', 'm'), "
    "pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'), "
    "coalesce(pg_catalog.pg_relation_size(c.oid), 0) / pg_catalog.current_setting('block_size')::bigint, "
    "coalesce(pg_catalog.pg_table_size(c.oid), 0), "
    "CASE WHEN c.reltuples >= 0 AND c.relpages > 0 THEN c.reltuples / c.relpages "
    "ELSE pg_catalog.pg_stat_get_live_tuples(c.oid)::float8 / greatest(1, pg_catalog.pg_relation_size(c.oid) / "
    "pg_catalog.current_setting('block_size')::bigint) END "
    "FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN "
    "pg_catalog.pg_am m ON m.oid = c.relam "
    "WHERE c.relkind <> 'p' ORDER BY n.nspname, c.relname";

Result<std::vector<Leaf>> read_leaves(Connection& connection, const Relation& relation) {
  std::vector<Leaf> leaves;
  const Rows rows = TRY(connection.query(std::string(leaves_query), {std::to_string(relation.oid)}, "planning"));
  for (int row = 0; row < rows.count(); ++row) {
    Leaf leaf;
    if (relation.kind == 'p') leaf.qualified = quoted(rows.view(row, 0), rows.view(row, 1));
    leaf.heap = rows.boolean(row, 2);
    leaf.readable = relation.kind != 'p' || rows.boolean(row, 3);
    leaf.blocks = static_cast<std::uint64_t>(rows.integer(row, 4));
    leaf.bytes = static_cast<std::uint64_t>(rows.integer(row, 5));
    leaf.rows_per_block = rows.real(row, 6);
    leaves.push_back(std::move(leaf));
  }
  return leaves;
}

Range range_of(const row::Table& table) {
  Range range;
  range.schema = table.schema;
  range.table = table.name;
  return range;
}

/// A leaf's blocks in pieces of about the target.
void add_blocks(const row::Table& table, const Leaf& leaf, std::uint64_t target_bytes, std::vector<Range>& ranges) {
  const std::uint64_t wanted = std::min(leaf.bytes / std::max<std::uint64_t>(1, target_bytes) + 1, most_ranges);
  const std::uint64_t count = std::clamp<std::uint64_t>(wanted, 1, std::max<std::uint64_t>(1, leaf.blocks));
  for (std::uint64_t index = 0; index < count; ++index) {
    Range range = range_of(table);
    range.partition = leaf.qualified;
    range.kind = RangeKind::blocks;
    range.first_block = static_cast<std::int64_t>(leaf.blocks * index / count);
    const std::uint64_t end = leaf.blocks * (index + 1) / count;
    if (index + 1 < count) range.end_block = static_cast<std::int64_t>(end);
    range.estimated_rows =
        static_cast<std::uint64_t>(leaf.rows_per_block * static_cast<double>(end - static_cast<std::uint64_t>(range.first_block)));
    range.estimated_bytes = leaf.bytes / count;
    ranges.push_back(std::move(range));
  }
}

Range whole_of(const row::Table& table, const std::string& partition) {
  Range range = range_of(table);
  range.partition = partition;
  range.estimated_rows = table.estimated_rows.value_or(0);
  range.estimated_bytes = table.estimated_bytes.value_or(0);
  return range;
}

}  // namespace

Result<std::vector<Range>> plan_relation(Connection& connection, const Relation& relation, const row::Table& table,
                                         std::uint64_t target_bytes) {
  if (relation.kind == 'v' || relation.kind == 'f') return std::vector{whole_of(table, "")};
  const std::vector<Leaf> leaves = TRY(read_leaves(connection, relation));
  std::vector<Range> ranges;
  for (const Leaf& leaf : leaves) {
    if (leaf.heap && connection.version() >= 140000)
      add_blocks(table, leaf, target_bytes, ranges);
    else
      ranges.push_back(whole_of(table, leaf.qualified));
  }
  if (ranges.empty()) ranges.push_back(whole_of(table, ""));  // a partitioned table without partitions
  return ranges;
}

}  // namespace itemize::source::postgres
