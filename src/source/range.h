// Range: a part of one table that can be read anywhere, by anyone who has the source's address and the snapshot's token.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace itemize::source {

enum class RangeKind : std::uint8_t {
  whole,   ///< All rows.
  blocks,  ///< Rows in blocks [first_block, end_block) of the heap (PostgreSQL ctid) or rowids of SQLite; no end: to the end.
  keys,    ///< Rows whose key_columns are >= lower and < upper, compared as a row value under the source's own order.
  rows,    ///< Exactly the rows whose key_columns equal one of `row_keys` (for explain, rejects, rechecks).
};

/// A plain value; to_json/from_json round-trip exactly. Key values are the source's own text form of them.
struct Range {
  std::string schema;
  std::string table;
  std::string partition;  ///< The physical partition to read, schema-qualified and quoted by the source; empty: the table itself.
  RangeKind kind = RangeKind::whole;
  std::int64_t first_block = 0;
  std::optional<std::int64_t> end_block;
  std::vector<std::string> key_columns;
  std::optional<std::vector<std::string>> lower;
  std::optional<std::vector<std::string>> upper;
  std::vector<std::vector<std::string>> row_keys;
  std::uint64_t estimated_rows = 0;
  std::uint64_t estimated_bytes = 0;

  std::string to_json() const;
  static Result<Range> from_json(std::string_view text);
};

}  // namespace itemize::source
