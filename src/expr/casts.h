// Casts between SQL types, as PostgreSQL does them.
#pragma once

#include "expr/sql_type.h"
#include "expr/value.h"

namespace itemize::expr {

/// Casts a cell that is not NULL. Fails the frame with PostgreSQL's kind of sentence.
row::Cell cast_cell(Frame& frame, const row::Cell& cell, const row::Type& from, const row::Type& to);

/// PostgreSQL's own text form (::text): timestamps with a space, no trailing zeros in fractions, UTC as +00. False: the frame failed.
bool append_cast_text(Frame& frame, const row::Cell& cell, const row::Type& type, Buffer& out);
/// What PostgreSQL's output function writes (concat, format, arrays): as ::text, but t and f for booleans, and padding is kept.
bool append_output_text(Frame& frame, const row::Cell& cell, const row::Type& type, Buffer& out);

// Shared by the files of casts; `text` is what stands in the message, cut where it is long.
row::Cell bad_text(Frame& frame, const row::Type& to, std::string_view text);
row::Cell cast_to_time(Frame& frame, const row::Cell& cell, const row::Type& to);
row::Cell cast_to_interval(Frame& frame, const row::Cell& cell, const row::Type& to);
row::Cell cast_to_array(Frame& frame, const row::Cell& cell, const row::Type& from, const row::Type& to);
void append_moment_text(const row::Cell& cell, Buffer& out);
void append_clock_text(const row::Cell& cell, Buffer& out);
void append_interval_text(const row::Interval& value, Buffer& out);

/// "7 years -3 days 04:05:06.5", "P1Y2M", "1-2": an interval in PostgreSQL's input forms.
std::optional<row::Interval> parse_interval(std::string_view text);

/// Of PostgreSQL's timestamps: 4714-11-24 BC and later; the end is that of 64 bits.
bool in_timestamp_range(std::int64_t microseconds);
/// The same for dates, in days.
bool in_date_range(std::int64_t days);
/// False for a date that lies beyond what timestamps reach.
bool fits_timestamp(const row::Cell& cell);

}  // namespace itemize::expr
