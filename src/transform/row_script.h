// Scripts: what makes the finished item of a row into the items that are written. One worker's use of one item type's script.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "transform/item_writer.h"
#include "transform/transformer.h"

namespace itemize::transform {

/// Where a script's items go, row by row. A row's items are written all, or none of them.
class ScriptOutput {
 public:
  ScriptOutput(const Program::Compiled& program, const CompiledItem& compiled, std::int64_t now, item::TableItems& items,
               std::vector<RowRejection>& rejections, Counts& counts);

  void begin_row(std::size_t index, std::span<const row::Cell> row);
  /// What comes is made of an item with this key, as {"PK":{...}}; looked at where the script keeps it.
  void made_of(std::string_view key);
  /// For one item after another: begin(), the attributes, then end_item().
  ItemWriter& writer() { return writer_; }
  /// False: the row is to be rejected.
  bool end_item();
  /// The row is done; what was written of it stays.
  void end_row();
  /// The row's items are taken back. Without an argument: as the writer says.
  void reject();
  void reject(std::string sentence);
  /// The same with a sentence of the user's own script, which may hold values.
  void reject_said(std::string_view sentence);

  /// {"table":"orders","key":{"id":"42"}} of the row, sensitive columns masked.
  std::string row_words() const;
  const CompiledItem& compiled() const { return compiled_; }
  const Program::Compiled& program() const { return program_; }

 private:
  const Program::Compiled& program_;
  const CompiledItem& compiled_;
  ItemWriter writer_;
  item::TableItems& items_;
  std::vector<RowRejection>& rejections_;
  Counts& counts_;
  std::size_t index_ = 0;
  std::span<const row::Cell> row_;
  std::string key_;
  std::size_t puts_of_key_ = 0;  ///< Before the first item that is made of it.
  std::size_t puts_before_ = 0;  ///< Before the row.
  std::size_t text_before_ = 0;
};

class RowScript {
 public:
  virtual ~RowScript() = default;
  /// The row's finished items, mostly one, as plain DynamoDB JSON. An Error: the run cannot go on.
  virtual Result<void> give(std::size_t index, std::span<const row::Cell> row, const item::TableItems& made, ScriptOutput& output) = 0;
  /// The batch's end: what give() has put off is written now.
  virtual Result<void> finish(const row::RowBatch& rows, ScriptOutput& output) = 0;
};

/// An Error where the script does not compile, or its program cannot be started.
Result<std::unique_ptr<RowScript>> make_script(const Program::Compiled& program, const CompiledItem& compiled);

}  // namespace itemize::transform
