#include "transform/item_builder.h"

#include "item/limits.h"
#include "transform/attribute_writer.h"

namespace itemize::transform {

using item::Reason;
using model::KeyType;
using row::Cell;
using row::CellKind;

Step ItemBuilder::reject(Reason reason, std::string sentence) {
  output_.rejection.attribute.clear();
  output_.refuse(reason, std::move(sentence));
  return Step::rejected;
}

Step ItemBuilder::null_value(const CompiledAttribute& attribute) {
  if (attribute.bound->table_key) return reject(Reason::key_null, "the key is NULL");
  if (attribute.bound->index_key || !attribute.bound->nulls_write) return Step::absent;
  append_null(attribute, output_);
  return Step::written;
}

/// A key's length, now that it stands in the text from `begin` (where its prefix began). Empty index keys are absent.
Step ItemBuilder::checked_key(const CompiledAttribute& attribute, std::size_t begin, std::uint32_t bytes, std::uint32_t size) {
  if (bytes == 0 && attribute.bound->table_key) return reject(Reason::key_empty, "the key is empty");
  if (bytes == 0) {
    output_.out.truncate(begin);
    output_.size = size;
    return Step::absent;
  }
  if (bytes > attribute.most_bytes)
    return reject(Reason::key_too_large,
                  "the key has " + std::to_string(bytes) + " bytes; DynamoDB takes " + std::to_string(attribute.most_bytes));
  return Step::written;
}

Step ItemBuilder::key_value(const CompiledAttribute& attribute, const Cell& cell) {
  const std::size_t begin = output_.out.size();
  const std::uint32_t size = output_.size;
  output_.size += attribute.name_size;
  const std::uint32_t before = output_.size;
  Written written = Written::value;
  switch (attribute.bound->key_type) {
    case KeyType::S:
      append(attribute.string_prefix, output_.out);
      if (cell.kind == CellKind::text) {
        written = write_string_text(cell.view(), output_);
      } else {
        scratch_.clear();
        written = to_text(cell, attribute.bound->type, scratch_, output_);
        if (written == Written::value) written = write_string_text(scratch_.view(), output_);
      }
      output_.out.append("\"}");
      break;
    case KeyType::N:
      append(attribute.number_prefix, output_.out);
      written = write_number_text(cell, output_);
      output_.out.append("\"}");
      break;
    case KeyType::B:
      if (cell.kind != CellKind::bytes && cell.kind != CellKind::text && cell.kind != CellKind::uuid && cell.kind != CellKind::invalid)
        return reject(Reason::key_type, "the key is of type B, the value is not binary");
      append(attribute.prefix, output_.out);
      written = write_value_as(cell, attribute.bound->type, model::WriteAs::B, output_);
      break;
  }
  if (written == Written::value) return checked_key(attribute, begin, output_.size - before, size);
  if (output_.rejection.reason == Reason::type_mismatch) output_.rejection.reason = Reason::key_type;
  if (output_.rejection.reason == Reason::item_too_large) output_.rejection.reason = Reason::key_too_large;
  return Step::rejected;
}

/// A template of several pieces: text, appended without a cell in between.
Step ItemBuilder::text_template(const CompiledAttribute& attribute) {
  scratch_.clear();
  const auto appended = attribute.bound->program->append_text(row_, context_, arena_, scratch_);
  if (!appended) return reject(Reason::expression, appended.error().sentence);
  if (!*appended) return null_value(attribute);
  const Cell cell = Cell::text(scratch_.view());
  return attribute.is_key ? key_value(attribute, cell) : plain_value(attribute, cell);
}

/// What to write for a value that DynamoDB cannot hold.
Step ItemBuilder::otherwise(const CompiledAttribute& attribute, const Cell& cell, std::size_t begin, std::uint32_t size) {
  output_.out.truncate(begin);
  output_.size = size;
  switch (attribute.bound->otherwise) {
    case model::Otherwise::reject:
      return Step::rejected;
    case model::Otherwise::omit:
      return Step::absent;
    case model::Otherwise::null:
      append_null(attribute, output_);
      return Step::written;
    case model::Otherwise::string:
      break;
  }
  const std::optional<std::string> text = text_of_refused(cell, attribute.bound->type);
  if (!text) return Step::rejected;
  append(attribute.string_prefix, output_.out);
  if (write_string_text(*text, output_) != Written::value) return Step::rejected;
  output_.out.append("\"}");
  output_.size += attribute.name_size;
  return Step::written;
}

Step ItemBuilder::plain_value(const CompiledAttribute& attribute, const Cell& cell) {
  const std::size_t begin = output_.out.size();
  const std::uint32_t size = output_.size;
  const Written written = write_attribute(attribute, cell, depth_, output_);
  if (written == Written::value) [[likely]]
    return Step::written;
  if (written == Written::refused) return otherwise(attribute, cell, begin, size);
  output_.out.truncate(begin);
  output_.size = size;
  return Step::absent;
}

Step ItemBuilder::evaluate(const expr::Program& program, Cell& cell) {
  const auto value = program.evaluate(row_, context_, arena_);
  if (!value) return reject(Reason::expression, value.error().sentence);
  cell = *value;
  return Step::written;
}

Step ItemBuilder::attribute(const CompiledAttribute& attribute) {
  if (!attribute.constant.empty()) {
    output_.out.append(attribute.constant);
    output_.size += attribute.constant_size;
    return Step::written;
  }
  if (attribute.is_text_template) return text_template(attribute);
  Cell cell;
  if (cell_of(attribute, cell) == Step::rejected) return Step::rejected;
  if (cell.is_null()) return null_value(attribute);
  return attribute.is_key ? key_value(attribute, cell) : plain_value(attribute, cell);
}

/// Sentences that may quote a value are replaced where the value is sensitive.
void ItemBuilder::hide_values(bool sensitive) {
  if (!sensitive) return;
  switch (output_.rejection.reason) {
    case Reason::expression:
    case Reason::invalid_json:
    case Reason::invalid_value:
    case Reason::invalid_date:
    case Reason::invalid_utf8:
      output_.rejection.sentence = "the value cannot be used; more is not said, because a column that it comes from is sensitive";
      break;
    default:
      break;
  }
}

/// written where `where` holds for the row at hand; absent where it does not or is NULL.
Step ItemBuilder::wanted(const expr::Program& where, bool sensitive) {
  const auto value = where.evaluate(row_, context_, arena_);
  if (value) return (value->kind == CellKind::boolean || value->kind == CellKind::int64) && value->i != 0 ? Step::written : Step::absent;
  reject(Reason::expression, "where: " + value.error().sentence);
  hide_values(sensitive);
  return Step::rejected;
}

/// All attributes of the item; absent never.
Step ItemBuilder::attributes() {
  const model::BoundItem& bound = *compiled_.bound;
  for (const CompiledAttribute& attribute : compiled_.attributes) {
    const std::size_t begin = items_.text.size();
    const Step step = this->attribute(attribute);
    if (step == Step::absent) continue;
    if (step == Step::rejected) {
      output_.rejection.attribute = attribute.bound->name;
      hide_values(attribute.sensitive);
      return step;
    }
    if (attribute.bound->table_key && framing_.want_keys) items_.keys.append(items_.text.view(begin, items_.text.size() - begin));
    if (bound.ttl_attribute && &bound.attributes[*bound.ttl_attribute] == attribute.bound)
      ttl_begin_ = begin + attribute.prefix.view().size();
  }
  for (const CompiledNested& related : compiled_.nested)
    if (nested(related) == Step::rejected) return Step::rejected;
  return Step::written;
}

bool ItemBuilder::has_expired() const {
  return compiled_.bound->skip_expired && ttl_begin_ != 0 &&
         is_past(items_.text.view(ttl_begin_, items_.text.size() - ttl_begin_), context_.now);
}

/// Braces and frame around the attributes, and the put.
void ItemBuilder::finish(std::size_t text_begin, std::size_t item_begin, std::size_t keys_begin) {
  items_.text.data()[item_begin] = '{';  // in place of the first attribute's comma
  items_.text.append('}');
  items_.text.append(framing_.after);
  item::Put& put = items_.puts.emplace_back();
  put.text_begin = text_begin;
  put.text_size = static_cast<std::uint32_t>(items_.text.size() - text_begin);
  put.item_size = output_.size;
  put.item_type = static_cast<std::uint32_t>(compiled_.bound->index);
  if (!framing_.want_keys) return;
  items_.keys.data()[keys_begin] = '{';
  items_.keys.append('}');
  put.key_begin = keys_begin;
  put.key_size = static_cast<std::uint32_t>(items_.keys.size() - keys_begin);
  put.origin_begin = items_.origins.size();
  append_origin(compiled_, program_.table, row_, items_.origins);
  put.origin_size = static_cast<std::uint32_t>(items_.origins.size() - put.origin_begin);
}

Step ItemBuilder::reject_size() {
  return reject(Reason::item_too_large, "the item has " + std::to_string(output_.size) + " bytes; DynamoDB takes 409,600 (400 KB)");
}

Step ItemBuilder::build_one(std::span<const Cell> row) {
  row_ = row;
  output_.size = 0;
  ttl_begin_ = 0;
  if (compiled_.bound->where) {
    if (const Step step = wanted(*compiled_.bound->where, compiled_.where_sensitive); step != Step::written) return step;
  }
  const std::size_t text_begin = items_.text.size();
  const std::size_t keys_begin = items_.keys.size();
  items_.text.append(framing_.before);
  const std::size_t item_begin = items_.text.size();
  Step step = attributes();
  if (step == Step::written && output_.size > item::item_size_limit) {
    step = reject_size();
  } else if (step == Step::written && has_expired()) {
    step = Step::absent;
  }
  if (step == Step::written) {
    finish(text_begin, item_begin, keys_begin);
  } else {
    items_.text.truncate(text_begin);
    items_.keys.truncate(keys_begin);
  }
  return step;
}

}  // namespace itemize::transform
