#include "source/postgres/select.h"

#include <algorithm>

namespace itemize::source::postgres {
namespace {

std::string row_of(const std::vector<std::string>& parts, std::string (*each)(std::string_view)) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + each(part);
  return parts.size() == 1 ? text : "(" + text + ")";
}

std::string quoted_name(std::string_view name) { return quoted(name); }

std::string tid(std::int64_t block) { return "'(" + std::to_string(block) + ",0)'::pg_catalog.tid"; }

}  // namespace

std::string from_clause(const Range& range, const Relation& relation) {
  if (!range.partition.empty()) return " FROM ONLY " + range.partition;
  return (relation.kind == 'p' ? " FROM " : " FROM ONLY ") + quoted(range.schema, range.table);
}

std::string where_clause(const Range& range) {
  std::string where;
  const auto add = [&where](const std::string& condition) { where += (where.empty() ? " WHERE " : " AND ") + condition; };
  const std::string key = row_of(range.key_columns, quoted_name);
  switch (range.kind) {
    case RangeKind::whole:
      break;
    case RangeKind::blocks:
      if (range.first_block > 0) add("ctid >= " + tid(range.first_block));
      if (range.end_block) add("ctid < " + tid(*range.end_block));
      break;
    case RangeKind::keys:
      if (range.lower) add(key + " >= " + row_of(*range.lower, literal));
      if (range.upper) add(key + " < " + row_of(*range.upper, literal));
      break;
    case RangeKind::rows: {
      std::string list;
      for (const std::vector<std::string>& values : range.row_keys) list += (list.empty() ? "" : ", ") + row_of(values, literal);
      add(list.empty() || range.key_columns.empty() ? "false" : key + " IN (" + list + ")");
      break;
    }
  }
  return where;
}

Result<std::string> select_of(const Range& range, const Relation& relation, const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) {
    const auto found = std::ranges::find(relation.names, column);
    if (found == relation.names.end())
      return fail(ErrorCode::not_found, "the table has no column '" + column + "' (any more)",
                  "it was dropped or renamed since the catalog was read: run the command again");
    list +=
        (list.empty() ? " " : ", ") + select_expression(column, relation.types[static_cast<std::size_t>(found - relation.names.begin())]);
  }
  return "SELECT" + list + from_clause(range, relation) + where_clause(range);
}

}  // namespace itemize::source::postgres
