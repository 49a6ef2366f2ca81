#include "source/postgres/select.h"

#include <algorithm>
#include <cstdlib>

#include "source/postgres/equality.h"

namespace itemize::source::postgres {
namespace {

std::string row_of(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return parts.size() == 1 ? text : "(" + text + ")";
}

/// Years before 1 and after 9999 are canonically ISO 8601's ("-0043-03-15", "+12345-01-01"), which PostgreSQL takes for time zones.
std::string input_of(const std::string& text, row::TypeKind kind) {
  const bool has_year = kind == row::TypeKind::date || kind == row::TypeKind::timestamp || kind == row::TypeKind::timestamp_tz;
  if (!has_year || text.empty()) return text;
  const std::size_t dash = text.find('-', 1);
  if (text.front() == '+') return text.substr(1);
  if (dash == std::string::npos || (text.front() != '-' && !text.starts_with("0000-"))) return text;
  // Astronomical years have a zero, which is 1 BC.
  const std::string year = std::to_string(1 - std::atol(text.substr(0, dash).c_str()));
  return std::string(year.size() < 4 ? 4 - year.size() : 0, '0') + year + text.substr(dash) + " BC";
}

std::string key_row(const Range& range, const Relation& relation, const std::vector<std::string>& values) {
  std::vector<std::string> literals;
  for (std::size_t index = 0; index < values.size(); ++index) {
    const auto column =
        index < range.key_columns.size() ? std::ranges::find(relation.names, range.key_columns[index]) : relation.names.end();
    const row::TypeKind kind = column == relation.names.end()
                                   ? row::TypeKind::text
                                   : relation.types[static_cast<std::size_t>(column - relation.names.begin())].type.kind;
    literals.push_back(literal(input_of(values[index], kind)));
  }
  return row_of(literals);
}

std::string tid(std::int64_t block) { return "'(" + std::to_string(block) + ",0)'::pg_catalog.tid"; }

}  // namespace

std::string from_clause(const Range& range, const Relation& relation) {
  if (!range.partition.empty()) return " FROM ONLY " + range.partition;
  return (relation.kind == 'p' || relation.hypertable ? " FROM " : " FROM ONLY ") + quoted(range.schema, range.table);
}

std::string where_clause(const Range& range, const Relation& relation) {
  std::string where;
  const auto add = [&where](const std::string& condition) { where += (where.empty() ? " WHERE " : " AND ") + condition; };
  std::vector<std::string> names;
  for (const std::string& column : range.key_columns) names.push_back(quoted(column));
  const std::string key = row_of(names);
  switch (range.kind) {
    case RangeKind::whole:
      break;
    case RangeKind::blocks:
      if (range.first_block > 0) add("ctid >= " + tid(range.first_block));
      if (range.end_block) add("ctid < " + tid(*range.end_block));
      break;
    case RangeKind::keys:
      if (range.lower) add(key + " >= " + key_row(range, relation, *range.lower));
      if (range.upper) add(key + " < " + key_row(range, relation, *range.upper));
      break;
    case RangeKind::rows: {
      std::string list;
      for (const std::vector<std::string>& values : range.row_keys) list += (list.empty() ? "" : ", ") + key_row(range, relation, values);
      add(list.empty() || range.key_columns.empty() ? "false" : key + " IN (" + list + ")");
      break;
    }
  }
  return where;
}

Result<std::string> select_of(const Range& range, const Relation& relation, const std::vector<std::string>& columns,
                              const std::vector<std::string>& key_forms) {
  std::string list;
  for (const std::string& column : columns) {
    const auto found = std::ranges::find(relation.names, column);
    if (found == relation.names.end())
      return fail(ErrorCode::not_found, "the table has no column '" + column + "' (any more)",
                  "it was dropped or renamed since the catalog was read: run the command again");
    list +=
        (list.empty() ? " " : ", ") + select_expression(column, relation.types[static_cast<std::size_t>(found - relation.names.begin())]);
  }
  for (const std::string& column : key_forms) list += (list.empty() ? " " : ", ") + key_form_expression(column);
  return "SELECT" + list + from_clause(range, relation) + where_clause(range, relation);
}

}  // namespace itemize::source::postgres
