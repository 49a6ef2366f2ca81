// Primary, unique and foreign keys.
#include <map>

#include "source/postgres/catalog.h"

namespace itemize::source::postgres {
namespace {

/// One row for each column of a key, in the key's order. An index identifies rows only if it is complete: valid, over all rows,
/// over plain columns. Uniqueness is not bytewise under a nondeterministic collation, nor for citext.
constexpr std::string_view keys_query =
    "SELECT i.indrelid, i.indexrelid, x.relname, i.indisprimary, a.attname, "
    "coalesce(o.collisdeterministic, true) AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = "
    "d.refobjid "
    "WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = a.atttypid AND d.deptype = 'e' AND e.extname = 'citext') "
    "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid "
    "CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1) AS k(place) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.place] "
    "LEFT JOIN pg_catalog.pg_collation o ON o.oid = i.indcollation[k.place] "
    "WHERE i.indrelid = ANY ($1::oid[]) AND i.indisunique AND NOT i.indisexclusion AND i.indisvalid AND i.indislive AND i.indpred IS NULL "
    "AND i.indexprs IS NULL "
    "ORDER BY i.indrelid, i.indisprimary DESC, x.relname, i.indexrelid, k.place";

/// conparentid: what the server keeps for each partition of a parent is not another foreign key.
constexpr std::string_view foreign_keys_query =
    "SELECT f.conrelid, f.oid, f.conname, n.nspname, p.relname, a.attname, b.attname "
    "FROM pg_catalog.pg_constraint f JOIN pg_catalog.pg_class p ON p.oid = f.confrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
    "p.relnamespace "
    "CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k(child, parent, place) "
    "JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.child "
    "JOIN pg_catalog.pg_attribute b ON b.attrelid = f.confrelid AND b.attnum = k.parent "
    "WHERE f.contype = 'f' AND f.conparentid = 0 AND f.conrelid = ANY ($1::oid[]) ORDER BY f.conrelid, f.conname, f.oid, k.place";

/// Finds tables by the OID that a row names.
class TablesByOid {
 public:
  TablesByOid(const std::vector<std::uint32_t>& oids, std::vector<row::Table>& tables) : tables_(tables) {
    for (std::size_t index = 0; index < oids.size(); ++index) places_.emplace(oids[index], index);
  }
  row::Table& operator[](std::int64_t oid) const { return tables_[places_.at(static_cast<std::uint32_t>(oid))]; }

 private:
  std::vector<row::Table>& tables_;
  std::map<std::uint32_t, std::size_t> places_;
};

}  // namespace

Result<void> read_keys(Connection& connection, const std::vector<std::uint32_t>& oids, std::vector<row::Table>& tables) {
  const Rows rows = TRY(connection.query(std::string(keys_query), {oid_list(oids)}, "reading the keys"));
  const TablesByOid by_oid(oids, tables);
  std::string index;
  for (int row = 0; row < rows.count(); ++row) {
    row::Table& table = by_oid[rows.integer(row, 0)];
    if (rows.view(row, 1) != index) {
      index = rows.text(row, 1);
      table.unique_keys.push_back({rows.text(row, 2), {}, rows.boolean(row, 3), true});
    }
    row::UniqueKey& key = table.unique_keys.back();
    if (const auto column = table.column(rows.view(row, 4))) key.columns.push_back(*column);
    key.bytewise = key.bytewise && rows.boolean(row, 5);
  }
  return {};
}

Result<void> read_foreign_keys(Connection& connection, const std::vector<std::uint32_t>& oids, std::vector<row::Table>& tables) {
  const Rows rows = TRY(connection.query(std::string(foreign_keys_query), {oid_list(oids)}, "reading the foreign keys"));
  const TablesByOid by_oid(oids, tables);
  std::string constraint;
  for (int row = 0; row < rows.count(); ++row) {
    row::Table& table = by_oid[rows.integer(row, 0)];
    if (rows.view(row, 1) != constraint) {
      constraint = rows.text(row, 1);
      table.foreign_keys.push_back({rows.text(row, 2), {}, rows.text(row, 3), rows.text(row, 4), {}});
    }
    table.foreign_keys.back().columns.push_back(rows.text(row, 5));
    table.foreign_keys.back().parent_columns.push_back(rows.text(row, 6));
  }
  return {};
}

}  // namespace itemize::source::postgres
