#include "source/sqlite/query.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "source/sqlite/meaning.h"
#include "source/sqlite/names.h"

namespace itemize::source::sqlite {
namespace {

/// Columns are always written with the table's alias: a bare "name" that is no column would be a string to SQLite, not a mistake.
std::string column_name(const std::string& column) { return "t." + quoted(column); }

std::string list_of(const std::vector<std::string>& columns, const char* nothing) {
  std::string list;
  for (const std::string& column : columns) list += (list.empty() ? "" : ", ") + column_name(column);
  return list.empty() ? nothing : list;
}

std::string marks(std::size_t count) {
  std::string text = "?";
  for (std::size_t index = 1; index < count; ++index) text += ", ?";
  return text;
}

int nibble(char byte) { return byte >= '0' && byte <= '9' ? byte - '0' : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1; }

std::optional<std::string> blob_of(const std::string& text) {
  if (!text.starts_with("\\x") || text.size() % 2 != 0) return std::nullopt;
  if (!std::all_of(text.begin() + 2, text.end(), [](char byte) { return nibble(byte) >= 0; })) return std::nullopt;
  std::string bytes;
  for (std::size_t at = 2; at < text.size(); at += 2) bytes += static_cast<char>(nibble(text[at]) << 4 | nibble(text[at + 1]));
  return bytes;
}

KeyValue text_value(const std::string& text) { return {KeyValue::Storage::text, text}; }

std::string declared_type(const row::Table& table, const std::string& column) {
  const auto index = table.column(column);
  return index ? table.columns[*index].type.name : std::string();
}

/// "t.a = .." for one key as rows of alternatives: every combination of what each text may stand for.
std::vector<std::vector<KeyValue>> combinations(const Range& range, const row::Table& table, const std::vector<std::string>& key) {
  std::vector<std::vector<KeyValue>> rows{{}};
  for (std::size_t index = 0; index < range.key_columns.size(); ++index) {
    std::vector<std::vector<KeyValue>> longer;
    for (const KeyValue& value : values_of_text(key[index], declared_type(table, range.key_columns[index])))
      for (const std::vector<KeyValue>& row : rows) {
        longer.push_back(row);
        longer.back().push_back(value);
      }
    rows = std::move(longer);
  }
  return rows;
}

/// Adds WHERE (key columns) IN (..), in as many queries as the limit of parameters asks for.
Result<std::vector<Query>> row_queries(const std::string& select, const Range& range, const row::Table& table, std::size_t most_values) {
  std::vector<Query> queries;
  const std::size_t width = range.key_columns.size();
  if (width == 0) return fail(ErrorCode::invalid_input, "rows are asked for by key, and the range names no key columns");
  const std::string columns = list_of(range.key_columns, "");
  const std::string row_marks = width == 1 ? "?" : "(" + marks(width) + ")";
  std::string tuples;
  std::vector<KeyValue> values;
  const auto finish = [&] {
    if (tuples.empty()) return;
    // One column: a plain list, whose elements take on the column's affinity; several: rows, compared the same way.
    queries.push_back({select + " WHERE " + (width == 1 ? columns + " IN (" + tuples : "(" + columns + ") IN (VALUES " + tuples) + ")",
                       std::move(values)});
    tuples.clear();
    values.clear();
  };
  for (const std::vector<std::string>& key : std::set<std::vector<std::string>>(range.row_keys.begin(), range.row_keys.end())) {
    if (key.size() != width)
      return fail(ErrorCode::invalid_input,
                  "a row's key has " + std::to_string(key.size()) + " values for " + std::to_string(width) + " key columns");
    for (std::vector<KeyValue>& row : combinations(range, table, key)) {
      if (values.size() + width > most_values) finish();
      tuples += (tuples.empty() ? "" : ", ") + row_marks;
      std::ranges::move(row, std::back_inserter(values));
    }
  }
  finish();
  if (queries.empty()) queries.push_back({select + " WHERE false", {}});
  return queries;
}

void add_bound(Query& query, const Range& range, const row::Table& table, const std::vector<std::string>& bound, const char* sign) {
  const std::size_t width = range.key_columns.size();
  query.sql += query.values.empty() ? " WHERE " : " AND ";
  query.sql += "(" + list_of(range.key_columns, "") + ") " + sign + " (" + marks(width) + ")";
  // Any one reading of a bound's text will do: rows are on one side of it or on the other. The finest keeps ranges balanced.
  for (std::size_t index = 0; index < width; ++index)
    query.values.push_back(values_of_text(bound[index], declared_type(table, range.key_columns[index])).back());
}

}  // namespace

std::vector<KeyValue> values_of_text(const std::string& text, std::string_view declared) {
  std::vector<KeyValue> values{text_value(text)};
  if (std::optional<std::string> blob = blob_of(text)) values.push_back({KeyValue::Storage::blob, *std::move(blob)});
  // What apply() makes of a stored value, backwards.
  const Meaning meaning = meaning_of(declared);
  if (meaning == Meaning::boolean && (text == "true" || text == "false")) values.push_back({KeyValue::Storage::integer, {}, text == "true" ? 1 : 0});
  if (meaning == Meaning::timestamp && text.size() > 10 && text[10] == 'T') {
    values.push_back(text_value(text));
    values.back().bytes[10] = ' ';
  }
  const Affinity affinity = affinity_of(declared == "any" ? "" : declared);
  if (affinity == Affinity::text || text.empty()) return values;  // a number that is stored here has become text
  const char* const end = text.data() + text.size();
  std::int64_t integer = 0;
  double real = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, integer); error == std::errc() && at == end)
    values.push_back({KeyValue::Storage::integer, {}, integer});
  else if (const auto [rest, wrong] = std::from_chars(text.data(), end, real); wrong == std::errc() && rest == end)
    values.push_back({KeyValue::Storage::real, {}, 0, real});
  return values;
}

void bind(Statement& statement, const std::vector<KeyValue>& values) {
  int parameter = 0;
  for (const KeyValue& value : values) {
    ++parameter;
    switch (value.storage) {
      case KeyValue::Storage::text:
        statement.bind(parameter, value.bytes);
        break;
      case KeyValue::Storage::blob:
        statement.bind_blob(parameter, value.bytes);
        break;
      case KeyValue::Storage::integer:
        statement.bind(parameter, value.integer);
        break;
      case KeyValue::Storage::real:
        statement.bind(parameter, value.real);
        break;
    }
  }
}

Result<std::vector<Query>> queries_of(const Range& range, const row::Table& table, const std::vector<std::string>& columns,
                                      std::size_t most_values) {
  const std::string select = "SELECT " + list_of(columns, "NULL") + " FROM main." + quoted(table.name) + " AS t";
  if (range.kind == RangeKind::rows) return row_queries(select, range, table, most_values);
  Query query{select, {}};
  if (range.kind == RangeKind::blocks) {
    const std::optional<std::string> rowid = rowid_name(table);
    if (!rowid) return fail(ErrorCode::not_found, "table " + table.name + " has no rowid that can be named", "plan its ranges anew");
    query.sql += " WHERE t." + *rowid + " >= " + std::to_string(range.first_block);
    if (range.end_block) query.sql += " AND t." + *rowid + " < " + std::to_string(*range.end_block);
  }
  if (range.kind == RangeKind::keys) {
    for (const auto& bound : {range.lower, range.upper})
      if (bound && bound->size() != range.key_columns.size())
        return fail(ErrorCode::invalid_input, "a key interval's bound does not fit its key columns");
    if (range.lower) add_bound(query, range, table, *range.lower, ">=");
    if (range.upper) add_bound(query, range, table, *range.upper, "<");
  }
  return std::vector{std::move(query)};
}

}  // namespace itemize::source::sqlite
