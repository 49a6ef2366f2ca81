#include "transform/program.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "item/dynamodb_json.h"
#include "item/limits.h"

namespace itemize::transform {
namespace {

bool reads_sensitive(const expr::Program& program, const model::BoundTable& table) {
  return std::ranges::any_of(program.slots(), [&table](std::size_t slot) { return table.sensitive[slot]; });
}

CompiledAttribute compile(const model::BoundAttribute& bound, const model::BoundTable& table) {
  CompiledAttribute attribute;
  attribute.bound = &bound;
  std::string prefix = ",";
  json::append_quoted(prefix, bound.name);
  prefix += ':';
  attribute.prefix = PaddedText(prefix);
  attribute.string_prefix = PaddedText(prefix + "{\"S\":\"");
  attribute.number_prefix = PaddedText(prefix + "{\"N\":\"");
  attribute.name_size = static_cast<std::uint32_t>(bound.name.size());
  if (!bound.constant.empty()) {
    attribute.constant = prefix + bound.constant;
    const Result<item::Item> value = item::parse_item("{\"x\":" + bound.constant + "}");
    attribute.constant_size = attribute.name_size + (value ? static_cast<std::uint32_t>(item::size_of(*value)) - 1 : 0);
  } else {
    attribute.sensitive = bound.sensitive || (bound.program ? reads_sensitive(*bound.program, table) : table.sensitive[bound.slot]);
  }
  attribute.is_text_template = bound.program && bound.program->pieces().size() > 1;
  attribute.is_key = bound.table_key || bound.index_key;
  // One attribute may be the partition key of the table and the sort key of an index: the smaller limit counts.
  const bool sort = bound.sort || bound.index_sort;
  attribute.most_bytes = sort ? item::sort_key_length_limit : item::partition_key_length_limit;
  return attribute;
}

CompiledItem compile(const model::BoundItem& bound, const model::BoundTable& table) {
  CompiledItem item;
  item.bound = &bound;
  std::set<std::string_view> names;
  // An attribute that is both a table's key and an index's is written once, as the stricter table key, which comes first.
  for (const model::BoundAttribute& attribute : bound.attributes)
    if (names.insert(attribute.name).second) item.attributes.push_back(compile(attribute, table));
  item.origin_start = origin_start(table);
  item.origin_names = origin_names(bound, table);
  item.where_sensitive = bound.where && reads_sensitive(*bound.where, table);
  return item;
}

}  // namespace

Program::Program(const model::BoundModel& model, const model::BoundTable& table, item::Framing framing)
    : compiled_(new Compiled{model, table, framing, {}}) {
  for (const model::BoundItem& item : table.items) compiled_->items.push_back(compile(item, table));
}

Program::~Program() = default;

}  // namespace itemize::transform
