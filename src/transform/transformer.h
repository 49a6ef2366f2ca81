// Transform: rows of one source table become items of every item type that reads it. Pure: no I/O, no clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "expr/program.h"
#include "item/batch.h"
#include "item/rejection.h"
#include "model/bind.h"
#include "row/batch.h"
#include "transform/line_program.h"

namespace itemize::transform {

/// A row that could not become an item of one type.
struct RowRejection {
  std::size_t row = 0;  ///< In the batch.
  const model::BoundItem* item = nullptr;
  item::Rejection rejection;
};

/// What a batch came to, beside the items themselves.
struct Counts {
  std::vector<std::uint64_t> items;    ///< Puts, by Model::items index.
  std::vector<std::uint64_t> skipped;  ///< `where` was not true, or expired, by Model::items index.
};

/// The model of one source table, compiled to flat programs. Immutable, shareable between threads.
class Program {
 public:
  /// `framing`'s views must outlive the program. `open_program` starts the programs of `script: { exec: ... }`; where it is absent, a
  /// Transformer of a model that has one fails.
  Program(const model::BoundModel& model, const model::BoundTable& table, item::Framing framing, OpenProgram open_program = {});
  ~Program();
  Program(const Program&) = delete;

  const item::Framing& framing() const;  ///< Of the items that are made.

  struct Compiled;  ///< See program.h: for this room only.
  const Compiled& compiled() const { return *compiled_; }

 private:
  std::unique_ptr<Compiled> compiled_;
};

/// One worker's use of a Program: scratch memory and counters. One thread.
class Transformer {
 public:
  Transformer(const Program& program, expr::Context context);
  ~Transformer();
  /// Appends the items of `rows` to `items` (one TableItems a model table) and the rejections to `rejections`. A put's origin is
  /// origin_of() of its row. Whatever is appended for a rejected row is taken back. An Error: a script that is stuck or cannot be used.
  Result<void> run(const row::RowBatch& rows, item::ItemBatch& items, std::vector<RowRejection>& rejections);
  const Counts& counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Where a row came from, as opaque text for sinks and as JSON for rejects: {"table":"orders","key":{"id":"42"}}; key values are
/// the source's text form, so that source::RangeKind::rows can read the row again. Sensitive values are NOT masked here.
void append_origin(const model::BoundItem& item, const model::BoundTable& table, std::span<const row::Cell> row, Buffer& out);

/// The row as JSON for a rejects file: only the columns that the model uses, sensitive ones masked as "***", long values cut
/// with their length behind them.
std::string row_to_json(const model::BoundTable& table, std::span<const row::Cell> row);

}  // namespace itemize::transform
