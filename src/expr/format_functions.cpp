// Texts made of values of any type: ||, concat, format.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "expr/casts.h"
#include "expr/functions.h"
#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

using row::Cell;

void join(Frame& frame, const Call& call, Buffer& out) {
  for (std::size_t index = 0; index < 2 && !frame.failed; ++index) append_cast_text(frame, call.arguments[index], call.types[index], out);
}

Cell join_bytes(Frame& frame, const Call& call) {
  const std::size_t begin = frame.scratch.size();
  frame.scratch.append(call.text(0));
  frame.scratch.append(call.text(1));
  return frame.take(begin, call.arguments[0].kind);
}

void concat(Frame& frame, const Call& call, Buffer& out) {
  for (std::size_t index = 0; index < call.size() && !frame.failed; ++index)
    if (!call.arguments[index].is_null()) append_output_text(frame, call.arguments[index], call.types[index], out);
}

Cell concat_with_separator(Frame& frame, const Call& call) {
  if (call.arguments[0].is_null()) return {};
  const std::size_t begin = frame.scratch.size();
  bool any = false;
  for (std::size_t index = 1; index < call.size() && !frame.failed; ++index) {
    if (call.arguments[index].is_null()) continue;
    if (any) frame.scratch.append(call.text(0));
    any = true;
    append_output_text(frame, call.arguments[index], call.types[index], frame.scratch);
  }
  return frame.take(begin);
}

void append_quoted_literal(Buffer& out, std::string_view text) {
  if (text.find('\\') != std::string_view::npos) out.append('E');
  out.append('\'');
  for (const char byte : text) {
    if (byte == '\'' || byte == '\\') out.append(byte);
    out.append(byte);
  }
  out.append('\'');
}

void quote_literal(Frame&, const Call& call, Buffer& out) { append_quoted_literal(out, call.text(0)); }

/// One run over a format's text: %[position$][flags][width]type.
class Formatter {
 public:
  Formatter(Frame& frame, const Call& call, Buffer& out) : frame_(frame), call_(call), out_(out), format_(call.text(0)) {}

  bool run() {
    while (at_ < format_.size()) {
      if (format_[at_] != '%') {
        out_.append(format_[at_++]);
        continue;
      }
      if (++at_ >= format_.size()) return wrong("unterminated format() type specifier");
      if (format_[at_] == '%') {
        out_.append(format_[at_++]);
        continue;
      }
      if (!specifier()) return false;
    }
    return true;
  }

 private:
  bool wrong(std::string what) {
    frame_.fail(std::move(what));
    return false;
  }
  /// -1 where there are no digits.
  std::int64_t digits() {
    if (at_ >= format_.size() || format_[at_] < '0' || format_[at_] > '9') return -1;
    std::int64_t value = 0;
    for (; at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9' && value < 1'000'000'000; ++at_)
      value = value * 10 + (format_[at_] - '0');
    return value;
  }
  bool is(char byte) const { return at_ < format_.size() && format_[at_] == byte; }

  bool width_argument(std::int64_t& width) {
    ++at_;
    std::int64_t position = digits();
    if (position >= 0 && !is('$')) return wrong("width argument position must be ended by \"$\"");
    if (position >= 0) ++at_;
    if (position == 0) return wrong("format specifies argument 0, but arguments are numbered from 1");
    if (position < 0)
      position = next_++;
    else
      next_ = position + 1;
    if (position >= static_cast<std::int64_t>(call_.size())) return wrong("too few arguments for format()");
    const Cell& cell = call_.arguments[static_cast<std::size_t>(position)];
    if (cell.is_null())
      width = 0;
    else if (cell.kind == row::CellKind::int64)
      width = cell.i;
    else
      return width_from_text(static_cast<std::size_t>(position), width);
    return true;
  }

  /// PostgreSQL takes any value whose text is a whole number.
  bool width_from_text(std::size_t position, std::int64_t& width) {
    Buffer text;
    if (!append_output_text(frame_, call_.arguments[position], call_.types[position], text)) return false;
    const Cell number = cast_cell(frame_, Cell::text(text.view()), type_from(Sql::text), type_from(Sql::int4));
    if (!frame_.failed) width = number.i;
    return !frame_.failed;
  }

  bool specifier() {
    std::int64_t position = -1;
    std::int64_t width = digits();
    if (width >= 0 && is('$')) {
      ++at_;
      position = width;
      width = -1;
      if (position == 0) return wrong("format specifies argument 0, but arguments are numbered from 1");
    }
    bool left = false;
    if (width < 0) {
      for (; is('-'); ++at_) left = true;
      width = digits();
      if (is('*') && width < 0) {
        if (!width_argument(width)) return false;
      } else if (width < 0) {
        width = 0;
      }
    }
    if (at_ >= format_.size()) return wrong("unterminated format() type specifier");
    const char type = format_[at_++];
    if (type == 'I') return wrong("format() with %I is not supported");
    if (type != 's' && type != 'L') return wrong("unrecognized format() type specifier");
    if (position < 0)
      position = next_++;
    else
      next_ = position + 1;
    if (position >= static_cast<std::int64_t>(call_.size())) return wrong("too few arguments for format()");
    return value(static_cast<std::size_t>(position), type, width, left);
  }

  bool value(std::size_t position, char type, std::int64_t width, bool left) {
    const Cell& cell = call_.arguments[position];
    Buffer text;
    if (!cell.is_null() && !append_output_text(frame_, cell, call_.types[position], text)) return false;
    if (type == 'L') {
      Buffer quoted;
      if (cell.is_null())
        quoted.append("NULL");
      else
        append_quoted_literal(quoted, text.view());
      text = std::move(quoted);
    }
    if (width < 0) left = true;
    width = width == INT64_MIN ? INT64_MAX : std::abs(width);
    if (width > static_cast<std::int64_t>(longest_text / 4)) return wrong("the width is too large");
    const std::int64_t missing = width - static_cast<std::int64_t>(character_count(text.view()));
    if (left) out_.append(text.view());
    for (std::int64_t count = 0; count < missing; ++count) out_.append(' ');
    if (!left) out_.append(text.view());
    return true;
  }

  Frame& frame_;
  const Call& call_;
  Buffer& out_;
  std::string_view format_;
  std::size_t at_ = 0;
  std::int64_t next_ = 1;
};

Cell format(Frame& frame, const Call& call) {
  if (call.arguments[0].is_null()) return {};
  Buffer out;
  return Formatter(frame, call, out).run() ? frame.text(out.view()) : Cell{};
}

Cell count_nulls(Frame&, const Call& call) {
  std::int64_t count = 0;
  for (const Cell& cell : call.arguments) count += cell.is_null() ? 1 : 0;
  return Cell::integer(count);
}
Cell count_values(Frame& frame, const Call& call) {
  return Cell::integer(static_cast<std::int64_t>(call.size()) - count_nulls(frame, call).i);
}

}  // namespace

std::vector<Function> format_functions() {
  using enum Sql;
  return {
      write("||", {text, text}, join, "text || text, text || any, any || text: joined; NULL where one is NULL"),
      write("||", {text, anynonarray}, join),
      write("||", {anynonarray, text}, join),
      run("||", {bytea, bytea}, bytea, join_bytes, "bytea || bytea"),
      run("||", {bit, bit}, bit, join_bytes),
      with_nulls(repeating(write("concat", {any}, concat, "concat(any, ...): joined; NULLs are left out"))),
      with_nulls(repeating(run("concat_ws", {text, any}, text, concat_with_separator,
                               "concat_ws(separator, any, ...): joined with separators; NULLs are left out"))),
      with_nulls(
          repeating(run("format", {text, any}, text, format, "format('%s %L %1$s %-10s', any, ...): as PostgreSQL's, but without %I"))),
      write("quote_literal", {text}, quote_literal, "quote_literal(text): in quotes, as SQL writes it"),
      with_nulls(repeating(
          run("num_nulls", {any}, int4, count_nulls, "num_nulls(any, ...), num_nonnulls(any, ...): how many are NULL, or are not"))),
      with_nulls(repeating(run("num_nonnulls", {any}, int4, count_values))),
  };
}

}  // namespace itemize::expr
