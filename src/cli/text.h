// Text for people: numbers, sizes, times, and columns that stand under each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "row/type.h"

namespace itemize::cli {

/// "12,345"
std::string with_commas(std::uint64_t number);
/// "1.4 MB": decimal units, as AWS bills them.
std::string bytes_text(std::uint64_t bytes);
/// "1 row", "2 rows"
std::string counted(std::uint64_t count, const std::string& one, const std::string& many = {});
/// "3 h 20 min", "12 s"
std::string duration_text(double seconds);
/// "2026-01-31 10:02:07 UTC" from microseconds since 1970
std::string time_text(std::int64_t microseconds);

/// Control characters made visible: for what is to stand in one line.
std::string on_one_line(std::string_view text);

/// Rows of cells; columns are as wide as their widest cell (in code points), numbers (by the header's leading '>') to the right.
class Columns {
 public:
  explicit Columns(std::vector<std::string> header) : header_(std::move(header)) {}
  /// Line breaks and other control characters are shown as \n, \t, \x1b: names may hold them.
  void add(std::vector<std::string> row);
  bool empty() const { return rows_.empty(); }
  std::string to_string(const std::string& indent = "") const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

/// What values of the type are written as by default ("S", "document"), for people.
const char* becomes(const row::Type& type);

}  // namespace itemize::cli
