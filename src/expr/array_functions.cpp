// Arrays.
#include <string>
#include <vector>

#include "expr/casts.h"
#include "expr/functions.h"
#include "expr/text_basics.h"

namespace itemize::expr {
namespace {

using row::Cell;
using row::CellKind;

/// array[n]: from 1; NULL where there is no such element.
Cell element(Frame&, const Call& call) {
  const std::int64_t index = call.integer(1);
  const auto elements = call.arguments[0].children();
  if (index < 1 || index > static_cast<std::int64_t>(elements.size())) return {};
  const Cell& cell = elements[static_cast<std::size_t>(index - 1)];
  return cell.kind == CellKind::array ? Cell{} : cell;  // of an array of arrays only full subscripts give values
}

std::int64_t dimensions(const Cell& array) {
  if (array.size == 0) return 0;
  return 1 + (array.cells[0].kind == CellKind::array ? dimensions(array.cells[0]) : 0);
}

/// Elements of the n-th dimension; -1 where there is none.
std::int64_t length_of(const Cell& array, std::int64_t dimension) {
  if (dimension < 1 || array.size == 0) return -1;
  if (dimension == 1) return array.size;
  return array.cells[0].kind == CellKind::array ? length_of(array.cells[0], dimension - 1) : -1;
}

Cell array_length(Frame&, const Call& call) {
  const std::int64_t length = length_of(call.arguments[0], call.integer(1));
  return length < 0 ? Cell{} : Cell::integer(length);
}
Cell array_lower(Frame&, const Call& call) { return length_of(call.arguments[0], call.integer(1)) < 0 ? Cell{} : Cell::integer(1); }

std::int64_t count(const Cell& array) {
  std::int64_t sum = 0;
  for (const Cell& cell : array.children()) sum += cell.kind == CellKind::array ? count(cell) : 1;
  return sum;
}
Cell cardinality(Frame&, const Call& call) { return Cell::integer(count(call.arguments[0])); }
Cell array_ndims(Frame&, const Call& call) { return call.arguments[0].size == 0 ? Cell{} : Cell::integer(dimensions(call.arguments[0])); }

void join(Frame& frame, const Cell& array, const Call& call, bool& any, Buffer& out) {
  static const row::Type text_type = type_from(Sql::text);
  const row::Type& type = call.types[0].children.size() == 1 ? call.types[0].children[0] : text_type;
  const Cell* const for_null = call.size() > 2 && !call.arguments[2].is_null() ? &call.arguments[2] : nullptr;
  for (const Cell& cell : array.children()) {
    if (frame.failed) return;
    if (cell.kind == CellKind::array) {
      join(frame, cell, call, any, out);
      continue;
    }
    if (cell.is_null() && for_null == nullptr) continue;
    if (any) out.append(call.text(1));
    any = true;
    if (cell.is_null())
      out.append(for_null->view());
    else
      append_output_text(frame, cell, type, out);
  }
}
Cell array_to_string(Frame& frame, const Call& call) {
  if (call.arguments[0].is_null() || call.arguments[1].is_null()) return {};
  const std::size_t begin = frame.scratch.size();
  bool any = false;
  join(frame, call.arguments[0], call, any, frame.scratch);
  return frame.take(begin);
}

/// A NULL delimiter splits into characters; what equals the third argument becomes NULL.
Cell string_to_array(Frame& frame, const Call& call) {
  if (call.arguments[0].is_null()) return {};
  const std::string_view text = call.text(0);
  std::vector<Cell> parts;
  const auto add = [&](std::string_view part) {
    const bool null = call.size() > 2 && !call.arguments[2].is_null() && part == call.text(2);
    parts.push_back(null ? Cell{} : Cell::text(part));
  };
  if (text.empty()) return frame.array(parts);
  if (call.arguments[1].is_null()) {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t begin = at;
      next_character(text, at);
      add(text.substr(begin, at - begin));
    }
    return frame.array(parts);
  }
  const std::string_view delimiter = call.text(1);
  std::size_t at = 0;
  if (!delimiter.empty())
    for (std::size_t found = 0; (found = text.find(delimiter, at)) != std::string_view::npos; at = found + delimiter.size())
      add(text.substr(at, found - at));
  add(text.substr(at));
  return frame.array(parts);
}

/// Arrays and elements in a row; NULL arrays count as empty.
Cell concatenated(Frame& frame, const Call& call) {
  std::vector<Cell> cells;
  for (std::size_t index = 0; index < 2; ++index) {
    const Cell& cell = call.arguments[index];
    const bool array = call.types[index].kind == row::TypeKind::array;
    if (array && cell.is_null()) continue;
    if (array)
      cells.insert(cells.end(), cell.children().begin(), cell.children().end());
    else
      cells.push_back(cell);
  }
  if (call.arguments[0].is_null() && call.arguments[1].is_null() && call.types[0].kind == call.types[1].kind) return {};
  if (static_cast<std::int64_t>(cells.size()) > most_elements) return frame.fail("the array is too long");
  for (const Cell& cell : cells)
    if ((cell.kind == CellKind::array) != (cells[0].kind == CellKind::array)) return frame.fail("cannot concatenate incompatible arrays");
  return frame.array(cells);
}

/// Where an element equal to the second argument stands, from 1.
Cell array_position(Frame&, const Call& call) {
  if (call.arguments[0].is_null()) return {};
  const auto elements = call.arguments[0].children();
  for (std::size_t index = 0; index < elements.size(); ++index) {
    const bool both_null = elements[index].is_null() && call.arguments[1].is_null();
    if (both_null || (!elements[index].is_null() && !call.arguments[1].is_null() && compare_cells(elements[index], call.arguments[1]) == 0))
      return Cell::integer(static_cast<std::int64_t>(index) + 1);
  }
  return {};
}

template <bool Overlap>
Cell contains(Frame&, const Call& call) {
  // Every element of the second in the first (@>), or one (&&); NULLs equal nothing.
  for (const Cell& wanted : call.arguments[1].children()) {
    bool found = false;
    for (const Cell& cell : call.arguments[0].children())
      found = found || (!wanted.is_null() && !cell.is_null() && compare_cells(cell, wanted) == 0);
    if (found == Overlap) return Cell::boolean(Overlap);
  }
  return Cell::boolean(!Overlap);
}

}  // namespace

std::vector<Function> array_functions() {
  using enum Sql;
  return {
      run("[]", {anyarray, int8}, anyelement, element, "array[n]: the n-th element, from 1; NULL where there is none"),
      run("array_length", {anyarray, int4}, int4, array_length,
          "array_length(array, dimension), cardinality(array), array_ndims(array), array_lower, array_upper"),
      run("array_upper", {anyarray, int4}, int4, array_length),
      run("array_lower", {anyarray, int4}, int4, array_lower),
      run("cardinality", {anyarray}, int4, cardinality),
      run("array_ndims", {anyarray}, int4, array_ndims),
      with_nulls(run("array_to_string", {anyarray, text}, text, array_to_string,
                     "array_to_string(array, separator), with a third argument for NULLs, which are left out otherwise")),
      with_nulls(run("array_to_string", {anyarray, text, text}, text, array_to_string)),
      with_nulls(run("string_to_array", {text, text}, text_array, string_to_array,
                     "string_to_array(text, delimiter), with a third argument: what becomes NULL")),
      with_nulls(run("string_to_array", {text, text, text}, text_array, string_to_array)),
      with_nulls(run("||", {anyarray, anyarray}, anyarray, concatenated, "array || array, array || element, element || array")),
      with_nulls(run("||", {anyarray, anyelement}, anyarray, concatenated)),
      with_nulls(run("||", {anyelement, anyarray}, anyarray, concatenated)),
      with_nulls(run("array_append", {anyarray, anyelement}, anyarray, concatenated,
                     "array_append(array, element), array_prepend(element, array), array_cat(array, array)")),
      with_nulls(run("array_prepend", {anyelement, anyarray}, anyarray, concatenated)),
      with_nulls(run("array_cat", {anyarray, anyarray}, anyarray, concatenated)),
      with_nulls(run("array_position", {anyarray, anyelement}, int4, array_position,
                     "array_position(array, element): from 1; NULL where it is not")),
      run("@>", {anyarray, anyarray}, boolean, contains<false>, "array @> array (contains), array && array (have a common element)"),
      run("&&", {anyarray, anyarray}, boolean, contains<true>),
  };
}

}  // namespace itemize::expr
