// Rows: the rows of the model's tables as a run reads them: with what no source column holds, and without what a run leaves out.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/bind.h"
#include "source/source.h"

namespace itemize::pipeline {

/// Decides about rows of one table by some of its columns.
struct RowTest {
  std::vector<std::string> columns;    ///< Their values, and behind them
  std::vector<std::string> key_forms;  ///< the key forms of these (Snapshot::open_with_key_forms).
  std::function<bool(std::span<const row::Cell>)> keeps;
};

/// Leaves rows out beside the model's own `where`. Thread-safe.
class RowFilter {
 public:
  virtual ~RowFilter() = default;
  /// Whether any rows of the table are taken.
  virtual bool takes(const row::Table& table) const = 0;
  /// nullptr: all its rows are taken, or none.
  virtual const RowTest* test_of(const row::Table& table) const = 0;
  /// What it does, for people, where that is more than its options say.
  virtual std::vector<std::string> notes() const { return {}; }
};

/// A snapshot that does so where the model's own tables are read (BoundTable::own_table, known by its address); whatever is joined to them
/// is read as it is. `bound` must outlive it. `filter`: nullptr where all rows are taken.
std::unique_ptr<source::Snapshot> with_rows_of(const model::BoundModel& bound, std::unique_ptr<source::Snapshot> snapshot,
                                               std::shared_ptr<const RowFilter> filter);

}  // namespace itemize::pipeline
