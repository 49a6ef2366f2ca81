// Functions over JSON documents. A part of a document is a view into it: nothing is copied, no tree is built.
#include <charconv>
#include <string>

#include "base/civil_time.h"
#include "expr/casts.h"
#include "expr/functions.h"
#include "expr/json_text.h"
#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;

Cell damaged(Frame& frame) { return frame.fail("the value is not valid JSON"); }

/// A part as a document, or as text: strings without quotes, null as NULL.
Cell as_cell(Frame& frame, const JsonPart& part, bool as_text) {
  if (!part.valid) return damaged(frame);
  if (!part.text) return {};
  const std::string_view text = *part.text;
  if (!as_text) return Cell::view_of(CellKind::json, text);
  if (text == "null") return {};
  if (!text.starts_with('"')) return Cell::text(text);
  if (text.find('\\') == std::string_view::npos) return Cell::text(text.substr(1, text.size() - 2));
  const std::size_t begin = frame.scratch.size();
  append_unescaped(frame.scratch, text);
  return frame.take(begin);
}

template <bool AsText>
Cell member(Frame& frame, const Call& call) {
  return as_cell(frame, json_member(call.text(0), call.text(1)), AsText);
}
/// jsonb keeps a scalar as an array of one, and lets that be seen.
bool is_scalar_element(const Call& call) {
  const std::string_view text = trimmed(call.text(0));
  return (call.integer(1) == 0 || call.integer(1) == -1) && sql_of(call.types[0]) == Sql::jsonb && !text.starts_with('[') &&
         !text.starts_with('{');
}

template <bool AsText>
Cell element(Frame& frame, const Call& call) {
  if (is_scalar_element(call)) return as_cell(frame, {true, trimmed(call.text(0))}, AsText);
  return as_cell(frame, json_element(call.text(0), call.integer(1)), AsText);
}

template <bool AsText>
Cell at_path(Frame& frame, const Call& call) {
  JsonPart part{true, trimmed(call.text(0))};
  for (const Cell& step : call.arguments[1].children()) {
    if (step.is_null() || step.kind != CellKind::text) return {};
    const std::string_view name = step.view();
    const std::string_view kind = json_kind(*part.text);
    if (kind == "object") {
      part = json_member(*part.text, name);
    } else if (kind == "array") {
      std::int64_t index = 0;
      const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
      if (error != std::errc() || end != name.data() + name.size()) return {};
      part = json_element(*part.text, index);
    } else {
      return {};
    }
    if (!part.valid || !part.text) break;
  }
  return as_cell(frame, part, AsText);
}

/// A member's name of an object, or a string among an array's elements.
Cell has_name(Frame&, const Call& call) {
  const std::string_view document = trimmed(call.text(0));
  if (document.starts_with('{')) return Cell::boolean(json_member(document, call.text(1)).text.has_value());
  Buffer quoted;
  append_json_string(quoted, call.text(1));
  const std::int64_t length = json_length(document);
  for (std::int64_t index = 0; index < length; ++index)
    if (json_element(document, index).text == quoted.view()) return Cell::boolean(true);
  return Cell::boolean(document == quoted.view());
}

Cell kind_of(Frame&, const Call& call) { return Cell::text(json_kind(call.text(0))); }
Cell length(Frame& frame, const Call& call) {
  const std::int64_t count = json_length(call.text(0));
  return count < 0 ? frame.fail("cannot get array length of a JSON value that is no array") : Cell::integer(count);
}

// --- documents made of values --------------------------------------------------------------------------------------------------

bool append_value(Frame& frame, const Cell& cell, const Type& type, Buffer& out, int depth = 0);

bool append_array(Frame& frame, const Cell& cell, const Type& type, Buffer& out, int depth) {
  out.append('[');
  bool first = true;
  for (const Cell& element : cell.children()) {
    if (!std::exchange(first, false)) out.append(',');
    const Type& element_type = element.kind == CellKind::array || type.children.size() != 1 ? type : type.children[0];
    if (!append_value(frame, element, element_type, out, depth + 1)) return false;
  }
  out.append(']');
  return true;
}

/// As to_json does: numbers and booleans plain, dates and times in ISO 8601, documents as they are, all else as a string.
bool append_value(Frame& frame, const Cell& cell, const Type& type, Buffer& out, int depth) {
  if (depth > 100) return frame.fail("the array is nested too deep"), false;
  switch (cell.kind) {
    case CellKind::null:
      out.append("null");
      return true;
    case CellKind::boolean:
      out.append(cell.i != 0 ? "true" : "false");
      return true;
    case CellKind::json:
      out.append(cell.view());
      return true;
    case CellKind::array:
      return append_array(frame, cell, type, out, depth);
    default:
      break;
  }
  Buffer text;
  const bool moment = cell.kind == CellKind::date || cell.kind == CellKind::timestamp || cell.kind == CellKind::timestamp_tz;
  if (moment)
    append_moment_text(cell, text);
  else if (!append_output_text(frame, cell, type, text))
    return false;
  std::string value(text.view());
  if (moment && cell.kind != CellKind::date && !is_infinite_time(cell)) {
    value[value.find(' ')] = 'T';
    if (const std::size_t zone = value.find("+00"); zone != std::string::npos) value.insert(zone + 3, ":00");
  }
  const bool number = is_number(cell.kind) && (value[0] == '-' ? value.size() > 1 && std::isdigit(static_cast<unsigned char>(value[1])) != 0
                                                               : std::isdigit(static_cast<unsigned char>(value[0])) != 0);
  if (number)
    out.append(value);
  else
    append_json_string(out, value);
  return true;
}

/// A document as text, then jsonb's form of it where that is wanted.
Cell finished(Frame& frame, const Buffer& text, bool binary) {
  if (frame.failed) return {};
  return binary ? normalized_json(frame, text.view()) : frame.bytes(CellKind::json, text.view());
}

template <bool Binary>
Cell build_object(Frame& frame, const Call& call) {
  if (call.size() % 2 != 0) return frame.fail("argument list must have even number of elements: names and values");
  Buffer out;
  out.append('{');
  for (std::size_t index = 0; index < call.size(); index += 2) {
    const Cell& name = call.arguments[index];
    if (name.is_null()) return frame.fail("the name of a member must not be NULL");
    if (name.kind == CellKind::array || name.kind == CellKind::json || name.kind == CellKind::composite)
      return frame.fail("the name of a member must be a scalar value");
    if (index > 0) out.append(", ");
    Buffer text;
    if (!append_output_text(frame, name, call.types[index], text)) return {};
    append_json_string(out, name.kind == CellKind::boolean ? (name.i != 0 ? "true" : "false") : text.view());
    out.append(" : ");
    if (!append_value(frame, call.arguments[index + 1], call.types[index + 1], out)) return {};
  }
  out.append('}');
  return finished(frame, out, Binary);
}

template <bool Binary>
Cell build_array(Frame& frame, const Call& call) {
  Buffer out;
  out.append('[');
  for (std::size_t index = 0; index < call.size(); ++index) {
    if (index > 0) out.append(", ");
    if (!append_value(frame, call.arguments[index], call.types[index], out)) return {};
  }
  out.append(']');
  return finished(frame, out, Binary);
}

template <bool Binary>
Cell to_document(Frame& frame, const Call& call) {
  Buffer out;
  if (!append_value(frame, call.arguments[0], call.types[0], out)) return {};
  return finished(frame, out, Binary);
}

}  // namespace

std::vector<Function> json_functions() {
  using enum Sql;
  std::vector<Function> table;
  for (const Sql type : {json, jsonb}) {
    const bool first = type == json;
    const auto help = [first](std::string_view text) { return first ? text : std::string_view(); };
    const std::vector<Function> both = {
        run("->", {type, text}, type, member<false>,
            help("json -> 'name', json -> index: a part of a document; indices count from 0, from the end if negative")),
        run("->", {type, int8}, type, element<false>),
        run("->>", {type, text}, text, member<true>, help("json ->> 'name', json ->> index: the part as text, null as NULL")),
        run("->>", {type, int8}, text, element<true>),
        run("#>", {type, text_array}, type, at_path<false>, help("json #> '{a,0,b}', json #>> '{a,0,b}': along a path")),
        run("#>>", {type, text_array}, text, at_path<true>),
    };
    table.insert(table.end(), both.begin(), both.end());
  }
  const std::vector<Function> others = {
      run("?", {jsonb, text}, boolean, has_name, "jsonb ? 'name': whether the object has that member, or the array that string"),
      run("json_typeof", {json}, text, kind_of, "json_typeof(json), jsonb_typeof(jsonb)"),
      run("jsonb_typeof", {jsonb}, text, kind_of),
      run("json_array_length", {json}, int4, length, "json_array_length(json), jsonb_array_length(jsonb)"),
      run("jsonb_array_length", {jsonb}, int4, length),
      with_nulls(repeating(
          run("jsonb_build_object", {any}, jsonb, build_object<true>, "jsonb_build_object(name, value, ...), json_build_object(...)"))),
      with_nulls(repeating(run("json_build_object", {any}, json, build_object<false>))),
      with_nulls(
          repeating(run("jsonb_build_array", {any}, jsonb, build_array<true>, "jsonb_build_array(value, ...), json_build_array(...)"))),
      with_nulls(repeating(run("json_build_array", {any}, json, build_array<false>))),
      run("to_jsonb", {any}, jsonb, to_document<true>, "to_jsonb(any), to_json(any)"),
      run("to_json", {any}, json, to_document<false>),
  };
  table.insert(table.end(), others.begin(), others.end());
  return table;
}

}  // namespace itemize::expr
