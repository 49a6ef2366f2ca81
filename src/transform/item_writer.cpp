#include "transform/item_writer.h"

#include <algorithm>
#include <set>

#include "item/number_text.h"
#include "item/string_text.h"
#include "transform/attribute_writer.h"

namespace itemize::transform {

using item::Reason;
using row::Cell;
using row::CellKind;

ItemWriter::ItemWriter(const Program::Compiled& program, const CompiledItem& compiled, std::int64_t now, item::TableItems& items)
    : program_(program), compiled_(compiled), items_(items), output_{items.text, 0, {}}, now_(now), keys_(compiled.key_rules.size()) {
  const auto& time_to_live = program.model.model->tables[compiled.bound->table_index].time_to_live;
  if (time_to_live && !time_to_live->write_expired) ttl_attribute_ = time_to_live->attribute;
}

void ItemWriter::begin() {
  output_.size = 0;
  output_.rejection = {};
  counts_.clear();
  attributes_ = 0;
  named_ = false;
  ttl_begin_ = 0;
  std::ranges::fill(keys_, Key{});
  text_begin_ = items_.text.size();
  items_.text.append(program_.framing.before);
}

bool ItemWriter::refuse(Reason reason, std::string sentence) {
  output_.refuse(reason, std::move(sentence));
  output_.rejection.attribute = attribute_;
  items_.text.truncate(text_begin_);
  return false;
}

/// As output_.rejection says already.
bool ItemWriter::refuse_value() { return refuse(output_.rejection.reason, std::move(output_.rejection.sentence)); }

/// An attribute that is to be absent after all.
bool ItemWriter::drop_attribute() {
  items_.text.truncate(attribute_begin_);
  output_.size = size_before_;
  named_ = false;
  --attributes_;
  return true;
}

bool ItemWriter::name(std::string_view text) {
  if (counts_.empty()) {
    attribute_ = text;
    attribute_begin_ = items_.text.size();
    size_before_ = output_.size;
    if (text.empty()) return refuse(Reason::script, "an attribute has an empty name");
    if (text.size() > 65'535) return refuse(Reason::script, "an attribute's name has more than 65,535 bytes");
    items_.text.append(attributes_++ == 0 ? "{\"" : ",\"");
    output_.size += static_cast<std::uint32_t>(text.size());
  } else {
    if (text.empty()) return refuse(Reason::map_key_empty, "a map has an empty key");
    if (too_large(output_)) return refuse_value();
    items_.text.append(counts_.back()++ == 0 ? "\"" : ",\"");
    output_.size += static_cast<std::uint32_t>(text.size()) + 1;
  }
  if (!item::append_escaped(items_.text, text)) return refuse(Reason::invalid_utf8, "a name is not valid UTF-8");
  items_.text.append("\":");
  if (counts_.empty()) value_begin_ = items_.text.size();
  named_ = true;
  return true;
}

/// The comma of a list's element, and the byte that it counts.
bool ItemWriter::begin_value() {
  if (too_large(output_)) return refuse_value();
  if (!std::exchange(named_, false) && !counts_.empty()) {
    if (counts_.back()++ > 0) items_.text.append(',');
    output_.size += 1;
  }
  return true;
}

/// An attribute is whole: is it one that DynamoDB looks at?
bool ItemWriter::end_value() {
  if (!counts_.empty()) return true;
  if (attribute_ == ttl_attribute_) ttl_begin_ = value_begin_;
  for (std::size_t rule = 0; rule < compiled_.key_rules.size(); ++rule)
    if (compiled_.key_rules[rule].name == attribute_) return check_key(rule);
  return true;
}

bool ItemWriter::check_key(std::size_t index) {
  const KeyRule& rule = compiled_.key_rules[index];
  const std::string_view value = items_.text.view(value_begin_, items_.text.size() - value_begin_);
  const bool right_type = value[2] == static_cast<char>(rule.type) && value[3] == '"';  // {"S":
  if (!right_type) return refuse(Reason::key_type, std::string("the key attribute must be of type ") + static_cast<char>(rule.type));
  const std::uint32_t bytes = output_.size - size_before_ - static_cast<std::uint32_t>(rule.name.size());
  if (bytes == 0 && rule.table_key) return refuse(Reason::key_empty, "the key is empty");
  if (bytes == 0) return drop_attribute();  // a sparse index, as everywhere
  if (bytes > rule.most_bytes)
    return refuse(Reason::key_too_large,
                  "the key has " + std::to_string(bytes) + " bytes; DynamoDB takes " + std::to_string(rule.most_bytes));
  keys_[index] = {attribute_begin_, items_.text.size() - attribute_begin_};
  return true;
}

bool ItemWriter::string(std::string_view text) {
  if (!begin_value()) return false;
  items_.text.append("{\"S\":\"");
  if (write_string_text(text, output_) != Written::value) return refuse_value();
  items_.text.append("\"}");
  return end_value();
}

bool ItemWriter::typed_number(Written written) {
  if (written != Written::value) {
    const bool malformed = output_.rejection.reason == Reason::type_mismatch;
    return refuse(malformed ? Reason::script : output_.rejection.reason,
                  malformed ? "a number is none" : std::move(output_.rejection.sentence));
  }
  items_.text.append("\"}");
  return end_value();
}

bool ItemWriter::number(std::string_view text) {
  if (!begin_value()) return false;
  items_.text.append("{\"N\":\"");
  return typed_number(write_number_text(Cell::view_of(CellKind::decimal_text, text), output_));
}

bool ItemWriter::integer(std::int64_t value) {
  if (!begin_value()) return false;
  items_.text.append("{\"N\":\"");
  return typed_number(write_number_text(Cell::integer(value), output_));
}

bool ItemWriter::real(double value) {
  if (!begin_value()) return false;
  items_.text.append("{\"N\":\"");
  return typed_number(write_number_text(Cell::real(CellKind::float64, value), output_));
}

bool ItemWriter::binary(std::string_view bytes) {
  if (!begin_value()) return false;
  if (bytes.size() > item::item_size_limit) {
    refuse_too_large(bytes.size(), output_);
    return refuse_value();
  }
  items_.text.append("{\"B\":\"");
  item::append_base64(items_.text, bytes);
  items_.text.append("\"}");
  output_.size += static_cast<std::uint32_t>(bytes.size());
  return end_value();
}

bool ItemWriter::boolean(bool value) {
  if (!begin_value()) return false;
  items_.text.append(value ? "{\"BOOL\":true}" : "{\"BOOL\":false}");
  output_.size += 1;
  return end_value();
}

bool ItemWriter::null() {
  if (!begin_value()) return false;
  items_.text.append("{\"NULL\":true}");
  output_.size += 1;
  return end_value();
}

bool ItemWriter::open(std::string_view text) {
  if (counts_.size() >= static_cast<std::size_t>(item::nesting_depth_limit))
    return refuse(Reason::document_depth, "the item is nested deeper than 32 levels");
  if (!begin_value()) return false;
  items_.text.append(text);
  output_.size += 3;
  counts_.push_back(0);
  return true;
}

bool ItemWriter::begin_list() { return open("{\"L\":["); }
bool ItemWriter::begin_map() { return open("{\"M\":{"); }

bool ItemWriter::end_list() {
  items_.text.append("]}");
  counts_.pop_back();
  return end_value();
}

bool ItemWriter::end_map() {
  items_.text.append("}}");
  counts_.pop_back();
  return end_value();
}

bool ItemWriter::set(SetKind kind, const std::vector<std::string>& elements) {
  if (elements.empty()) {
    if (!counts_.empty()) return refuse(Reason::script, "an empty set within a list or a map: DynamoDB has none");
    return drop_attribute();
  }
  if (!begin_value()) return false;
  items_.text.append("{\"");
  items_.text.append(static_cast<char>(kind));
  items_.text.append("S\":[");
  std::set<std::string> seen;
  for (const std::string& element : elements) {
    if (too_large(output_)) return refuse_value();
    items_.text.append(seen.empty() ? "\"" : ",\"");
    const std::size_t begin = items_.text.size();
    Written written = Written::value;
    if (kind == SetKind::strings) {
      written = write_string_text(element, output_);
    } else if (kind == SetKind::numbers) {
      if (write_number_text(Cell::view_of(CellKind::decimal_text, element), output_) != Written::value)
        return typed_number(Written::refused);
    } else {
      item::append_base64(items_.text, element);
      output_.size += static_cast<std::uint32_t>(element.size());
    }
    if (written != Written::value) return refuse_value();
    if (!seen.emplace(items_.text.view(begin, items_.text.size() - begin)).second)
      return refuse(Reason::duplicate_attribute, "a set holds the same element twice");
    items_.text.append('"');
  }
  items_.text.append("]}");
  return end_value();
}

Step ItemWriter::end(std::span<const Cell> row) {
  attribute_.clear();
  for (std::size_t rule = 0; rule < compiled_.key_rules.size(); ++rule) {
    if (!compiled_.key_rules[rule].table_key || keys_[rule].size > 0) continue;
    attribute_ = compiled_.key_rules[rule].name;
    return refuse(Reason::key_null, "the script gave an item without its key"), Step::rejected;
  }
  if (output_.size > item::item_size_limit)
    return refuse(Reason::item_too_large, "the item has " + std::to_string(output_.size) + " bytes; DynamoDB takes 409,600 (400 KB)"),
           Step::rejected;
  if (ttl_begin_ != 0 && is_past(items_.text.view(ttl_begin_, items_.text.size() - ttl_begin_), now_)) {
    items_.text.truncate(text_begin_);
    return Step::absent;
  }
  key_.clear();
  for (std::size_t rule = 0; rule < compiled_.key_rules.size() && compiled_.key_rules[rule].table_key; ++rule) {
    key_.append(rule == 0 ? '{' : ',');
    key_.append(items_.text.view(keys_[rule].begin + 1, keys_[rule].size - 1));
  }
  key_.append('}');
  items_.text.append('}');
  items_.text.append(program_.framing.after);
  item::Put& put = items_.puts.emplace_back();
  put.text_begin = text_begin_;
  put.text_size = static_cast<std::uint32_t>(items_.text.size() - text_begin_);
  put.item_size = output_.size;
  put.item_type = static_cast<std::uint32_t>(compiled_.bound->index);
  if (!program_.framing.want_keys) return Step::written;
  put.key_begin = items_.keys.size();
  items_.keys.append(key_.view());
  put.key_size = static_cast<std::uint32_t>(items_.keys.size() - put.key_begin);
  put.origin_begin = items_.origins.size();
  append_origin(compiled_, program_.table, row, items_.origins);
  put.origin_size = static_cast<std::uint32_t>(items_.origins.size() - put.origin_begin);
  return Step::written;
}

void ItemWriter::take_back(std::size_t puts) {
  if (items_.puts.size() <= puts) return;
  const item::Put first = items_.puts[puts];
  items_.puts.resize(puts);
  items_.text.truncate(first.text_begin);
  if (!program_.framing.want_keys) return;
  items_.keys.truncate(first.key_begin);
  items_.origins.truncate(first.origin_begin);
}

}  // namespace itemize::transform
