#include "transform/transformer.h"

#include <cmath>
#include <cstdlib>

#include "base/decimal.h"
#include "base/json.h"
#include "item/limits.h"
#include "row/cell_text.h"
#include "transform/program.h"
#include "transform/value_writer.h"

namespace itemize::transform {

using item::Reason;
using model::KeyType;
using row::Cell;
using row::CellKind;

struct Transformer::State {
  const Program::Compiled& program;
  expr::Context context;
  Arena arena;
  Buffer scratch;
  Counts counts;
};

namespace {

/// What became of an attribute.
enum class Step : std::uint8_t { written, absent, rejected };

/// One row on its way to one item: where its text stands, and why it fails.
struct ItemBuilder {
  const CompiledItem& compiled;
  std::span<const Cell> row;
  const expr::Context& context;
  Arena& arena;
  Buffer& scratch;
  item::TableItems& items;
  ValueOutput output;
  std::size_t ttl_begin = 0;
  std::size_t ttl_size = 0;

  Step reject(const CompiledAttribute& attribute, Reason reason, std::string sentence) {
    output.refuse(reason, std::move(sentence));
    output.rejection.attribute = attribute.bound->name;
    return Step::rejected;
  }

  Step attribute(const CompiledAttribute& attribute);
  Step key_value(const CompiledAttribute& attribute, const Cell& cell);
  Step text_template(const CompiledAttribute& attribute);
  Step plain_value(const CompiledAttribute& attribute, const Cell& cell);
  Step null_value(const CompiledAttribute& attribute);
  Step otherwise(const CompiledAttribute& attribute, const Cell& cell, std::size_t begin, std::uint32_t size);
  Step checked_key(const CompiledAttribute& attribute, std::size_t begin, std::uint32_t bytes, std::uint32_t size);
};

Step ItemBuilder::null_value(const CompiledAttribute& attribute) {
  if (attribute.bound->table_key) return reject(attribute, Reason::key_null, "the key is NULL");
  if (attribute.bound->index_key || !attribute.bound->nulls_write) return Step::absent;
  output.out.append(attribute.prefix);
  output.out.append("{\"NULL\":true}");
  output.size += attribute.name_size + 1;
  return Step::written;
}

/// A key's length, now that it stands in the text from `begin` (where its prefix began). Empty index keys are absent.
Step ItemBuilder::checked_key(const CompiledAttribute& attribute, std::size_t begin, std::uint32_t bytes, std::uint32_t size) {
  if (bytes == 0 && attribute.bound->table_key) return reject(attribute, Reason::key_empty, "the key is empty");
  if (bytes == 0) {
    output.out.truncate(begin);
    output.size = size;
    return Step::absent;
  }
  if (bytes > attribute.most_bytes)
    return reject(attribute, Reason::key_too_large, "the key has " + std::to_string(bytes) + " bytes; DynamoDB takes " + std::to_string(attribute.most_bytes));
  return Step::written;
}

Step ItemBuilder::key_value(const CompiledAttribute& attribute, const Cell& cell) {
  const std::size_t begin = output.out.size();
  const std::uint32_t size = output.size;
  output.out.append(attribute.prefix);
  output.size += attribute.name_size;
  const std::uint32_t before = output.size;
  Written written = Written::value;
  switch (attribute.bound->key_type) {
    case KeyType::S:
      output.out.append("{\"S\":\"");
      if (cell.kind == CellKind::text) {
        written = write_string_text(cell.view(), output);
      } else {
        scratch.clear();
        written = to_text(cell, attribute.bound->type, scratch, output);
        if (written == Written::value) written = write_string_text(scratch.view(), output);
      }
      break;
    case KeyType::N:
      output.out.append("{\"N\":\"");
      written = write_number_text(cell, output);
      break;
    case KeyType::B:
      if (cell.kind != CellKind::bytes && cell.kind != CellKind::text && cell.kind != CellKind::uuid)
        return reject(attribute, Reason::key_type, "the key is of type B, the value is not binary");
      written = write_value_as(cell, attribute.bound->type, model::WriteAs::B, output);
      if (written == Written::value) return checked_key(attribute, begin, output.size - before, size);
      break;
  }
  if (written != Written::value) {
    output.rejection.attribute = attribute.bound->name;
    if (output.rejection.reason == Reason::type_mismatch) output.rejection.reason = Reason::key_type;
    return Step::rejected;
  }
  output.out.append("\"}");
  return checked_key(attribute, begin, output.size - before, size);
}

/// A template of several pieces: text, appended without a cell in between.
Step ItemBuilder::text_template(const CompiledAttribute& attribute) {
  scratch.clear();
  const auto appended = attribute.bound->program->append_text(row, context, arena, scratch);
  if (!appended) return reject(attribute, Reason::expression, appended.error().sentence);
  if (!*appended) return null_value(attribute);
  const Cell cell = Cell::text(scratch.view());
  if (!attribute.is_key) return plain_value(attribute, cell);
  if (attribute.bound->key_type != KeyType::S) {
    const Cell copy = Cell::text(arena.copy(scratch.view()));
    return key_value(attribute, copy);
  }
  return key_value(attribute, cell);
}

/// What to write for a value that DynamoDB cannot hold.
Step ItemBuilder::otherwise(const CompiledAttribute& attribute, const Cell& cell, std::size_t begin, std::uint32_t size) {
  output.out.truncate(begin);
  output.size = size;
  switch (attribute.bound->otherwise) {
    case model::Otherwise::reject: output.rejection.attribute = attribute.bound->name; return Step::rejected;
    case model::Otherwise::omit: return Step::absent;
    case model::Otherwise::null:
      output.out.append(attribute.prefix);
      output.out.append("{\"NULL\":true}");
      output.size += attribute.name_size + 1;
      return Step::written;
    case model::Otherwise::string: break;
  }
  std::string text;
  const bool is_time = cell.kind == CellKind::date || cell.kind == CellKind::timestamp || cell.kind == CellKind::timestamp_tz;
  if (is_time) text = cell.i == row::time_infinity ? "infinity" : "-infinity";
  else if ((cell.kind == CellKind::float32 || cell.kind == CellKind::float64) && !std::isfinite(cell.d)) text = std::isnan(cell.d) ? "NaN" : cell.d > 0 ? "Infinity" : "-Infinity";
  else if (cell.kind == CellKind::decimal_wire) text = text_with_scale(decimal_from_wire(cell.view()).value_or(Decimal{}));
  else if (cell.kind == CellKind::decimal_text || cell.kind == CellKind::json) text = cell.view();
  else {
    Buffer plain;
    if (row::append_text(cell, attribute.bound->type, plain) == row::TextStatus::ok) text = plain.view();
  }
  output.out.append(attribute.prefix);
  output.out.append("{\"S\":\"");
  if (text.empty() || write_string_text(text, output) != Written::value) {
    output.rejection.attribute = attribute.bound->name;
    return Step::rejected;
  }
  output.out.append("\"}");
  output.size += attribute.name_size;
  return Step::written;
}

Step ItemBuilder::plain_value(const CompiledAttribute& attribute, const Cell& cell) {
  const std::size_t begin = output.out.size();
  const std::uint32_t size = output.size;
  output.out.append(attribute.prefix);
  output.size += attribute.name_size;
  const Written written = attribute.bound->write_as == model::WriteAs::automatic ? write_value(cell, attribute.bound->type, 0, output)
                                                                                   : write_value_as(cell, attribute.bound->type, attribute.bound->write_as, output);
  if (written == Written::value) [[likely]] return Step::written;
  if (written == Written::refused) return otherwise(attribute, cell, begin, size);
  output.out.truncate(begin);
  output.size = size;
  return Step::absent;
}

Step ItemBuilder::attribute(const CompiledAttribute& attribute) {
  const model::BoundAttribute& bound = *attribute.bound;
  if (!attribute.constant.empty()) {
    output.out.append(attribute.constant);
    output.size += attribute.constant_size;
    return Step::written;
  }
  if (attribute.is_text_template) return text_template(attribute);
  Cell cell;
  if (bound.program) {
    const auto value = bound.program->evaluate(row, context, arena);
    if (!value) return reject(attribute, Reason::expression, value.error().sentence);
    cell = *value;
  } else {
    cell = row[bound.slot];
  }
  if (cell.is_null()) return null_value(attribute);
  if (cell.kind == CellKind::invalid) {
    const std::size_t begin = output.out.size();
    write_value(cell, bound.type, 0, output);
    return otherwise(attribute, cell, begin, output.size);
  }
  return attribute.is_key ? key_value(attribute, cell) : plain_value(attribute, cell);
}

/// True where `where` holds; false where it does not or is NULL.
std::expected<bool, expr::EvalError> wanted(const model::BoundItem& item, std::span<const Cell> row, const expr::Context& context, Arena& arena) {
  if (!item.where) return true;
  const auto value = item.where->evaluate(row, context, arena);
  if (!value) return std::unexpected(value.error());
  return (value->kind == CellKind::boolean || value->kind == CellKind::int64) && value->i != 0;
}

bool has_expired(const model::BoundItem& item, const ItemBuilder& builder) {
  if (!item.skip_expired || builder.ttl_size == 0) return false;
  // ,"name":{"N":"1700000000"}
  const std::string_view text = builder.items.text.view(builder.ttl_begin, builder.ttl_size);
  const std::size_t mark = text.rfind("{\"N\":\"");
  if (mark == std::string_view::npos) return false;
  const std::string number(text.substr(mark + 6));
  return std::strtod(number.c_str(), nullptr) < std::floor(static_cast<double>(builder.context.now) / 1e6);
}

}  // namespace

Transformer::Transformer(const Program& program, expr::Context context) : state_(new State{program.compiled(), context, Arena(), {}, {}}) {
  state_->counts.items.resize(program.compiled().model.model->items.size());
  state_->counts.skipped.resize(program.compiled().model.model->items.size());
}

Transformer::~Transformer() = default;

const Counts& Transformer::counts() const { return state_->counts; }

namespace {

/// Builds one item at the end of `items`; on a rejection or a skip everything is as before.
/// Returns: written, absent (skipped), rejected.
Step build(const Program::Compiled& program, ItemBuilder& builder) {
  item::TableItems& items = builder.items;
  const model::BoundItem& bound = *builder.compiled.bound;
  const std::size_t text_begin = items.text.size();
  const std::size_t keys_begin = items.keys.size();
  const auto take_back = [&](Step step) {
    items.text.truncate(text_begin);
    items.keys.truncate(keys_begin);
    return step;
  };
  items.text.append(program.framing.before);
  const std::size_t item_begin = items.text.size();
  for (std::size_t index = 0; index < builder.compiled.attributes.size(); ++index) {
    const CompiledAttribute& attribute = builder.compiled.attributes[index];
    const std::size_t begin = items.text.size();
    const Step step = builder.attribute(attribute);
    if (step == Step::rejected) return take_back(Step::rejected);
    if (step == Step::absent) continue;
    if (attribute.bound->table_key && program.framing.want_keys) items.keys.append(items.text.view(begin, items.text.size() - begin));
    if (bound.ttl_attribute && &bound.attributes[*bound.ttl_attribute] == attribute.bound) {
      builder.ttl_begin = begin;
      builder.ttl_size = items.text.size() - begin;
    }
  }
  if (builder.output.size > item::item_size_limit) {
    builder.output.refuse(Reason::item_too_large, "the item has " + std::to_string(builder.output.size) + " bytes; DynamoDB takes 409,600 (400 KB)");
    builder.output.rejection.attribute.clear();
    return take_back(Step::rejected);
  }
  if (has_expired(bound, builder)) return take_back(Step::absent);
  items.text.data()[item_begin] = '{';  // in place of the first attribute's comma
  items.text.append('}');
  items.text.append(program.framing.after);
  item::Put put;
  put.text_begin = text_begin;
  put.text_size = static_cast<std::uint32_t>(items.text.size() - text_begin);
  put.item_size = builder.output.size;
  put.item_type = static_cast<std::uint32_t>(bound.index);
  if (program.framing.want_keys) {
    items.keys.data()[keys_begin] = '{';
    items.keys.append('}');
    put.key_begin = keys_begin;
    put.key_size = static_cast<std::uint32_t>(items.keys.size() - keys_begin);
    put.origin_begin = items.origins.size();
    append_origin(bound, program.table, builder.row, items.origins);
    put.origin_size = static_cast<std::uint32_t>(items.origins.size() - put.origin_begin);
  }
  items.puts.push_back(put);
  return Step::written;
}

}  // namespace

void Transformer::run(const row::RowBatch& rows, item::ItemBatch& items, std::vector<RowRejection>& rejections) {
  State& state = *state_;
  for (std::size_t index = 0; index < rows.rows(); ++index) {
    const std::span<const Cell> row = rows.row(index);
    for (const CompiledItem& compiled : state.program.items) {
      state.arena.reset();
      item::TableItems& table_items = items.tables[compiled.bound->table_index];
      ItemBuilder builder{compiled, row, state.context, state.arena, state.scratch, table_items, {table_items.text, 0, {}}};
      const auto take = wanted(*compiled.bound, row, state.context, state.arena);
      Step step = Step::absent;
      if (!take) {
        builder.output.refuse(Reason::expression, "where: " + take.error().sentence);
        step = Step::rejected;
      } else if (*take) {
        step = build(state.program, builder);
      }
      if (step == Step::written) ++state.counts.items[compiled.bound->index];
      else if (step == Step::absent) ++state.counts.skipped[compiled.bound->index];
      else rejections.push_back({index, compiled.bound, std::move(builder.output.rejection)});
    }
  }
}

}  // namespace itemize::transform
