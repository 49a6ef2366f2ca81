// SS, NS and BS: from arrays, from MySQL's SET, and from JSON lists.
#include <algorithm>
#include <string>
#include <vector>

#include "base/json.h"
#include "item/string_text.h"
#include "transform/value_writer.h"

namespace itemize::transform {

using item::Reason;
using row::Cell;
using row::CellKind;
using row::Type;

namespace {

const Type plain_type{};

}  // namespace

Written write_set_element(const Cell& element, const Type& type, model::WriteAs as, ValueOutput& output) {
  if (element.is_null()) return output.refuse(Reason::type_mismatch, "a set cannot hold NULL");
  if (element.kind == CellKind::array) return output.refuse(Reason::type_mismatch, "a set cannot hold lists");
  if (as == model::WriteAs::NS) return write_number_text(element, output);
  if (as == model::WriteAs::BS) {
    if (element.kind != CellKind::bytes) return output.refuse(Reason::type_mismatch, "only binary values can be in a BS");
    item::append_base64(output.out, element.view());
    output.size += element.size;
    return Written::value;
  }
  if (element.kind == CellKind::text) return write_string_text(element.view(), output);
  Buffer scratch;
  if (const Written written = to_text(element, type, scratch, output); written != Written::value) return written;
  return write_string_text(scratch.view(), output);
}

namespace {

/// A JSON list of strings or numbers.
Written write_json_set(std::string_view text, model::WriteAs as, ValueOutput& output) {
  const Result<json::Value> document = json::parse(text);
  if (!document) return output.refuse(Reason::invalid_json, document.error().message);
  if (document->array() == nullptr) return output.refuse(Reason::type_mismatch, "only a list can be written as a set");
  std::vector<Cell> elements;
  for (const json::Value& value : *document->array()) {
    if (value.string() != nullptr)
      elements.push_back(Cell::text(*value.string()));
    else if (value.number() != nullptr && as == model::WriteAs::NS)
      elements.push_back(Cell::view_of(CellKind::decimal_text, value.number()->text));
    else
      return output.refuse(Reason::type_mismatch, as == model::WriteAs::NS ? "an NS can hold only numbers" : "an SS can hold only strings");
  }
  return write_set(Cell::nested(CellKind::array, elements.data(), elements.size()), plain_type, as, output);
}

}  // namespace

Written write_set(const Cell& cell, const Type& type, model::WriteAs as, ValueOutput& output) {
  if (cell.kind == CellKind::json || cell.kind == CellKind::text) return write_json_set(cell.view(), as, output);
  if (cell.kind != CellKind::array) return output.refuse(Reason::type_mismatch, "only an array or a set can be written as a set");
  const std::span<const Cell> elements = cell.children();
  if (elements.empty()) return Written::absent;
  const Type& element_type = type.children.empty() ? plain_type : type.children[0];
  output.out.append(as == model::WriteAs::SS ? "{\"SS\":[" : as == model::WriteAs::NS ? "{\"NS\":[" : "{\"BS\":[");
  // Each element's text is canonical: equal texts are equal elements.
  std::vector<std::string> seen;
  for (const Cell& element : elements) {
    output.out.append(seen.empty() ? "\"" : ",\"");
    const std::size_t begin = output.out.size();
    if (const Written written = write_set_element(element, element_type, as, output); written != Written::value) return written;
    seen.emplace_back(output.out.view(begin, output.out.size() - begin));
    output.out.append('"');
    if (too_large(output)) return Written::refused;
  }
  std::ranges::sort(seen);
  if (std::ranges::adjacent_find(seen) != seen.end())
    return output.refuse(Reason::duplicate_attribute, "a set cannot hold the same element twice");
  output.out.append("]}");
  return Written::value;
}

}  // namespace itemize::transform
