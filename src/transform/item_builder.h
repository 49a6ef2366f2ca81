// ItemBuilder: one row on its way to its items, attribute by attribute.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

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
  ItemBuilder(const Program::Compiled& program, const CompiledItem& compiled, const item::Framing& framing, const expr::Context& context,
              Arena& arena, Buffer& scratch, item::TableItems& items)
      : program_(program),
        framing_(framing),
        compiled_(compiled),
        context_(context),
        arena_(arena),
        scratch_(scratch),
        items_(items),
        output_{items.text, 0, {}} {}

  /// The row's items, framed, with their keys and origins where they are wanted. On a rejection or a skip everything is as before.
  Step build(std::span<const row::Cell> row) { return compiled_.one_each ? build_one(row) : build_many(row); }
  /// Items that the last row became.
  std::uint64_t puts() const { return puts_; }
  item::Rejection take_rejection() { return std::move(output_.rejection); }
  const CompiledItem& compiled() const { return compiled_; }

 private:
  /// Rows of an embed that are wanted, in their order.
  using Rows = std::vector<const row::Cell*>;
  struct Element {
    model::WriteAs kind;  ///< SS, NS, BS
    std::string text;     ///< As it stands in the set.
    std::uint32_t size;   ///< As DynamoDB counts it.
  };
  struct Spill {
    const CompiledNested* nested;
    Rows rows;
    std::vector<Element> elements;  ///< Of a set, in place of rows.
    std::size_t begin;              ///< The first that did not fit into the item itself.
  };

  /// What `use` gives while `row` is the row at hand.
  template <class Use>
  auto with_row(std::span<const row::Cell> row, const Use& use) {
    const std::span<const row::Cell> owner = std::exchange(row_, row);
    auto result = use();
    row_ = owner;
    return result;
  }
  /// The cells of one of the embed's rows.
  static std::span<const row::Cell> cells_of(const CompiledNested& nested, const row::Cell* row) {
    return {row, nested.bound->rows->width()};
  }

  // item_builder.cpp: the item and its plain attributes
  Step build_one(std::span<const row::Cell> row);
  Step wanted(const expr::Program& where, bool sensitive);
  Step attributes();
  Step attribute(const CompiledAttribute& attribute);
  /// The value of an attribute that is no constant. Here, because most are columns, and a call for each would cost 4 percent of a plain
  /// row.
  Step cell_of(const CompiledAttribute& attribute, row::Cell& cell) {
    const model::BoundAttribute& bound = *attribute.bound;
    if (bound.program) return evaluate(*bound.program, cell);
    cell = row_[bound.slot];
    return Step::written;
  }
  Step evaluate(const expr::Program& program, row::Cell& cell);
  Step key_value(const CompiledAttribute& attribute, const row::Cell& cell);
  Step checked_key(const CompiledAttribute& attribute, std::size_t begin, std::uint32_t bytes, std::uint32_t size);
  Step text_template(const CompiledAttribute& attribute);
  Step plain_value(const CompiledAttribute& attribute, const row::Cell& cell);
  Step null_value(const CompiledAttribute& attribute);
  Step otherwise(const CompiledAttribute& attribute, const row::Cell& cell, std::size_t begin, std::uint32_t size);
  bool has_expired() const;
  void finish(std::size_t text_begin, std::size_t item_begin, std::size_t keys_begin);
  /// Of no attribute, until a caller says of which.
  Step reject(item::Reason reason, std::string sentence);
  Step reject_size();
  void hide_values(bool sensitive);

  // many_items.cpp: several items of one row
  Step build_many(std::span<const row::Cell> row);
  Step check_ways(const std::vector<std::size_t>& ways);
  Step elements(std::vector<row::Cell>& elements);
  Step json_elements(std::string_view text, std::vector<row::Cell>& elements);
  void drop_repeated(std::vector<row::Cell>& elements);
  Step write_spills();
  Step write_chunk(Spill& spill, std::int64_t chunk);

  // nested_writer.cpp: attributes made of related rows
  Step nested(const CompiledNested& nested);
  Step lookup(const CompiledNested& nested);
  Step embed(const CompiledNested& nested);
  Step map(const CompiledNested& nested);
  Step rejected_within(const std::string& name);

  // embedded_rows.cpp: which rows of an embed, in which order
  Step find_rows(const CompiledNested& nested, Rows& rows);
  Step is_wanted(const CompiledNested& nested);
  void sort_rows(const CompiledNested& nested, Rows& rows) const;

  // many_rows.cpp: lists, sets and maps of rows, within their bounds
  Step many(const CompiledNested& nested, Rows rows);
  Step write_part(const Spill& source, std::uint64_t most, bool one_at_least, std::size_t& end);
  Step write_row(const Spill& source, std::size_t index, std::set<std::string>& keys);
  Step write_key(const CompiledNested& nested, std::set<std::string>& keys);
  Step set_elements(const CompiledNested& nested, const Rows& rows, std::vector<Element>& elements);

  // aggregate_writer.cpp: one value of all rows
  Step aggregate(const CompiledNested& nested, const Rows& rows);
  Step value_of(const CompiledNested& nested, const row::Cell* row, row::Cell& value);
  Step sum(const CompiledNested& nested, const Rows& rows, row::Cell& value);
  Step extreme(const CompiledNested& nested, const Rows& rows, row::Cell& value);

  const Program::Compiled& program_;
  const item::Framing& framing_;
  const CompiledItem& compiled_;
  const expr::Context& context_;
  Arena& arena_;
  Buffer& scratch_;
  item::TableItems& items_;
  ValueOutput output_;
  std::span<const row::Cell> row_;
  std::size_t ttl_begin_ = 0;  ///< Where the time to live's value stands in the text, behind its name; 0: absent.
  std::uint64_t puts_ = 1;
  int depth_ = 0;                ///< Levels of L and M around what is written.
  std::vector<row::Cell> wide_;  ///< The row with for_each's element and the chunk's number behind it.
  std::vector<Spill> spills_;
};

}  // namespace itemize::transform
