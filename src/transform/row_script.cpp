#include "transform/row_script.h"

#include "base/text.h"
#include "item/string_text.h"
#include "transform/script/exec_script.h"
#include "transform/script/lua_script.h"

namespace itemize::transform {
namespace {

/// Of a sentence that a script says itself.
constexpr std::size_t most_said = 500;

/// For one line of a file or a terminal: control characters and what is not UTF-8 become '?'.
std::string cleaned(std::string_view sentence) {
  std::string text(start_of(sentence, most_said));
  Buffer escaped;
  const bool utf8 = item::append_escaped(escaped, text);
  for (char& byte : text)
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F || (!utf8 && static_cast<unsigned char>(byte) >= 0x80)) byte = '?';
  return text;
}

}  // namespace

ScriptOutput::ScriptOutput(const Program::Compiled& program, const CompiledItem& compiled, std::int64_t now, item::TableItems& items,
                           std::vector<RowRejection>& rejections, Counts& counts)
    : program_(program),
      compiled_(compiled),
      writer_(program, compiled, now, items),
      items_(items),
      rejections_(rejections),
      counts_(counts) {}

void ScriptOutput::begin_row(std::size_t index, std::span<const row::Cell> row) {
  index_ = index;
  row_ = row;
  puts_before_ = items_.puts.size();
  text_before_ = items_.text.size();
}

void ScriptOutput::made_of(std::string_view key) {
  key_ = key;
  puts_of_key_ = items_.puts.size();
}

bool ScriptOutput::end_item() {
  const Step step = writer_.end(row_);
  if (step != Step::written) return step == Step::absent;
  if (!compiled_.bound->item->script->keeps_key) return true;
  if (items_.puts.size() - puts_of_key_ > 1)
    return writer_.refuse(item::Reason::script, "the script keeps the key (keeps_key) but gave more than one item");
  if (writer_.last_key() == key_) return true;
  return writer_.refuse(item::Reason::script, "the script changed the key although the model says that it keeps it (keeps_key)");
}

void ScriptOutput::end_row() {
  const std::size_t made = items_.puts.size() - puts_before_;
  if (made == 0) ++counts_.skipped[compiled_.bound->index];
  counts_.items[compiled_.bound->index] += made;
}

void ScriptOutput::reject() {
  item::Rejection rejection = writer_.take_rejection();
  writer_.take_back(puts_before_);
  items_.text.truncate(text_before_);
  rejections_.push_back({index_, compiled_.bound, std::move(rejection)});
}

void ScriptOutput::reject(std::string sentence) {
  writer_.refuse(item::Reason::script, std::move(sentence));
  reject();
  rejections_.back().rejection.attribute.clear();
}

void ScriptOutput::reject_said(std::string_view sentence) {
  reject(compiled_.any_sensitive ? "the script failed; more is not said, because it sees a sensitive column" : cleaned(sentence));
}

std::string ScriptOutput::row_words() const {
  std::vector<row::Cell> cells(row_.begin(), row_.end());
  for (const std::size_t slot : compiled_.bound->identity_slots)
    if (program_.table.sensitive[slot] && !cells[slot].is_null()) cells[slot] = row::Cell::text("***");
  Buffer text;
  append_origin(compiled_, program_.table, cells, text);
  return std::string(text.view());
}

Result<std::unique_ptr<RowScript>> make_script(const Program::Compiled& program, const CompiledItem& compiled) {
  const model::ItemType& type = *compiled.bound->item;
  if (type.script->exec.empty()) return make_lua_script(*type.script, program, compiled);
  if (!program.open_program) return fail(ErrorCode::internal, "the program of item type " + type.name + " cannot be started here");
  return make_exec_script(program.open_program, program, compiled);
}

}  // namespace itemize::transform
