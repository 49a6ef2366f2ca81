// What a column's declared type says its values mean, beyond how they are stored: SQLite has no booleans, times or documents of its own.
#pragma once

#include <string_view>

#include "base/arena.h"
#include "row/cell.h"

namespace itemize::source::sqlite {

enum class Meaning : unsigned char {
  as_stored,
  boolean,    ///< BOOLEAN, BOOL: the integers 0 and 1.
  timestamp,  ///< TIMESTAMP, DATETIME: text as SQLite's own functions write it, "2024-01-14 22:18:26.5".
  json,       ///< JSON, JSONB: text.
};
Meaning meaning_of(std::string_view declared);

/// Changes a cell that fits the meaning; every other value stays what it is. A timestamp is written with 'T' (ISO 8601), its fraction
/// as it is stored.
void apply(Meaning meaning, row::Cell& cell, Arena& arena);

}  // namespace itemize::source::sqlite
