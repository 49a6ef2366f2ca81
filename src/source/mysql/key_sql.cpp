#include "source/mysql/key_sql.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "source/mysql/connection.h"

namespace itemize::source::mysql {
namespace {

using row::Type;
using row::TypeKind;

std::unexpected<Error> not_a_key(const std::string& text, const Type& type) {
  return fail(ErrorCode::invalid_input, "'" + text.substr(0, 200) + "' is no value of a column of type " + type.name);
}

/// [-]digits[.digits], and an exponent where `exponent`.
bool is_number(std::string_view text, bool exponent) {
  const std::size_t end = std::min(text.find_first_of("eE"), text.size());
  const std::string_view power = text.substr(end);
  text = text.substr(text.starts_with('-') ? 1 : 0, end - (text.starts_with('-') ? 1 : 0));
  const bool mantissa =
      !text.empty() && text.find_first_not_of("0123456789.") == text.npos && std::ranges::count(text, '.') <= 1 && text != ".";
  if (power.empty()) return mantissa;
  const std::string_view digits = power.substr(power.size() > 1 && (power[1] == '-' || power[1] == '+') ? 2 : 1);
  return mantissa && exponent && !digits.empty() && digits.find_first_not_of("0123456789") == digits.npos;
}

Result<std::string> real_literal(const Type& type, const std::string& text) {
  if (!is_number(text, true)) return not_a_key(text, type);
  double value = std::strtod(text.c_str(), nullptr);
  // A FLOAT is compared as the double that it widens to; "0.1" stands for the FLOAT nearest to it.
  if (type.kind == TypeKind::float32) value = static_cast<double>(static_cast<float>(value));
  char digits[48];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::scientific).ptr;
  return std::string(digits, end);
}

Result<std::string> bytes_literal(const Type& type, const std::string& text) {
  const bool hex =
      text.starts_with("\\x") && text.size() % 2 == 0 && text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos;
  if (!hex) return not_a_key(text, type);
  return "x'" + text.substr(2) + "'";
}

/// As a number: older servers compare b'...' with a BIT of 64 digits as if both were signed.
Result<std::string> bits_literal(const Type& type, const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 2);
  if (error != std::errc() || end != text.data() + text.size()) return not_a_key(text, type);
  return std::to_string(value);
}

/// "2024-01-01T00:00:00.000000Z" as the server writes it.
std::string time_literal(std::string text) {
  if (text.ends_with('Z')) text.pop_back();
  if (text.size() > 10 && text[10] == 'T') text[10] = ' ';
  return literal(text);
}

/// {a,"c d"}, as sets are written, in the server's own form: a,c d.
std::string set_literal(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return literal(text);
  std::string members;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    if (text[at] == '"') continue;
    if (text[at] == '\\' && at + 2 < text.size()) ++at;
    members += text[at];
  }
  return literal(members);
}

}  // namespace

Result<std::string> key_literal(const Type& type, const std::string& text) {
  switch (type.kind) {
    case TypeKind::integer:
    case TypeKind::decimal:
      if (!is_number(text, false)) return not_a_key(text, type);
      return text;
    case TypeKind::float32:
    case TypeKind::float64:
      return real_literal(type, text);
    case TypeKind::bytes:
    case TypeKind::geometry:
      return bytes_literal(type, text);
    case TypeKind::bits:
      return bits_literal(type, text);
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_tz:
      return time_literal(text);
    case TypeKind::set:
      return set_literal(text);
    default:
      return literal(text);
  }
}

std::string key_expression(const row::Column& column) {
  const std::string name = quoted(column.name);
  switch (column.type.kind) {
    case TypeKind::float32:
      return name + " + 0e0";
    case TypeKind::bytes:
    case TypeKind::geometry:
      return "CONCAT('\\\\x', HEX(" + name + "))";
    case TypeKind::bits:
      return "BIN(" + name + " + 0)";
    default:
      return name;
  }
}

Result<KeyComparison> KeyComparison::of(const row::Table& table, const std::vector<std::string>& columns) {
  KeyComparison comparison;
  for (const std::string& name : columns) {
    const std::optional<std::size_t> index = table.column(name);
    if (!index) return fail(ErrorCode::not_found, "table " + table.display_name() + " has no column '" + name + "'");
    comparison.columns_.push_back(table.columns[*index]);
  }
  return comparison;
}

/// (a > 1) OR (a = 1 AND b > 2) OR (a = 1 AND b = 2 AND c >= 3): each part is an interval of the index.
Result<std::string> KeyComparison::chain(const std::vector<std::string>& values, std::string_view sign, bool or_equal) const {
  if (values.empty() || values.size() > columns_.size())
    return fail(ErrorCode::invalid_input, "a range's bound has " + std::to_string(values.size()) + " values for a key of " +
                                              std::to_string(columns_.size()) + " columns");
  std::string clause;
  std::string equal;
  for (std::size_t index = 0; index < values.size(); ++index) {
    const std::string name = quoted(columns_[index].name);
    const std::string value = TRY(key_literal(columns_[index].type, values[index]));
    const bool last = index + 1 == values.size();
    clause += (index == 0 ? "(" : " OR (") + equal + name + " " + std::string(sign) + (last && or_equal ? "= " : " ") + value + ")";
    equal += name + " = " + value + " AND ";
  }
  return "(" + clause + ")";
}

Result<std::string> KeyComparison::at_least(const std::vector<std::string>& values, bool strictly) const {
  return chain(values, ">", !strictly);
}
Result<std::string> KeyComparison::below(const std::vector<std::string>& values, bool or_equal) const {
  return chain(values, "<", or_equal);
}

Result<std::string> KeyComparison::one_of(const std::vector<std::vector<std::string>>& rows) const {
  if (rows.empty()) return std::string("FALSE");
  std::string names;
  for (const row::Column& column : columns_) names += (names.empty() ? "" : ", ") + quoted(column.name);
  std::string tuples;
  for (const std::vector<std::string>& row : rows) {
    if (row.size() != columns_.size())
      return fail(ErrorCode::invalid_input,
                  "a key of " + std::to_string(row.size()) + " values for " + std::to_string(columns_.size()) + " columns");
    std::string tuple;
    for (std::size_t index = 0; index < row.size(); ++index)
      tuple += (index == 0 ? "" : ", ") + TRY(key_literal(columns_[index].type, row[index]));
    tuples += (tuples.empty() ? "" : ", ") + (row.size() == 1 ? tuple : "(" + tuple + ")");
  }
  return (columns_.size() == 1 ? names : "(" + names + ")") + " IN (" + tuples + ")";
}

std::string table_name(const row::Table& table) {
  return table.schema.empty() ? quoted(table.name) : quoted(table.schema) + "." + quoted(table.name);
}

Result<std::string> where_of(const Range& range, const row::Table& table) {
  if (range.kind == RangeKind::whole) return std::string();
  if (range.kind == RangeKind::blocks) return fail(ErrorCode::invalid_input, "MySQL and MariaDB have no ranges of blocks");
  const KeyComparison key = TRY(KeyComparison::of(table, range.key_columns));
  if (range.kind == RangeKind::rows) return " WHERE " + TRY(key.one_of(range.row_keys));
  std::string where;
  if (range.lower) where = " WHERE " + TRY(key.at_least(*range.lower));
  if (range.upper) where += (where.empty() ? " WHERE " : " AND ") + TRY(key.below(*range.upper));
  return where;
}

std::string key_form_expression(const row::Column& column) {
  const std::string& collation = column.equality.collation;
  const std::string name = quoted(column.name);
  if (collation.find("_nopad_") != std::string::npos || collation.find("_0900_") != std::string::npos) return "WEIGHT_STRING(" + name + ")";
  const std::string weights = "WEIGHT_STRING(TRIM(TRAILING ' ' FROM " + name + "))";
  // Under the Unicode Collation Algorithm other characters weigh as much as a space, a no-break space for one. All weights of the
  // utf8 family are of two bytes, so that nothing but whole ones is cut off.
  if (!collation.starts_with("utf8")) return weights;
  const std::string charset = collation.substr(0, collation.find('_'));
  return "TRIM(TRAILING WEIGHT_STRING(CONVERT(' ' USING " + charset + ") COLLATE " + collation + ") FROM " + weights + ")";
}

}  // namespace itemize::source::mysql
