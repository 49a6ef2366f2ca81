// The compiled program of one source table: for each item type, its attributes with all that can be prepared.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "transform/transformer.h"

namespace itemize::transform {

struct CompiledAttribute {
  const model::BoundAttribute* bound = nullptr;
  std::string prefix;                 ///< `,"name":` - the first attribute's comma becomes the item's brace.
  std::string constant;               ///< Prefix and value of a constant, ready.
  std::uint32_t name_size = 0;
  std::uint32_t constant_size = 0;    ///< Bytes that the constant counts, its name included.
  bool is_text_template = false;      ///< Appends its text without a cell in between.
  bool is_key = false;                ///< Of the table or of an index: bounded in size, never empty.
  std::uint32_t most_bytes = 0;       ///< Of a key.
};

struct CompiledItem {
  const model::BoundItem* bound = nullptr;
  std::vector<CompiledAttribute> attributes;
};

struct Program::Compiled {
  const model::BoundModel& model;
  const model::BoundTable& table;
  item::Framing framing;
  std::vector<CompiledItem> items;
};

}  // namespace itemize::transform
