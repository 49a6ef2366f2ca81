// For tests: a source in memory, with one table `rows` (id, body), whose readers fail when they are told to.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "source/source.h"

namespace itemize::pipeline::testing {

using FakeRows = std::vector<std::pair<std::int64_t, std::string>>;

/// What all parts of a fake source share. Thread-safe: set `rows` between runs only.
struct FakeState {
  FakeRows rows;
  std::size_t rows_per_range = 10;
  std::size_t rows_per_batch = 3;
  std::atomic<int> failures{0};           ///< So many next() calls, from the second batch of a range on, lose their connection.
  std::atomic<bool> snapshot_lost{false};
  std::atomic<int> snapshots{0};
  std::atomic<int> readers{0};            ///< Opened.
};

class FakeReader final : public source::Reader {
 public:
  FakeReader(std::shared_ptr<FakeState> state, std::shared_ptr<const FakeRows> rows, std::size_t begin, std::size_t end, std::vector<std::string> columns)
      : state_(std::move(state)), rows_(std::move(rows)), next_(begin), end_(end), columns_(std::move(columns)) {}

  Result<bool> next(row::RowBatch& batch) override {
    batch.clear(columns_.size());
    if (batches_++ > 0 && (state_->snapshot_lost || take_failure())) return fail(ErrorCode::unavailable, "the connection was lost");
    for (std::size_t count = 0; count < state_->rows_per_batch && next_ < end_; ++count, ++next_) {
      row::Cell* cells = batch.add_row();
      const auto& [id, body] = (*rows_)[next_];
      for (std::size_t column = 0; column < columns_.size(); ++column) cells[column] = columns_[column] == "id" ? row::Cell::integer(id) : row::Cell::text(batch.arena().copy(body));
    }
    return !batch.empty();
  }

 private:
  bool take_failure() {
    int left = state_->failures;
    while (left > 0)
      if (state_->failures.compare_exchange_weak(left, left - 1)) return true;
    return false;
  }

  std::shared_ptr<FakeState> state_;
  std::shared_ptr<const FakeRows> rows_;
  std::size_t next_;
  std::size_t end_;
  std::vector<std::string> columns_;
  int batches_ = 0;
};

class FakeSnapshot final : public source::Snapshot {
 public:
  FakeSnapshot(std::shared_ptr<FakeState> state, int number) : state_(std::move(state)), rows_(std::make_shared<const FakeRows>(state_->rows)), number_(number) {}

  source::Position position() const override { return {"position " + std::to_string(number_)}; }
  std::string token() const override { return std::to_string(number_); }
  std::int64_t taken_at() const override { return 1'700'000'000'000'000; }
  bool alive() override { return !state_->snapshot_lost; }

  Result<std::vector<source::Range>> plan(const row::Table& table, std::uint64_t) override {
    std::vector<source::Range> ranges;
    std::size_t begin = 0;
    do {
      source::Range range;
      range.table = table.name;
      range.kind = source::RangeKind::blocks;
      range.first_block = static_cast<std::int64_t>(begin);
      begin = std::min(begin + state_->rows_per_range, rows_->size());
      range.end_block = static_cast<std::int64_t>(begin);
      ranges.push_back(std::move(range));
    } while (begin < rows_->size());
    return ranges;
  }

  Result<std::unique_ptr<source::Reader>> open(const source::Range& range, const row::Table&, const std::vector<std::string>& columns) override {
    ++state_->readers;
    if (range.kind == source::RangeKind::blocks)
      return std::make_unique<FakeReader>(state_, rows_, static_cast<std::size_t>(range.first_block), std::min(static_cast<std::size_t>(*range.end_block), rows_->size()), columns);
    auto wanted = std::make_shared<FakeRows>();
    for (const auto& row : *rows_)
      if (std::ranges::find(range.row_keys, std::vector{std::to_string(row.first)}) != range.row_keys.end()) wanted->push_back(row);
    const std::size_t count = wanted->size();
    return std::make_unique<FakeReader>(state_, std::move(wanted), 0, count, columns);
  }

 private:
  std::shared_ptr<FakeState> state_;
  std::shared_ptr<const FakeRows> rows_;
  int number_;
};

class FakeSource final : public source::Source {
 public:
  explicit FakeSource(std::shared_ptr<FakeState> state) : state_(std::move(state)) {}

  Result<row::Catalog> catalog() override {
    row::Table table;
    table.name = "rows";
    table.columns.resize(2);
    table.columns[0].name = "id";
    table.columns[0].type.kind = row::TypeKind::integer;
    table.columns[0].type.length = 8;
    table.columns[0].nullable = false;
    table.columns[1].name = "body";
    table.columns[1].type.kind = row::TypeKind::text;
    table.unique_keys.push_back({"primary", {0}, true, true});
    row::Catalog catalog;
    catalog.engine = "memory";
    catalog.tables.push_back(std::move(table));
    return catalog;
  }
  Result<std::unique_ptr<source::Snapshot>> snapshot(const source::SnapshotOptions&) override {
    state_->snapshot_lost = false;
    return std::make_unique<FakeSnapshot>(state_, ++state_->snapshots);
  }
  Result<std::vector<source::ChangeCounter>> change_counters() override {
    std::uint64_t sum = state_->rows.size();
    for (const auto& [id, body] : state_->rows) sum = sum * 31 + static_cast<std::uint64_t>(id) + std::hash<std::string>{}(body);
    return std::vector<source::ChangeCounter>{{"", "rows", std::to_string(sum)}};
  }
  int compare(const source::Position& a, const source::Position& b) const override { return a.value.compare(b.value); }

 private:
  std::shared_ptr<FakeState> state_;
};

}  // namespace itemize::pipeline::testing
