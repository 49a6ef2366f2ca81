// For tests: a snapshot of several tables in memory, whose readers lose their connection when they are told to.
#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "row/cell_text.h"
#include "source/source.h"

namespace itemize::pipeline::testing {

/// NULL, or a text; columns of kind integer hold its number.
using FakeValue = std::optional<std::string>;

struct FakeTable {
  row::Table table;
  std::vector<std::vector<FakeValue>> rows;
};

inline FakeTable fake_table(const std::string& name, const std::vector<std::string>& columns, std::vector<std::string> texts = {}) {
  FakeTable made;
  made.table.name = name;
  for (const std::string& column : columns) {
    row::Column added;
    added.name = column;
    const bool is_text = std::ranges::find(texts, column) != texts.end();
    added.type.kind = is_text ? row::TypeKind::text : row::TypeKind::integer;
    added.type.length = is_text ? -1 : 8;
    made.table.columns.push_back(std::move(added));
  }
  made.table.unique_keys.push_back({"primary", {0}, true, true});
  return made;
}

/// Tables must not move or change while it lives.
class FakeTables final : public source::Snapshot {
 public:
  explicit FakeTables(const std::map<std::string, FakeTable>& tables) : tables_(tables) {}

  source::Position position() const override { return {"here"}; }
  std::string token() const override { return ""; }
  std::int64_t taken_at() const override { return 0; }
  bool alive() override { return true; }

  Result<std::vector<source::Range>> plan(const row::Table& table, std::uint64_t) override {
    std::vector<source::Range> ranges;
    const std::size_t rows = tables_.at(table.name).rows.size();
    for (std::size_t begin = 0; begin == 0 || begin < rows; begin += rows_per_range) {
      source::Range range;
      range.table = table.name;
      range.kind = source::RangeKind::blocks;
      range.first_block = static_cast<std::int64_t>(begin);
      range.end_block = static_cast<std::int64_t>(std::min(begin + rows_per_range, rows));
      ranges.push_back(std::move(range));
    }
    return ranges;
  }

  Result<std::unique_ptr<source::Reader>> open(const source::Range& range, const row::Table& table,
                                               const std::vector<std::string>& columns) override {
    ++opened;
    const FakeTable& from = tables_.at(table.name);
    std::vector<const std::vector<FakeValue>*> rows;
    if (range.kind == source::RangeKind::blocks) {
      for (std::int64_t at = range.first_block; at < *range.end_block; ++at) rows.push_back(&from.rows[static_cast<std::size_t>(at)]);
    } else {
      for (const std::vector<FakeValue>& row : from.rows)
        if (std::ranges::any_of(range.row_keys, [&](const auto& key) { return has_key(from.table, row, range.key_columns, key); }))
          rows.push_back(&row);
    }
    return std::make_unique<Reader>(*this, from.table, std::move(rows), columns);
  }

  std::size_t rows_per_range = 1'000'000;
  std::atomic<int> failures{0};  ///< So many readers lose their connection after their first batch.
  std::atomic<int> opened{0};

 private:
  static bool has_key(const row::Table& table, const std::vector<FakeValue>& row, const std::vector<std::string>& columns,
                      const std::vector<std::string>& key) {
    for (std::size_t index = 0; index < columns.size(); ++index)
      if (row[*table.column(columns[index])] != key[index]) return false;
    return true;
  }

  class Reader final : public source::Reader {
   public:
    Reader(FakeTables& of, const row::Table& table, std::vector<const std::vector<FakeValue>*> rows, std::vector<std::string> columns)
        : of_(of), table_(table), rows_(std::move(rows)), columns_(std::move(columns)) {}

    Result<bool> next(row::RowBatch& batch) override {
      batch.clear(columns_.size());
      if (next_ > 0 && of_.failures > 0 && of_.failures.fetch_sub(1) > 0) return fail(ErrorCode::unavailable, "the connection was lost");
      for (int count = 0; count < 100 && next_ < rows_.size(); ++count, ++next_) {
        row::Cell* const cells = batch.add_row();
        for (std::size_t column = 0; column < columns_.size(); ++column)
          cells[column] = cell(*table_.column(columns_[column]), batch.arena());
      }
      return !batch.empty();
    }

   private:
    row::Cell cell(std::size_t column, Arena& arena) const {
      const FakeValue& value = (*rows_[next_])[column];
      if (!value) return row::Cell::null();
      return table_.columns[column].type.kind == row::TypeKind::integer ? row::Cell::integer(std::stoll(*value))
                                                                        : row::Cell::text(arena.copy(*value));
    }

    FakeTables& of_;
    const row::Table& table_;
    std::vector<const std::vector<FakeValue>*> rows_;
    std::vector<std::string> columns_;
    std::size_t next_ = 0;
  };

  const std::map<std::string, FakeTable>& tables_;
};

}  // namespace itemize::pipeline::testing
