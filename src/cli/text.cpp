#include "cli/text.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/civil_time.h"
#include "base/text.h"

namespace itemize::cli {
namespace {

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

}  // namespace

std::string with_commas(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string bytes_text(std::uint64_t bytes) {
  static constexpr const char* units[] = {"B", "KB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(units)) {
    value /= 1000;
    ++unit;
  }
  char text[40];
  std::snprintf(text, sizeof text, unit == 0 || value >= 100 ? "%.0f %s" : "%.1f %s", value, units[unit]);
  return text;
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return with_commas(count) + " " + (count == 1 ? one : many.empty() ? one + "s" : many);
}

std::string duration_text(double seconds) {
  if (!(seconds >= 0) || seconds > 1e9) return "a long time";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  char text[60];
  if (whole < 10) std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (whole < 100) std::snprintf(text, sizeof text, "%llu s", static_cast<unsigned long long>(whole));
  else if (whole < 3600) std::snprintf(text, sizeof text, "%llu min %llu s", static_cast<unsigned long long>(whole / 60), static_cast<unsigned long long>(whole % 60));
  else if (whole < 48 * 3600) std::snprintf(text, sizeof text, "%llu h %llu min", static_cast<unsigned long long>(whole / 3600), static_cast<unsigned long long>(whole % 3600 / 60));
  else std::snprintf(text, sizeof text, "%llu days %llu h", static_cast<unsigned long long>(whole / 86400), static_cast<unsigned long long>(whole % 86400 / 3600));
  return text;
}

std::string time_text(std::int64_t microseconds) {
  char text[iso_time_capacity];
  char* end = append_timestamp(text, microseconds, 0, false, ' ');
  return std::string(text, end) + " UTC";
}

std::string on_one_line(std::string_view text) {
  std::string line;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= 0x20 && code != 0x7f) {
      line += byte;
      continue;
    }
    constexpr std::string_view digits = "0123456789abcdef";
    if (byte == '\n') line += "\\n";
    else if (byte == '\t') line += "\\t";
    else line += {'\\', 'x', digits[code >> 4], digits[code & 15]};
  }
  return line;
}

void Columns::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = on_one_line(cell);
  rows_.push_back(std::move(row));
}

std::string Columns::to_string(const std::string& indent) const {
  std::vector<std::size_t> widths;
  std::vector<bool> right;
  std::vector<std::string> header = header_;
  for (std::string& cell : header) {
    right.push_back(cell.starts_with('>'));
    if (right.back()) cell.erase(0, 1);
    widths.push_back(width_of(cell));
  }
  for (const auto& row : rows_)
    for (std::size_t column = 0; column < row.size(); ++column) widths[column] = std::max(widths[column], width_of(row[column]));
  std::string text;
  const auto line = [&](const std::vector<std::string>& row) {
    std::string out = indent;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const std::string fill(widths[column] - width_of(row[column]), ' ');
      out += (column > 0 ? "  " : "") + (right[column] ? fill + row[column] : row[column] + fill);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    text += out + "\n";
  };
  if (std::ranges::any_of(header, [](const std::string& cell) { return !cell.empty(); })) line(header);
  for (const auto& row : rows_) line(row);
  return text;
}

namespace {

/// What a declaration of SQLite means by convention (docs/sources/sqlite.md): a value that does not fit it stays what it is.
const char* becomes_by_name(const row::Type& type) {
  std::string name = lower(type.name.substr(0, type.name.find('(')));
  while (name.ends_with(' ')) name.pop_back();
  if (name == "boolean" || name == "bool") return "BOOL for 0 and 1, else as each value";
  if (name == "timestamp" || name == "datetime") return "S, a time in ISO 8601; else as each value";
  if (name == "json" || name == "jsonb") return "document where it is text, else as each value";
  return "as each value";
}

}  // namespace

const char* becomes(const row::Type& type) {
  switch (type.kind) {
    case row::TypeKind::boolean: return "BOOL";
    case row::TypeKind::integer:
    case row::TypeKind::decimal:
    case row::TypeKind::float32:
    case row::TypeKind::float64: return "N";
    case row::TypeKind::bits: return type.length >= 1 && type.length <= 64 && !type.is_varying ? "N" : "S";
    case row::TypeKind::bytes:
    case row::TypeKind::geometry: return "B";
    case row::TypeKind::json: return "document";
    case row::TypeKind::array:
    case row::TypeKind::multirange: return "L";
    case row::TypeKind::composite:
    case row::TypeKind::map:
    case row::TypeKind::range: return "M";
    case row::TypeKind::set: return "SS";
    case row::TypeKind::dynamic: return becomes_by_name(type);
    case row::TypeKind::unsupported: return "(cannot be read)";
    default: return "S";
  }
}

}  // namespace itemize::cli
