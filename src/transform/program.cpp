#include "transform/program.h"

#include <algorithm>
#include <set>

#include "base/json.h"
#include "item/dynamodb_json.h"
#include "item/limits.h"

namespace itemize::transform {
namespace {

/// What a program reads: the slots of rows, and behind them what for_each and spilling put there.
struct Rows {
  const model::BoundRows& rows;
  bool each_sensitive = false;

  bool sensitive(std::size_t slot) const { return slot < rows.width() ? rows.sensitive[slot] : each_sensitive && slot == rows.width(); }
  bool sensitive(const std::optional<expr::Program>& program) const {
    return program && std::ranges::any_of(program->slots(), [this](std::size_t slot) { return sensitive(slot); });
  }
};

CompiledAttribute compile(const model::BoundAttribute& bound, const Rows& rows) {
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
  } else if (!bound.nested) {
    attribute.sensitive = bound.sensitive || (bound.program ? rows.sensitive(bound.program) : rows.sensitive(bound.slot));
  }
  attribute.is_text_template = bound.program && bound.program->pieces().size() > 1;
  attribute.is_key = bound.table_key || bound.index_key;
  // One attribute may be the partition key of the table and the sort key of an index: the smaller limit counts.
  const bool sort = bound.sort || bound.index_sort;
  attribute.most_bytes = sort ? item::sort_key_length_limit : item::partition_key_length_limit;
  return attribute;
}

/// Plain attributes and those made of related rows apart. One that stands twice is written once, as the first.
void compile_all(const std::vector<model::BoundAttribute>& bound, const Rows& rows, std::vector<CompiledAttribute>& attributes,
                 std::vector<CompiledNested>& nested);

CompiledNested compile_nested(const model::BoundAttribute& bound, const Rows& owner) {
  CompiledNested nested;
  nested.attribute = compile(bound, owner);
  nested.bound = bound.nested.get();
  const Rows rows = nested.bound->rows == nullptr ? owner : Rows{*nested.bound->rows};
  std::vector<CompiledNested> none;
  compile_all(nested.bound->attributes, rows, nested.attributes, nested.nested);
  compile_all(nested.bound->spill_key, owner, nested.spill_key, none);
  nested.where_sensitive = rows.sensitive(nested.bound->where);
  nested.of_sensitive = rows.sensitive(nested.bound->of);
  return nested;
}

void compile_all(const std::vector<model::BoundAttribute>& bound, const Rows& rows, std::vector<CompiledAttribute>& attributes,
                 std::vector<CompiledNested>& nested) {
  std::set<std::string_view> names;
  for (const model::BoundAttribute& attribute : bound) {
    if (!names.insert(attribute.name).second) continue;
    if (attribute.nested)
      nested.push_back(compile_nested(attribute, rows));
    else
      attributes.push_back(compile(attribute, rows));
  }
}

/// Whether some column, of the rows or of those joined to them, is sensitive.
bool hides_something(const model::BoundRows& rows) {
  return std::ranges::any_of(rows.sensitive, [](bool sensitive) { return sensitive; }) ||
         std::ranges::any_of(rows.relations, [](const model::BoundRelation& relation) { return hides_something(*relation.child); });
}

std::vector<KeyRule> key_rules(const model::DynamoTable& table) {
  std::vector<KeyRule> rules;
  for (const model::KeyAttribute* attribute : table.key())
    rules.push_back(
        {attribute->name, attribute->type, true, rules.empty() ? item::partition_key_length_limit : item::sort_key_length_limit});
  for (const model::Index& index : table.indexes) {
    for (const auto* list : {&index.partition_key, &index.sort_key})
      for (const model::KeyAttribute& attribute : *list) {
        const std::uint32_t most = list == &index.sort_key ? item::sort_key_length_limit : item::partition_key_length_limit;
        const auto known = std::ranges::find(rules, attribute.name, &KeyRule::name);
        if (known == rules.end())
          rules.push_back({attribute.name, attribute.type, false, most});
        else
          known->most_bytes = std::min(known->most_bytes, most);
      }
  }
  return rules;
}

CompiledItem compile(const model::BoundItem& bound, const model::BoundTable& table, const model::Model& model) {
  CompiledItem item;
  item.bound = &bound;
  const bool each_sensitive = Rows{table}.sensitive(bound.for_each);
  const Rows rows{table, each_sensitive};
  // An attribute that is both a table's key and an index's is written once, as the stricter table key, which comes first.
  compile_all(bound.attributes, rows, item.attributes, item.nested);
  item.origin_start = origin_start(table);
  item.origin_names = origin_names(bound, table);
  item.where_sensitive = rows.sensitive(bound.where);
  item.each_sensitive = each_sensitive;
  const bool spills = std::ranges::any_of(item.nested, [](const CompiledNested& nested) { return !nested.spill_key.empty(); });
  item.one_each = !bound.for_each && bound.ways.empty() && !spills;
  if (bound.ttl_attribute)
    for (const CompiledAttribute& attribute : item.attributes)
      if (attribute.bound == &bound.attributes[*bound.ttl_attribute]) item.time_to_live = &attribute;
  if (bound.item->script) {
    item.key_rules = key_rules(model.tables[bound.table_index]);
    item.any_sensitive = !bound.item->sensitive.empty() || hides_something(table);
  }
  return item;
}

}  // namespace

Program::Program(const model::BoundModel& model, const model::BoundTable& table, item::Framing framing, OpenProgram open_program)
    : compiled_(new Compiled{model, table, framing, {}, std::move(open_program)}) {
  for (const model::BoundItem& item : table.items) compiled_->items.push_back(compile(item, table, *model.model));
}

Program::~Program() = default;

const item::Framing& Program::framing() const { return compiled_->framing; }

}  // namespace itemize::transform
