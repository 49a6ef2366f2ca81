// Casts between SQL types, as PostgreSQL does them.
#pragma once

#include "expr/value.h"

namespace itemize::expr {

/// The type that a name like "numeric" with modifiers means; none where this program has no such type.
std::optional<row::Type> type_named(std::string_view name, const std::vector<int>& modifiers, bool array);

/// Whether `from` can be cast to `to` at all.
bool can_cast(const row::Type& from, const row::Type& to);

/// Casts a cell that is not NULL. Fails the frame with PostgreSQL's kind of sentence.
row::Cell cast_cell(Frame& frame, const row::Cell& cell, const row::Type& from, const row::Type& to);

/// PostgreSQL's own text form (::text): timestamps with a space, no trailing zeros in fractions, UTC as +00.
bool append_cast_text(Frame& frame, const row::Cell& cell, const row::Type& type, Buffer& out);

/// "7 years -3 days 04:05:06.5", "P1Y2M", "1-2": an interval in PostgreSQL's input forms.
std::optional<row::Interval> parse_interval(std::string_view text);

}  // namespace itemize::expr
