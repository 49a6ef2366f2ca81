// Attributes made of related rows: a lookup's map, an embed's list, set, map or value.
#include "item/limits.h"
#include "transform/attribute_writer.h"
#include "transform/item_builder.h"

namespace itemize::transform {

using item::Reason;
using row::Cell;
using row::CellKind;

/// "price" within "lines[2]" is "lines[2].price".
Step ItemBuilder::rejected_within(const std::string& name) {
  std::string& attribute = output_.rejection.attribute;
  attribute = attribute.empty() ? name : attribute.starts_with('[') ? name + attribute : name + "." + attribute;
  return Step::rejected;
}

/// `,"name":...` with the size of both.
Step ItemBuilder::nested(const CompiledNested& nested) {
  const std::size_t begin = output_.out.size();
  const std::uint32_t size = output_.size;
  append(nested.attribute.prefix, output_.out);
  output_.size += nested.attribute.name_size;
  Step step = nested.bound->kind == model::RelationKind::lookup ? lookup(nested) : embed(nested);
  if (step == Step::rejected) return rejected_within(nested.attribute.bound->name);
  if (step == Step::written) return step;
  output_.out.truncate(begin);
  output_.size = size;
  return step;
}

Step ItemBuilder::lookup(const CompiledNested& nested) {
  const Cell& found = row_[*nested.bound->found_slot];
  if (found.is_null()) return Step::absent;
  if (found.kind == CellKind::invalid) return reject(Reason::relation, std::string(found.view()));
  return map(nested);
}

Step ItemBuilder::embed(const CompiledNested& nested) {
  const model::BoundNested& bound = *nested.bound;
  Rows rows;
  if (const Step step = find_rows(nested, rows); step != Step::written) return step;
  if (bound.too_deep) {
    if (rows.empty() || bound.on_overflow == model::OnOverflow::truncate) return Step::absent;
    return reject(Reason::embed_overflow, "the tree has more levels than its max_depth");
  }
  switch (bound.shape) {
    case model::Shape::list:
    case model::Shape::set:
    case model::Shape::map_by:
      return many(nested, std::move(rows));
    case model::Shape::one:
      return rows.empty() ? Step::absent : with_row(cells_of(nested, rows[0]), [&] { return map(nested); });
    case model::Shape::count:
    case model::Shape::sum:
    case model::Shape::min:
    case model::Shape::max:
      break;
  }
  return aggregate(nested, rows);
}

/// {"M":{...}} of the attributes of the row at hand.
Step ItemBuilder::map(const CompiledNested& nested) {
  if (depth_ >= item::nesting_depth_limit) return reject(Reason::document_depth, "the document is nested deeper than 32 levels");
  output_.out.append("{\"M\":");
  output_.size += 3;
  const std::size_t brace = output_.out.size();
  ++depth_;
  Step step = Step::written;
  for (const CompiledAttribute& attribute : nested.attributes) {
    step = this->attribute(attribute);
    if (step == Step::written) output_.size += 1;  // each entry of a map costs one byte more than its name and value
    if (step != Step::rejected) continue;
    output_.rejection.attribute = attribute.bound->name;
    hide_values(attribute.sensitive);
    break;
  }
  for (const CompiledNested& inner : nested.nested) {
    if (step == Step::rejected) break;
    step = this->nested(inner);
    if (step == Step::written) output_.size += 1;
  }
  --depth_;
  if (step == Step::rejected) return step;
  if (output_.size > item::item_size_limit) return reject(Reason::item_too_large, "the item has more than 409,600 bytes (400 KB)");
  if (output_.out.size() == brace)
    output_.out.append('{');
  else
    output_.out.data()[brace] = '{';  // in place of the first attribute's comma
  output_.out.append("}}");
  return Step::written;
}

}  // namespace itemize::transform
