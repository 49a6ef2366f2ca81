// Lists, sets and maps of embedded rows, within limit, max_bytes and the item's own size.
#include <limits>

#include "expr/value.h"
#include "item/limits.h"
#include "item/string_text.h"
#include "transform/attribute_writer.h"
#include "transform/item_builder.h"

namespace itemize::transform {

using item::Reason;
using row::Cell;
using row::CellKind;

namespace {

std::size_t count_of(bool is_set, std::size_t elements, std::size_t rows) { return is_set ? elements : rows; }

/// What a set of such values is: by the policy, else by the value.
model::WriteAs element_kind(const model::BoundAttribute& bound, CellKind kind) {
  using model::WriteAs;
  switch (bound.write_as) {
    case WriteAs::S:
    case WriteAs::SS:
      return WriteAs::SS;
    case WriteAs::N:
    case WriteAs::NS:
      return WriteAs::NS;
    case WriteAs::B:
    case WriteAs::BS:
      return WriteAs::BS;
    default:
      return expr::is_number(kind) ? WriteAs::NS : kind == CellKind::bytes ? WriteAs::BS : WriteAs::SS;
  }
}

}  // namespace

/// The elements, each once. NULLs are none.
Step ItemBuilder::set_elements(const CompiledNested& nested, const Rows& rows, std::vector<Element>& elements) {
  const CompiledAttribute& attribute = nested.attributes[0];
  std::set<std::string> seen;
  Buffer text;
  for (const Cell* row : rows) {
    Cell cell;
    Step step = with_row(cells_of(nested, row), [&] { return cell_of(attribute, cell); });
    if (step == Step::written && !cell.is_null()) {
      const model::WriteAs as = element_kind(*attribute.bound, cell.kind);
      text.clear();
      ValueOutput output{text, 0, {}};
      if (write_set_element(cell, attribute.bound->type, as, output) != Written::value) {
        output_.rejection = std::move(output.rejection);
        output_.rejection.attribute.clear();
        step = Step::rejected;
      } else if (!elements.empty() && elements[0].kind != as) {
        return reject(Reason::type_mismatch, "a set holds values of one kind only");
      } else if (seen.emplace(text.view()).second) {
        elements.push_back({as, std::string(text.view()), output.size});
      }
    }
    if (step != Step::rejected) continue;
    hide_values(attribute.sensitive);
    return step;
  }
  return Step::written;
}

/// The entry's name within the map.
Step ItemBuilder::write_key(const CompiledNested& nested, std::set<std::string>& keys) {
  const expr::Program& program = *nested.bound->of;
  const auto value = program.evaluate(row_, context_, arena_);
  Buffer text;
  Step step = Step::written;
  if (!value) {
    step = reject(Reason::expression, "map_by: " + value.error().sentence);
  } else if (!value->is_null()) {
    if (const auto appended = expr::append_value_text(*value, program.type(), text); !appended)
      step = reject(Reason::expression, "map_by: " + appended.error().sentence);
  }
  if (step == Step::rejected) {
    hide_values(nested.of_sensitive);
    return step;
  }
  if (text.empty()) return reject(Reason::map_key_empty, "map_by is NULL or empty for a row");
  if (!keys.emplace(text.view()).second) return reject(Reason::duplicate_attribute, "map_by has one value for two rows");
  output_.out.append('"');
  if (!item::append_escaped(output_.out, text.view())) return reject(Reason::invalid_utf8, "map_by is not valid UTF-8");
  output_.out.append("\":");
  output_.size += static_cast<std::uint32_t>(text.size());
  return Step::written;
}

/// One element or entry, with the byte that each costs (in a set: none).
Step ItemBuilder::write_row(const Spill& source, std::size_t index, std::set<std::string>& keys) {
  const CompiledNested& nested = *source.nested;
  if (nested.bound->shape == model::Shape::set) {
    const Element& element = source.elements[index];
    output_.out.append('"');
    output_.out.append(element.text);
    output_.out.append('"');
    output_.size += element.size;
    return Step::written;
  }
  output_.size += 1;
  return with_row(cells_of(nested, source.rows[index]), [&] {
    Step step = nested.bound->shape == model::Shape::map_by ? write_key(nested, keys) : Step::written;
    ++depth_;
    if (step == Step::written) step = map(nested);
    --depth_;
    return step;
  });
}

/// {"L":[...]}, {"SS":[...]} or {"M":{...}} of the rows from source.begin on: at most `most`, and what max_bytes allows. `end`: the first
/// that is not written.
Step ItemBuilder::write_part(const Spill& source, std::uint64_t most, bool one_at_least, std::size_t& end) {
  const model::BoundNested& bound = *source.nested->bound;
  const bool is_set = bound.shape == model::Shape::set;
  const std::size_t count = count_of(is_set, source.elements.size(), source.rows.size());
  end = source.begin;
  if (is_set && count == 0) return Step::absent;
  if (!is_set && depth_ >= item::nesting_depth_limit) return reject(Reason::document_depth, "the document is nested deeper than 32 levels");
  const std::uint32_t size = output_.size;
  if (is_set) {
    output_.out.append(source.elements[0].kind == model::WriteAs::NS   ? "{\"NS\":["
                       : source.elements[0].kind == model::WriteAs::BS ? "{\"BS\":["
                                                                       : "{\"SS\":[");
  } else {
    output_.out.append(bound.shape == model::Shape::list ? "{\"L\":[" : "{\"M\":{");
    output_.size += 3;
  }
  std::set<std::string> keys;
  for (; end < count && end - source.begin < most; ++end) {
    const std::size_t before = output_.out.size();
    const std::uint32_t size_before = output_.size;
    if (end > source.begin) output_.out.append(',');
    if (write_row(source, end, keys) == Step::rejected) return is_set ? Step::rejected : rejected_within("[" + std::to_string(end) + "]");
    if (output_.size > item::item_size_limit) return reject(Reason::item_too_large, "the item has more than 409,600 bytes (400 KB)");
    const bool fits = !bound.max_bytes || output_.size - size <= *bound.max_bytes || (one_at_least && end == source.begin);
    if (fits) continue;
    output_.out.truncate(before);
    output_.size = size_before;
    break;
  }
  output_.out.append(bound.shape == model::Shape::map_by ? "}}" : "]}");
  return is_set && end == source.begin ? Step::absent : Step::written;
}

Step ItemBuilder::many(const CompiledNested& nested, Rows rows) {
  const model::BoundNested& bound = *nested.bound;
  Spill source{&nested, std::move(rows), {}, 0};
  if (bound.shape == model::Shape::set)
    if (set_elements(nested, source.rows, source.elements) == Step::rejected) return Step::rejected;
  const std::size_t count = count_of(bound.shape == model::Shape::set, source.elements.size(), source.rows.size());
  if (bound.on_overflow == model::OnOverflow::error && bound.limit && count > *bound.limit)
    return reject(Reason::embed_overflow, "there are more rows than its limit, " + std::to_string(*bound.limit));
  std::size_t end = 0;
  const Step step = write_part(source, bound.limit.value_or(std::numeric_limits<std::uint64_t>::max()), false, end);
  if (step == Step::rejected || end == count) return step;
  switch (bound.on_overflow) {
    case model::OnOverflow::error:
      return reject(Reason::embed_overflow, "the rows take more bytes than its max_bytes, " + std::to_string(*bound.max_bytes));
    case model::OnOverflow::truncate:
      break;
    case model::OnOverflow::spill:
      source.begin = end;
      spills_.push_back(std::move(source));
      break;
  }
  return step;
}

}  // namespace itemize::transform
