// The compiled program of one source table: for each item type, its attributes with all that can be prepared.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transform/padded_text.h"
#include "transform/transformer.h"

namespace itemize::transform {

struct CompiledAttribute {
  const model::BoundAttribute* bound = nullptr;
  PaddedText prefix;         ///< `,"name":` - the first attribute's comma becomes the item's brace.
  PaddedText string_prefix;  ///< `,"name":{"S":"`
  PaddedText number_prefix;  ///< `,"name":{"N":"`
  std::string constant;      ///< Prefix and value of a constant, ready.
  std::uint32_t name_size = 0;
  std::uint32_t constant_size = 0;  ///< Bytes that the constant counts, its name included.
  bool is_text_template = false;    ///< Appends its text without a cell in between.
  bool is_key = false;              ///< Of the table or of an index: bounded in size, never empty.
  bool sensitive = false;           ///< Reads a sensitive column: its values never stand in a sentence.
  std::uint32_t most_bytes = 0;     ///< Of a key.
};

/// An attribute made of related rows.
struct CompiledNested {
  CompiledAttribute attribute;  ///< Name and place; no value of its own.
  const model::BoundNested* bound = nullptr;
  std::vector<CompiledAttribute> attributes;
  std::vector<CompiledNested> nested;
  std::vector<CompiledAttribute> spill_key;
  bool where_sensitive = false;
  bool of_sensitive = false;
};

/// What a key attribute of the item's table or of one of its indexes asks of a value. For items that a script makes.
struct KeyRule {
  std::string name;
  model::KeyType type = model::KeyType::S;
  bool table_key = false;
  std::uint32_t most_bytes = 0;
};

struct CompiledItem {
  const model::BoundItem* bound = nullptr;
  std::vector<CompiledAttribute> attributes;
  std::vector<CompiledNested> nested;
  const CompiledAttribute* time_to_live = nullptr;  ///< Where `attributes` has it: spilled items carry it as well.
  bool one_each = true;                             ///< A row makes one item at most, and nothing is to be checked before.
  bool each_sensitive = false;
  std::string origin_start;               ///< `{"table":"orders","key":{`
  std::vector<std::string> origin_names;  ///< `"id":`, for each of bound->identity_slots; from the second on with a comma.
  bool where_sensitive = false;
  std::vector<KeyRule> key_rules;  ///< Where there is a script: the table's key attributes first, in its order.
  bool any_sensitive = false;      ///< Some column that a script sees is sensitive: its sentences are not repeated.
};

struct Program::Compiled {
  const model::BoundModel& model;
  const model::BoundTable& table;
  item::Framing framing;
  std::vector<CompiledItem> items;
  OpenProgram open_program;
};

/// append_origin() with what the program has prepared.
void append_origin(const CompiledItem& item, const model::BoundTable& table, std::span<const row::Cell> row, Buffer& out);

/// The parts of an origin's text that are the same for every row.
std::string origin_start(const model::BoundTable& table);
std::vector<std::string> origin_names(const model::BoundItem& item, const model::BoundTable& table);

}  // namespace itemize::transform
