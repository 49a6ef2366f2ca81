// RowDecoder: rows of the binary protocol as cells. Decodes bytes and nothing else.
//
// The form is "Binary Protocol Resultset Row" of MySQL's and MariaDB's protocol documents: 0x00, a bitmap of NULLs, and the values,
// little-endian. FLOAT comes as its four bytes here (in the text protocol digits get lost).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "row/cell.h"
#include "row/type.h"

namespace itemize::source::mysql {

/// How a column's values are to be read, chosen once for all rows.
struct ColumnDecoder {
  /// Reads one value at `at`, fills the cell, and returns where the next value begins; nullptr where the bytes are none of this type.
  const char* (*decode)(const char* at, const char* end, const ColumnDecoder& self, row::Cell& cell, Arena& arena) = nullptr;
  row::CellKind kind = row::CellKind::text;  ///< For values that are bytes.
  unsigned bits = 0;                         ///< Digits of a BIT column.
};

/// `wire_type` and `is_unsigned` as the result's column definition says; `type` as the catalog does.
ColumnDecoder decoder_of(std::uint8_t wire_type, bool is_unsigned, const row::Type& type);

class RowDecoder {
 public:
  RowDecoder() = default;
  explicit RowDecoder(std::vector<ColumnDecoder> columns) : columns_(std::move(columns)) {}
  std::size_t columns() const { return columns_.size(); }
  /// Fills `cells` (one a column); they point into `packet`, which must live as long, or into the arena.
  /// False where the bytes are no row of these columns.
  bool decode(std::string_view packet, row::Cell* cells, Arena& arena) const;

 private:
  std::vector<ColumnDecoder> columns_;
};

}  // namespace itemize::source::mysql
