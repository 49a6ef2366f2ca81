// ItemBuilder: one row on its way to one item, attribute by attribute.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/arena.h"
#include "item/batch.h"
#include "transform/program.h"
#include "transform/value_writer.h"

namespace itemize::transform {

/// What became of an attribute, or of an item (absent: skipped).
enum class Step : std::uint8_t { written, absent, rejected };

/// Writes at the end of `items`; used for one row after another. After a rejection `output.rejection` says why.
class ItemBuilder {
 public:
  ItemBuilder(const Program::Compiled& program, const CompiledItem& compiled, const expr::Context& context, Arena& arena, Buffer& scratch,
              item::TableItems& items)
      : program_(program),
        compiled_(compiled),
        context_(context),
        arena_(arena),
        scratch_(scratch),
        items_(items),
        output_{items.text, 0, {}} {}

  /// The row's item, framed, with its key and origin where they are wanted. On a rejection or a skip everything is as before.
  Step build(std::span<const row::Cell> row);
  item::Rejection take_rejection() { return std::move(output_.rejection); }
  const CompiledItem& compiled() const { return compiled_; }

 private:
  Step wanted();
  Step attributes();
  Step attribute(const CompiledAttribute& attribute);
  Step key_value(const CompiledAttribute& attribute, const row::Cell& cell);
  Step checked_key(const CompiledAttribute& attribute, std::size_t begin, std::uint32_t bytes, std::uint32_t size);
  Step text_template(const CompiledAttribute& attribute);
  Step plain_value(const CompiledAttribute& attribute, const row::Cell& cell);
  Step null_value(const CompiledAttribute& attribute);
  Step otherwise(const CompiledAttribute& attribute, const row::Cell& cell, std::size_t begin, std::uint32_t size);
  bool has_expired() const;
  void finish(std::size_t text_begin, std::size_t item_begin, std::size_t keys_begin);
  Step reject(item::Reason reason, std::string sentence);
  void hide_values(bool sensitive);

  const Program::Compiled& program_;
  const CompiledItem& compiled_;
  const expr::Context& context_;
  Arena& arena_;
  Buffer& scratch_;
  item::TableItems& items_;
  ValueOutput output_;
  std::span<const row::Cell> row_;
  std::size_t ttl_begin_ = 0;  ///< Where the time to live's value stands in the text, behind its name; 0: absent.
};

}  // namespace itemize::transform
