// Several items of one row: an element of an array each, and what an embed spills.
#include <set>

#include "base/json.h"
#include "item/limits.h"
#include "transform/item_builder.h"

namespace itemize::transform {

using item::Reason;
using row::Cell;
using row::CellKind;

/// A recursive lookup that found no end makes whatever is read from it wrong.
Step ItemBuilder::check_ways(const std::vector<std::size_t>& ways) {
  for (const std::size_t slot : ways)
    if (row_[slot].kind == CellKind::invalid) return reject(Reason::relation, std::string(row_[slot].view()));
  return Step::written;
}

Step ItemBuilder::json_elements(std::string_view text, std::vector<Cell>& elements) {
  const Result<json::Value> document = json::parse(text);
  if (!document) return reject(Reason::invalid_json, "for_each: " + document.error().message);
  if (document->is_null()) return Step::written;
  if (document->array() == nullptr) return reject(Reason::type_mismatch, "for_each: the JSON is not a list");
  for (const json::Value& value : *document->array()) {
    if (value.is_null()) {
      elements.push_back({});
    } else if (const std::string* string = value.string()) {
      elements.push_back(Cell::text(arena_.copy(*string)));
    } else if (const bool* boolean = value.boolean()) {
      elements.push_back(Cell::boolean(*boolean));
    } else if (const json::Number* number = value.number()) {
      const std::optional<Decimal> decimal = parse_decimal(number->text);
      if (!decimal) return reject(Reason::number_range, "for_each: a number has more digits than can be read");
      elements.push_back(Cell::view_of(CellKind::decimal_text, arena_.copy(text_with_scale(*decimal))));
    } else {
      elements.push_back(Cell::view_of(CellKind::json, arena_.copy(json::to_text(value))));
    }
  }
  return Step::written;
}

/// Equal elements would make equal items.
void ItemBuilder::drop_repeated(std::vector<Cell>& elements) {
  static const row::Type plain;
  const std::vector<row::Type>& children = compiled_.bound->for_each->type().children;
  const row::Type& type = children.empty() ? plain : children[0];
  std::set<std::string> seen;
  Buffer text;
  std::erase_if(elements, [&](const Cell& cell) {
    text.clear();
    text.append(static_cast<char>(cell.kind));
    if (!cell.is_null() && !expr::append_value_text(cell, type, text)) return false;  // whoever uses it says what is wrong
    return !seen.emplace(text.view()).second;
  });
}

Step ItemBuilder::elements(std::vector<Cell>& elements) {
  const auto value = compiled_.bound->for_each->evaluate(row_, context_, arena_);
  if (!value) return reject(Reason::expression, "for_each: " + value.error().sentence);
  switch (value->kind) {
    case CellKind::null:
      break;
    case CellKind::array:
      for (const Cell& element : value->children()) {
        if (element.kind == CellKind::array) return reject(Reason::type_mismatch, "for_each: the array has several dimensions");
        elements.push_back(element);
      }
      break;
    case CellKind::json:
    case CellKind::text:
      if (json_elements(value->view(), elements) == Step::rejected) return Step::rejected;
      break;
    case CellKind::invalid:
      return reject(Reason::invalid_value, std::string(value->view()));
    default:
      return reject(Reason::type_mismatch, "for_each: the value is not a list");
  }
  if (elements.size() > 1) drop_repeated(elements);
  return Step::written;
}

/// One further item: the spilled key, the time to live, and the next rows.
Step ItemBuilder::write_chunk(Spill& spill, std::int64_t chunk) {
  wide_.back() = Cell::integer(chunk);
  const CompiledNested& nested = *spill.nested;
  output_.size = 0;
  const std::size_t text_begin = items_.text.size();
  const std::size_t keys_begin = items_.keys.size();
  items_.text.append(framing_.before);
  const std::size_t item_begin = items_.text.size();
  for (const CompiledAttribute& attribute : nested.spill_key) {
    const std::size_t begin = items_.text.size();
    if (this->attribute(attribute) == Step::rejected) {
      output_.rejection.attribute = attribute.bound->name;
      hide_values(attribute.sensitive);
      return Step::rejected;
    }
    if (framing_.want_keys) items_.keys.append(items_.text.view(begin, items_.text.size() - begin));
  }
  if (compiled_.time_to_live != nullptr && !compiled_.time_to_live->is_key)
    if (attribute(*compiled_.time_to_live) == Step::rejected) return Step::rejected;
  items_.text.append(nested.attribute.prefix.view());
  output_.size += nested.attribute.name_size;
  std::size_t end = spill.begin;
  const std::uint64_t most = nested.bound->spill_items == 0 ? spill.rows.size() + spill.elements.size() : nested.bound->spill_items;
  if (write_part(spill, most, true, end) == Step::rejected) return rejected_within(nested.attribute.bound->name);
  if (output_.size > item::item_size_limit) return reject_size();
  spill.begin = end;
  finish(text_begin, item_begin, keys_begin);
  ++puts_;
  return Step::written;
}

Step ItemBuilder::write_spills() {
  for (Spill& spill : spills_) {
    const std::size_t count = spill.elements.empty() ? spill.rows.size() : spill.elements.size();
    for (std::int64_t chunk = 0; spill.begin < count; ++chunk)
      if (write_chunk(spill, chunk) == Step::rejected) return Step::rejected;
  }
  return Step::written;
}

Step ItemBuilder::build_many(std::span<const Cell> row) {
  const std::size_t text = items_.text.size();
  const std::size_t keys = items_.keys.size();
  const std::size_t origins = items_.origins.size();
  const std::size_t puts = items_.puts.size();
  puts_ = 0;
  wide_.assign(row.begin(), row.end());
  wide_.resize(row.size() + 2);
  row_ = wide_;
  std::vector<Cell> each(1);
  Step step = check_ways(compiled_.bound->ways);
  if (step == Step::written && compiled_.bound->for_each) {
    each.clear();
    step = elements(each);
    if (step == Step::rejected) hide_values(compiled_.each_sensitive);
  }
  for (const Cell& element : each) {
    if (step == Step::rejected) break;
    wide_[row.size()] = element;
    spills_.clear();
    step = build_one(wide_);
    if (step == Step::absent) continue;
    if (step == Step::written) {
      ++puts_;
      step = write_spills();
    }
  }
  if (step != Step::rejected) return puts_ > 0 ? Step::written : Step::absent;
  // All of the row's items or none.
  items_.text.truncate(text);
  items_.keys.truncate(keys);
  items_.origins.truncate(origins);
  items_.puts.resize(puts);
  return step;
}

}  // namespace itemize::transform
