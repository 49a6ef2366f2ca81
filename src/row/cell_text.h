// The canonical text of a value: what templates, string attributes and origins write.
#pragma once

#include "base/buffer.h"
#include "row/cell.h"
#include "row/type.h"

namespace itemize::row {

enum class TextStatus : std::uint8_t {
  ok,
  null,  ///< NULL: nothing was appended.
  not_a_number,
  infinite,  ///< An infinite number, date or timestamp.
  invalid,   ///< The source could not decode the value (CellKind::invalid), or it is damaged.
};

/// Appends the text, or nothing unless `ok`. Numbers keep their scale, floats are the shortest text that round-trips at their own
/// width (in PostgreSQL's notation), times are ISO 8601 with as many fraction digits as the type's precision, timestamptz is UTC
/// with 'Z', bytes are `\x` and hex, nested values are PostgreSQL's array, record and range literals. UTF-8 is not checked.
TextStatus append_text(const Cell& cell, const Type& type, Buffer& out);

/// A float's shortest text at its own width, in PostgreSQL's notation: "0.1", "1e+20". Nothing but finite numbers.
char* append_float(char* out, double value, bool single);

/// 16 bytes as "01234567-89ab-cdef-0123-456789abcdef".
inline constexpr std::size_t uuid_text_size = 36;
char* append_uuid(char* out, const char* bytes);

}  // namespace itemize::row
