#include "transform/program.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "item/dynamodb_json.h"
#include "item/limits.h"

namespace itemize::transform {
namespace {

CompiledAttribute compile(const model::BoundAttribute& bound) {
  CompiledAttribute attribute;
  attribute.bound = &bound;
  attribute.prefix = ",";
  json::append_quoted(attribute.prefix, bound.name);
  attribute.prefix += ':';
  attribute.name_size = static_cast<std::uint32_t>(bound.name.size());
  if (!bound.constant.empty()) {
    attribute.constant = attribute.prefix + bound.constant;
    const Result<item::Item> value = item::parse_item("{\"x\":" + bound.constant + "}");
    attribute.constant_size = attribute.name_size + (value ? static_cast<std::uint32_t>(item::size_of(*value)) - 1 : 0);
  }
  attribute.is_text_template = bound.program && bound.program->pieces().size() > 1;
  attribute.is_key = bound.table_key || bound.index_key;
  const bool sort = bound.table_key ? bound.sort : bound.index_sort;
  attribute.most_bytes = sort ? item::sort_key_length_limit : item::partition_key_length_limit;
  return attribute;
}

CompiledItem compile(const model::BoundItem& bound) {
  CompiledItem item{&bound, {}};
  std::set<std::string_view> names;
  // An attribute that is both a table's key and an index's is written once, as the stricter table key, which comes first.
  for (const model::BoundAttribute& attribute : bound.attributes)
    if (names.insert(attribute.name).second) item.attributes.push_back(compile(attribute));
  return item;
}

}  // namespace

Program::Program(const model::BoundModel& model, const model::BoundTable& table, item::Framing framing)
    : compiled_(new Compiled{model, table, framing, {}}) {
  for (const model::BoundItem& item : table.items) compiled_->items.push_back(compile(item));
}

Program::~Program() = default;

}  // namespace itemize::transform
