// Attributes that are no keys: name and value of one cell.
#pragma once

#include <optional>
#include <string>

#include "transform/program.h"
#include "transform/value_writer.h"

namespace itemize::transform {

inline void append(const PaddedText& text, Buffer& out) {
  out.advance(static_cast<std::size_t>(text.copy_to(out.reserve(text.room())) - (out.data() + out.size())));
}

/// `,"name":{"S":"..."}` of a cell that is not NULL, and its size; by the attribute's policy. What was appended for a value that is
/// absent or refused is to be truncated by the caller. `depth` counts the levels of L and M around the attribute.
Written write_attribute(const CompiledAttribute& attribute, const row::Cell& cell, int depth, ValueOutput& output);

/// `,"name":{"NULL":true}`
void append_null(const CompiledAttribute& attribute, ValueOutput& output);

/// The text that `otherwise: string` writes for a value that DynamoDB cannot hold, also where the value has no canonical text
/// (NaN, infinity). None where there is no text at all.
std::optional<std::string> text_of_refused(const row::Cell& cell, const row::Type& type);

/// Whether a time to live's value ({"N":"1700000000"}, whole seconds since 1970) lies before `now` (microseconds). Anything but a number
/// never does.
bool is_past(std::string_view value, std::int64_t now);

}  // namespace itemize::transform
