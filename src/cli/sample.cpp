#include "cli/sample.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "base/text.h"
#include "cli/text.h"
#include "item/dynamodb_json.h"
#include "pipeline/copy_number.h"
#include "pipeline/masked_origin.h"
#include "pipeline/script_programs.h"
#include "pipeline/wide_reader.h"
#include "transform/transformer.h"

namespace itemize::cli {
namespace {

/// A small piece of the table: the first rows are enough.
constexpr std::uint64_t preview_range_bytes = 1 << 20;
/// Bytes of a value on one line.
constexpr std::size_t longest_shown = 160;

/// Numbers copies (duplicates: number) among the rows at hand. Which of equal rows has which number is all the same.
class CopyNumbers {
 public:
  CopyNumbers(const model::BoundModel& model, const model::BoundItem& item)
      : model_(model), wanted_(item.item->identity_row && item.item->duplicates == model::Duplicates::number), sensitive_(pipeline::key_is_sensitive(model, item.index)) {}

  /// The put with its number, its text in text(); or why it is rejected.
  std::optional<item::Rejection> number(item::TableItems& items, item::Put& put) {
    text_.clear();
    if (!wanted_) return pipeline::append_numbered(model_, items, put, 1, text_);
    const std::string key(items.key(put));
    const auto [met, first] = met_.emplace(key, Met{std::string(items.framed(put)), 0});
    if (!first && met->second.text != items.framed(put))
      return item::Rejection{item::Reason::duplicate_key, "", "several rows that are not alike would become the item " + (sensitive_ ? "with this key" : key)};
    return pipeline::append_numbered(model_, items, put, ++met->second.count, text_);
  }
  std::string_view text() const { return text_.view(); }

 private:
  struct Met {
    std::string text;
    std::uint64_t count = 0;
  };
  const model::BoundModel& model_;
  bool wanted_;
  bool sensitive_;
  std::map<std::string, Met> met_;
  Buffer text_;
};

}  // namespace

const char* type_name(const item::AttributeValue& value) {
  static constexpr const char* names[] = {"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"};
  return names[value.value.index()];
}

Result<std::vector<Sample>> make_samples(const model::BoundModel& model, const model::BoundTable& table, const model::BoundItem& item, source::Snapshot& snapshot, const pipeline::Related& related, const source::Range& range, std::size_t wanted, bool skip_unwanted, std::size_t most_rows) {
  const item::Framing plain{"", "", true};
  const transform::Program program(model, table, plain, pipeline::script_programs(""));
  transform::Transformer transformer(program, {.now = snapshot.taken_at()});
  // Rows related to rows that nobody looks at would be read in vain.
  constexpr std::size_t rows_at_once = 20;
  const auto reader = TRY_WITH("table " + table.table->display_name(),
                               pipeline::WideReader::open(snapshot, range, table, &related, std::min(wanted, rows_at_once)));
  std::vector<Sample> samples;
  CopyNumbers numbers(model, item);
  std::size_t rows = 0;
  while (samples.size() < wanted && rows < most_rows && TRY(reader->next())) {
    const row::RowBatch& batch = reader->batch();
    for (std::size_t index = 0; index < batch.rows() && samples.size() < wanted; ++index, ++rows) {
      row::RowBatch one(batch.columns());
      if (row::Cell* cells = one.add_row()) std::ranges::copy(batch.row(index), cells);
      item::ItemBatch items;
      items.tables.resize(model.model->tables.size());
      std::vector<transform::RowRejection> rejections;
      TRY(transformer.run(one, items, rejections));
      Sample sample;
      sample.row = transform::row_to_json(table, batch.row(index));
      sample.origin = pipeline::masked_origin(item, table, batch.row(index));
      item::TableItems& made = items.tables[item.table_index];
      const std::size_t before = samples.size();
      for (item::Put& put : made.puts) {  // several with for_each and what an embed spills
        if (put.item_type != item.index) continue;
        Sample& each = samples.emplace_back(sample);
        each.rejection = numbers.number(made, put);
        if (each.rejection) continue;
        each.item = TRY(item::parse_item(numbers.text()));
        each.key = made.key(put);
        each.size = put.item_size;
      }
      for (const transform::RowRejection& rejection : rejections)
        if (rejection.item == &item) sample.rejection = rejection.rejection;
      if (samples.size() > before || (skip_unwanted && !sample.rejection)) continue;
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

Result<std::vector<Sample>> first_samples(const model::BoundModel& model, const model::BoundItem& item, const pipeline::Snapshots& snapshots,
                                          const pipeline::Related& related, std::size_t wanted) {
  std::vector<Sample> samples;
  for (const model::BoundTable& table : model.tables) {
    const auto own = std::ranges::find(table.items, item.index, &model::BoundItem::index);
    if (own == table.items.end()) continue;
    for (const source::Range& range : TRY(snapshots.of(table).plan(*table.table, preview_range_bytes))) {
      if (samples.size() >= wanted) return samples;
      for (Sample& sample : TRY(make_samples(model, table, *own, snapshots.of(table), related, range, wanted - samples.size(), true)))
        samples.push_back(std::move(sample));
    }
  }
  return samples;
}

bool is_sensitive(const model::BoundItem& item, const std::string& attribute) {
  // Where a script sees sensitive columns, any attribute may hold what it made of them.
  if (item.item->script && !item.item->sensitive.empty()) return true;
  return std::ranges::any_of(item.attributes, [&](const model::BoundAttribute& bound) { return bound.name == attribute && bound.sensitive; });
}

std::string value_text(const item::AttributeValue& value) {
  if (const auto* text = std::get_if<item::StringValue>(&value.value)) {
    std::string quoted;
    json::append_quoted(quoted, text->value);
    return quoted;
  }
  if (const auto* number = std::get_if<item::NumberValue>(&value.value)) return number->value;
  const std::string json = item::to_json({{"x", value}});
  // {"x":{"L":[...]}} -> [...]
  const std::size_t begin = json.find(':', 5) + 1;
  return json.substr(begin, json.size() - begin - 2);
}

std::string item_text(const model::BoundItem& item, const item::Item& value, const std::string& indent) {
  Columns columns({"", "", ""});
  const auto add = [&](const std::string& name, const item::AttributeValue& attribute) {
    std::string text = is_sensitive(item, name) ? "***" : value_text(attribute);
    if (text.size() > longest_shown) text = std::string(start_of(text, longest_shown - 10)) + "... (" + std::to_string(text.size()) + " bytes)";
    columns.add({name, type_name(attribute), text});
  };
  std::vector<std::string> first;
  for (const model::BoundAttribute& bound : item.attributes)
    if ((bound.table_key || bound.index_key) && value.contains(bound.name) && std::ranges::find(first, bound.name) == first.end()) first.push_back(bound.name);
  for (const std::string& name : first) add(name, value.at(name));
  for (const auto& [name, attribute] : value)
    if (std::ranges::find(first, name) == first.end()) add(name, attribute);
  return columns.to_string(indent);
}

}  // namespace itemize::cli
