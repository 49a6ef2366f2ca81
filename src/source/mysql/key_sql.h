// Keys and ranges as SQL: literals that compare as the column does, and the WHERE clause of a Range.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "row/catalog.h"
#include "source/range.h"

namespace itemize::source::mysql {

/// `text` (row::append_text's form, or the server's own) as a literal to compare a column of this type with.
/// Errors: invalid_input where it is no value of the type.
Result<std::string> key_literal(const row::Type& type, const std::string& text);

/// An expression that gives a column's value in a text form that key_literal reads back exactly, in the text protocol.
std::string key_expression(const row::Column& column);

/// Columns of a key, and for each row value the comparison that the range optimiser understands (it does not see through (a, b) >= (1, 2)).
class KeyComparison {
 public:
  /// Errors: a column that the table does not have.
  static Result<KeyComparison> of(const row::Table& table, const std::vector<std::string>& columns);

  /// key >= values; `strictly`: key > values. Fewer values than columns compare the leading ones.
  Result<std::string> at_least(const std::vector<std::string>& values, bool strictly = false) const;
  /// key < values; `or_equal`: key <= values.
  Result<std::string> below(const std::vector<std::string>& values, bool or_equal = false) const;
  /// key = one of these.
  Result<std::string> one_of(const std::vector<std::vector<std::string>>& rows) const;

  const std::vector<row::Column>& columns() const { return columns_; }

 private:
  Result<std::string> chain(const std::vector<std::string>& values, std::string_view sign, bool or_equal) const;
  std::vector<row::Column> columns_;
};

/// "schema.table" in back ticks.
std::string table_name(const row::Table& table);
/// "" or " WHERE ..." for the range.
Result<std::string> where_of(const Range& range, const row::Table& table);

/// The SELECT list entry of the key form of a text column: the weights by which its collation compares, without those of spaces at the
/// end where it ignores them.
std::string key_form_expression(const row::Column& column);

}  // namespace itemize::source::mysql
