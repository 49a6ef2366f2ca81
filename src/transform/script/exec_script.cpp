#include "transform/script/exec_script.h"

#include "base/json.h"
#include "item/dynamodb_json.h"
#include "item/string_text.h"
#include "row/cell_text.h"

namespace itemize::transform {
namespace {

/// Writes an item that was parsed already.
class ItemToWriter {
 public:
  explicit ItemToWriter(ItemWriter& writer) : writer_(writer) {}

  bool operator()(const item::StringValue& each) { return writer_.string(each.value); }
  bool operator()(const item::NumberValue& each) { return writer_.number(each.value); }
  bool operator()(const item::BinaryValue& each) { return writer_.binary(each.value); }
  bool operator()(const item::BooleanValue& each) { return writer_.boolean(each.value); }
  bool operator()(const item::NullValue&) { return writer_.null(); }
  bool operator()(const item::StringSet& each) { return writer_.set(SetKind::strings, each.elements); }
  bool operator()(const item::NumberSet& each) { return writer_.set(SetKind::numbers, each.elements); }
  bool operator()(const item::BinarySet& each) { return writer_.set(SetKind::binaries, each.elements); }
  bool operator()(const item::ListValue& each) {
    if (!writer_.begin_list()) return false;
    for (const item::AttributeValue& element : each.elements)
      if (!std::visit(*this, element.value)) return false;
    return writer_.end_list();
  }
  bool operator()(const item::MapValue& each) { return writer_.begin_map() && attributes(each.entries) && writer_.end_map(); }

  bool attributes(const item::Item& item) {
    for (const auto& [name, value] : item)
      if (!writer_.name(name) || !std::visit(*this, value.value)) return false;
    return true;
  }

 private:
  ItemWriter& writer_;
};

class ExecScript : public RowScript {
 public:
  ExecScript(std::unique_ptr<LineProgram> line_program, const Program::Compiled& program, const CompiledItem& compiled)
      : line_program_(std::move(line_program)), program_(program), compiled_(compiled) {}

  Result<void> give(std::size_t index, std::span<const row::Cell> row, const item::TableItems& made, ScriptOutput&) override {
    for (const item::Put& put : made.puts) {
      line_.clear();
      line_.append("{\"item\":");
      line_.append(made.framed(put));
      line_.append(",\"row\":");
      append_row(row);
      line_.append('}');
      lines_.emplace_back(line_.view());
      waiting_.push_back({index, std::string(made.key(put))});
    }
    return {};
  }

  Result<void> finish(const row::RowBatch& rows, ScriptOutput& output) override {
    if (lines_.empty()) return {};
    const auto answers = TRY_WITH("the script of " + compiled_.bound->item->name, line_program_->ask(lines_));
    bool rejected = false;
    for (std::size_t each = 0; each < waiting_.size(); ++each) {
      const Waiting& waiting = waiting_[each];
      const bool first = each == 0 || waiting_[each - 1].index != waiting.index;
      if (first) output.begin_row(waiting.index, rows.row(waiting.index));
      if (!first && rejected) continue;
      output.made_of(waiting.key);
      rejected = false;
      if (answers[each]) {
        rejected = !take(*answers[each], output);
      } else {
        output.reject(answers[each].error());
        rejected = true;
      }
      const bool last = each + 1 == waiting_.size() || waiting_[each + 1].index != waiting.index;
      if (last && !rejected) output.end_row();
    }
    lines_.clear();
    waiting_.clear();
    return {};
  }

 private:
  struct Waiting {
    std::size_t index;
    std::string key;
  };

  void append_row(std::span<const row::Cell> row) {
    line_.append('{');
    bool first = true;
    for (const auto& [name, slot] : compiled_.bound->script_columns) {
      const std::size_t begin = line_.size();
      line_.append(first ? "\"" : ",\"");
      if (!item::append_escaped(line_, name)) {
        line_.truncate(begin);
        continue;
      }
      line_.append("\":");
      append_value(row[slot], program_.table.types[slot]);
      first = false;
    }
    line_.append('}');
  }

  /// As the column's attribute would be written; text, or NULL, where DynamoDB could not hold it.
  void append_value(const row::Cell& cell, const row::Type& type) {
    const std::size_t begin = line_.size();
    ValueOutput value{line_, 0, {}};
    if (write_value(cell, type, 0, value) == Written::value) return;
    line_.truncate(begin);
    Buffer text;
    line_.append("{\"S\":\"");
    if (row::append_text(cell, type, text) == row::TextStatus::ok && item::append_escaped(line_, text.view())) return line_.append("\"}");
    line_.truncate(begin);
    line_.append("{\"NULL\":true}");
  }

  /// False: the row was rejected.
  static bool take(const std::string& answer, ScriptOutput& output) {
    const Result<json::Value> value = json::parse(answer);
    if (!value) return output.reject("the program's answer is not JSON: " + value.error().message), false;
    if (value->is_null()) return true;
    if (const json::Value* why = value->find("reject"); why != nullptr && why->string() != nullptr)
      return output.reject_said(*why->string()), false;
    if (const json::Value* item = value->find("item")) return take_items({item, 1}, output);
    const json::Value* items = value->find("items");
    if (items == nullptr || items->array() == nullptr)
      return output.reject("the program's answer has neither item, items nor reject, and is not null"), false;
    return take_items(*items->array(), output);
  }

  static bool take_items(std::span<const json::Value> items, ScriptOutput& output) {
    for (const json::Value& each : items) {
      const Result<item::Item> item = item::item_from_json(each);
      if (!item) return output.reject("the program's answer is no item: " + item.error().message), false;
      output.writer().begin();
      if (!ItemToWriter(output.writer()).attributes(*item) || !output.end_item()) return output.reject(), false;
    }
    return true;
  }

  std::unique_ptr<LineProgram> line_program_;
  const Program::Compiled& program_;
  const CompiledItem& compiled_;
  Buffer line_;
  std::vector<std::string> lines_;
  std::vector<Waiting> waiting_;
};

}  // namespace

Result<std::unique_ptr<RowScript>> make_exec_script(const OpenProgram& open_program, const Program::Compiled& program,
                                                    const CompiledItem& compiled) {
  auto line_program = TRY(open_program(*compiled.bound->item));
  return std::make_unique<ExecScript>(std::move(line_program), program, compiled);
}

}  // namespace itemize::transform
