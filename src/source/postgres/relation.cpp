#include "source/postgres/relation.h"

namespace itemize::source::postgres {

Result<Relation> read_relation(Connection& connection, TypeCatalog& types, const std::string& schema, const std::string& name) {
  const std::string what = "looking up " + schema + "." + name;
  const Rows found =
      TRY(connection.query("SELECT c.oid, c.relkind, coalesce(m.amname, ''), EXISTS (SELECT FROM pg_catalog.pg_inherits i JOIN "
                           "pg_catalog.pg_class k ON k.oid = i.inhrelid "
                           "JOIN pg_catalog.pg_namespace s ON s.oid = k.relnamespace WHERE i.inhparent = c.oid AND s.nspname = "
                           "'_timescaledb_internal') FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                           "LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam WHERE n.nspname = $1 AND c.relname = $2",
                           {schema, name}, what));
  if (found.count() == 0)
    return fail(ErrorCode::not_found, "there is no table or view " + schema + "." + name + " (any more)",
                "it was dropped or renamed since the catalog was read: run the command again");
  Relation relation;
  relation.oid = static_cast<std::uint32_t>(found.integer(0, 0));
  relation.kind = found.text(0, 1).front();
  relation.heap = found.view(0, 2) == "heap";
  relation.hypertable = found.boolean(0, 3);
  const Rows columns = TRY(connection.query(
      "SELECT a.attname, a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod) FROM pg_catalog.pg_attribute a "
      "WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
      {std::to_string(relation.oid)}, what));
  std::vector<std::uint32_t> oids;
  for (int row = 0; row < columns.count(); ++row) oids.push_back(static_cast<std::uint32_t>(columns.integer(row, 1)));
  TRY(types.load(connection, oids));
  for (int row = 0; row < columns.count(); ++row) {
    relation.names.push_back(columns.text(row, 0));
    relation.types.push_back(
        types.resolve(oids[static_cast<std::size_t>(row)], static_cast<std::int32_t>(columns.integer(row, 2)), columns.text(row, 3)));
  }
  return relation;
}

std::string select_expression(const std::string& column, const ReadableType& type) {
  switch (type.reading) {
    case Reading::binary:
      return quoted(column);
    case Reading::text:
      return quoted(column) + "::pg_catalog.text";
    case Reading::text_array:
      return quoted(column) + "::pg_catalog.text[]";
    case Reading::well_known_binary:
      return quoted(type.function_schema) + ".st_asbinary(" + quoted(column) + ")";
  }
  return quoted(column);
}

}  // namespace itemize::source::postgres
