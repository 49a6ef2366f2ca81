// Joins: the relations of a bound model, made ready to be followed: which cells make an edge key, and what is read of which table.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/bind.h"
#include "row/edge_key.h"
#include "store/row_codec.h"
#include "store/row_store.h"

namespace itemize::pipeline {

/// One column's part of an edge key, in a row as it is read: its columns, and behind them key forms.
struct EdgePart {
  std::size_t cell = 0;
  row::EdgeSide side;
};

struct JoinedRows;

/// One relation.
struct Join {
  const model::BoundRelation* relation = nullptr;
  std::size_t number = 0;         ///< Among all joins of the model: for counts.
  std::vector<EdgePart> owner;    ///< In the owner's row as it is read.
  std::size_t table = 0;          ///< In Joins::tables().
  store::TableNumber stored = 0;  ///< RelatedTable::Key::number of the key that rows are found by.
  /// Where each cell of a stored row stands in the child's row as it is read; store::nowhere where it is not wanted.
  std::vector<std::int32_t> places;
  /// Whether the source itself finds the children by RangeKind::rows; false: it compares more narrowly than the join.
  bool source_finds = true;
  bool unique = false;        ///< No two children have one key.
  bool owner_unique = false;  ///< No two owners have one key: a child has one owner.
  std::unique_ptr<JoinedRows> child;
  /// Of a lookup that is followed again: the found row's own reference, as `owner`,
  std::vector<EdgePart> next;
  std::vector<std::size_t> own;        ///< and for each of the child's columns the owner's column of that name,
  std::vector<std::size_t> own_forms;  ///< for each of its key forms the owner's.
};

/// Rows with all their joins; the compiled form of BoundRows.
struct JoinedRows {
  const model::BoundRows* rows = nullptr;
  std::vector<std::string> key_forms;  ///< Columns whose key forms are read behind rows->columns.
  std::vector<Join> joins;

  std::size_t columns() const { return rows->columns.size(); }
};

/// One reading of a source table for the joins that need its rows.
struct RelatedTable {
  std::size_t source = 0;
  const row::Table* table = nullptr;
  std::vector<std::string> columns;  ///< Of all joins. A stored row is these, and behind them the key forms.
  std::vector<std::string> key_forms;
  struct Key {
    store::TableNumber number = 0;
    std::vector<EdgePart> parts;  ///< In a stored row.
  };
  std::vector<Key> keys;
};

/// Immutable, shared by all threads. The bound model must outlive it.
class Joins {
 public:
  /// Errors: invalid_input where equality of two columns cannot be keyed.
  static Result<std::unique_ptr<const Joins>> of(const model::BoundModel& model);

  /// By BoundModel::tables index; nullptr for a table without relations.
  std::size_t table_count() const { return joined_.size(); }
  const JoinedRows* joined(std::size_t table) const { return joined_[table].get(); }
  const JoinedRows* joined(const model::BoundTable& table) const;
  const std::vector<RelatedTable>& tables() const { return tables_; }
  std::size_t count() const { return count_; }
  bool empty() const { return tables_.empty(); }

 private:
  friend class JoinsBuilder;
  const model::BoundModel* model_ = nullptr;
  std::vector<std::unique_ptr<JoinedRows>> joined_;
  std::vector<RelatedTable> tables_;
  std::size_t count_ = 0;
};

}  // namespace itemize::pipeline
