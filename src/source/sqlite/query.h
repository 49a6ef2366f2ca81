// A Range as SQLite's SQL.
#pragma once

#include <string>
#include <vector>

#include "row/catalog.h"
#include "source/range.h"
#include "source/sqlite/connection.h"

namespace itemize::source::sqlite {

/// One key value, as it is bound: a key's text form may stand for values of several storage classes.
struct KeyValue {
  enum class Storage { text, blob, integer, real };
  Storage storage = Storage::text;
  std::string bytes;  ///< Text or blob.
  std::int64_t integer = 0;
  double real = 0;
};

struct Query {
  std::string sql;
  std::vector<KeyValue> values;
};

/// The statements that together read the range: one, or for very many row keys several, each within `most_values` parameters.
/// Errors: not_found where the range's rowid cannot be named (the table has changed since the range was made).
Result<std::vector<Query>> queries_of(const Range& range, const row::Table& table, const std::vector<std::string>& columns,
                                      std::size_t most_values);

/// Everything that a value with this canonical text can be in a column declared so: the text itself; a blob for `\x` and
/// hexadecimal; a number where the column's affinity would not turn the text into one.
std::vector<KeyValue> values_of_text(const std::string& text, std::string_view declared);

/// Binds the query's values in order.
void bind(Statement& statement, const std::vector<KeyValue>& values);

}  // namespace itemize::source::sqlite
