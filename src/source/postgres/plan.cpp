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
/// The server may prefer a scan of the whole table for each interval of a key; then more of them only cost more.
constexpr std::uint64_t most_key_ranges = 64;

/// Leaves as the snapshot sees them. The sizes are today's, which is at least what the snapshot needs.
constexpr std::string_view leaves_query =
    "WITH RECURSIVE tree(oid) AS (SELECT $1::oid UNION ALL SELECT i.inhrelid FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid AND "
    "c.relkind = 'p' "
    "JOIN pg_catalog.pg_inherits i ON i.inhparent = c.oid) "
    "SELECT n.nspname, c.relname, coalesce(m.amname, '') = 'heap' AND c.relkind IN ('r', 'm'), "
    "pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT "
    "pg_catalog.row_security_active(c.oid), "
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

std::uint64_t pieces(std::uint64_t bytes, std::uint64_t target_bytes) {
  return std::min(bytes / std::max<std::uint64_t>(1, target_bytes) + 1, most_ranges);
}

std::uint64_t rows_of(const Leaf& leaf) { return static_cast<std::uint64_t>(leaf.rows_per_block * static_cast<double>(leaf.blocks)); }

Range whole_leaf(const row::Table& table, const Leaf& leaf) {
  Range range = range_of(table);
  range.partition = leaf.qualified;
  range.estimated_rows = rows_of(leaf);
  range.estimated_bytes = leaf.bytes;
  return range;
}

/// A leaf's blocks in pieces of about the target.
void add_blocks(const row::Table& table, const Leaf& leaf, std::uint64_t target_bytes, std::vector<Range>& ranges) {
  const std::uint64_t count = std::clamp<std::uint64_t>(pieces(leaf.bytes, target_bytes), 1, std::max<std::uint64_t>(1, leaf.blocks));
  for (std::uint64_t index = 0; index < count; ++index) {
    Range range = whole_leaf(table, leaf);
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

/// The primary key's columns, where this user may read them all; else nothing.
std::vector<std::string> splitting_key(const row::Table& table) {
  std::vector<std::string> names;
  const row::UniqueKey* const key = table.row_identity();
  if (key == nullptr) return names;
  for (const std::size_t column : key->columns) {
    if (!table.columns[column].readable) return {};
    names.push_back(table.columns[column].name);
  }
  return names;
}

/// The SELECT that gives the inner bounds of `count` intervals: every so many rows of a sample of the table's pages, in the key's order.
/// A hundred rows an interval are enough to make them about equal. (Ordered by place_: the key's names would mean the texts there.)
std::string bounds_query(const std::string& from, const std::vector<std::string>& key, std::uint64_t count, std::uint64_t rows) {
  std::string names;
  std::string texts;
  for (const std::string& column : key) {
    names += (names.empty() ? "" : ", ") + quoted(column);
    texts += (texts.empty() ? "" : ", ") + quoted(column) + "::pg_catalog.text";
  }
  const double percent =
      std::clamp(100.0 * 100.0 * static_cast<double>(count) / static_cast<double>(std::max<std::uint64_t>(rows, 1)), 0.01, 100.0);
  return "SELECT " + texts + " FROM (SELECT " + names + ", row_number() OVER (ORDER BY " + names +
         ") AS place_, count(*) OVER () AS places_" + from + " TABLESAMPLE SYSTEM (" + std::to_string(percent) +
         ")) AS sample_ WHERE place_ * " + std::to_string(count) + " / places_ > (place_ - 1) * " + std::to_string(count) +
         " / places_ ORDER BY place_";
}

/// Intervals of the key, from no lower end to no upper one.
Result<void> add_keys(Connection& connection, const row::Table& table, const Leaf& leaf, std::uint64_t target_bytes,
                      std::vector<Range>& ranges) {
  const std::vector<std::string> key = splitting_key(table);
  const std::uint64_t count = std::min(pieces(leaf.bytes, target_bytes), most_key_ranges);
  Range range = whole_leaf(table, leaf);
  if (key.empty() || count < 2 || !leaf.heap) {
    ranges.push_back(std::move(range));
    return {};
  }
  const std::string from = " FROM ONLY " + (leaf.qualified.empty() ? quoted(table.schema, table.name) : leaf.qualified);
  const Rows rows = TRY(connection.query(bounds_query(from, key, count, rows_of(leaf)), "planning"));
  range.kind = RangeKind::keys;
  range.key_columns = key;
  range.estimated_rows /= static_cast<std::uint64_t>(rows.count()) + 1;
  range.estimated_bytes /= static_cast<std::uint64_t>(rows.count()) + 1;
  for (int row = 0; row < rows.count(); ++row) {
    std::vector<std::string> bound;
    for (std::size_t column = 0; column < key.size(); ++column) bound.push_back(rows.text(row, static_cast<int>(column)));
    range.upper = bound;
    ranges.push_back(range);
    range.lower = std::move(bound);
  }
  range.upper.reset();
  ranges.push_back(std::move(range));
  return {};
}

/// A partitioned table whose partitions may not be named: blocks of all of them at once, through the parent.
Leaf through_parent(const std::vector<Leaf>& leaves) {
  Leaf all;
  double rows = 0;
  for (const Leaf& leaf : leaves) {
    all.heap = all.heap && leaf.heap;
    all.blocks = std::max(all.blocks, leaf.blocks);
    all.bytes += leaf.bytes;
    rows += leaf.rows_per_block * static_cast<double>(leaf.blocks);
  }
  all.rows_per_block = rows / static_cast<double>(std::max<std::uint64_t>(1, all.blocks));
  return all;
}

}  // namespace

Result<std::vector<Range>> plan_relation(Connection& connection, const Relation& relation, const row::Table& table,
                                         std::uint64_t target_bytes, SplitBy split) {
  std::vector<Range> ranges;
  if (relation.kind == 'v' || relation.kind == 'f' || relation.hypertable) {
    ranges.push_back(range_of(table));
    ranges.back().estimated_rows = table.estimated_rows.value_or(0);
    ranges.back().estimated_bytes = table.estimated_bytes.value_or(0);
    return ranges;
  }
  std::vector<Leaf> leaves = TRY(read_leaves(connection, relation));
  const bool named = std::ranges::all_of(leaves, &Leaf::readable);
  if (!named || leaves.empty()) leaves = {through_parent(leaves)};
  for (const Leaf& leaf : leaves) {
    if (split == SplitBy::blocks && leaf.heap)
      add_blocks(table, leaf, target_bytes, ranges);
    else if (named)
      TRY(add_keys(connection, table, leaf, target_bytes, ranges));
    else
      ranges.push_back(whole_leaf(table, leaf));
  }
  return ranges;
}

}  // namespace itemize::source::postgres
