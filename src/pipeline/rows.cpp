#include "pipeline/rows.h"

#include <algorithm>

#include "model/schemas.h"

namespace itemize::pipeline {
namespace {

class NoRows final : public source::Reader {
 public:
  explicit NoRows(std::size_t columns) : columns_(columns) {}
  Result<bool> next(row::RowBatch& batch) override { return batch.clear(columns_), false; }

 private:
  std::size_t columns_;
};

/// What is asked of the source for the columns that are wanted.
struct Asked {
  std::vector<std::string> columns;
  std::vector<std::string> key_forms;
  std::vector<std::size_t> cells;   ///< By column wanted, then by key form wanted: its cell in the source's row; `schema_name`: see below.
  std::vector<std::size_t> tested;  ///< By cell of the test.
};
constexpr std::size_t schema_name_cell = SIZE_MAX;

std::size_t place_of(std::vector<std::string>& list, const std::string& name) {
  const auto found = std::ranges::find(list, name);
  const auto place = static_cast<std::size_t>(found - list.begin());
  if (found == list.end()) list.push_back(name);
  return place;
}

Asked asked_for(const row::Table& table, const std::vector<std::string>& columns, const std::vector<std::string>& key_forms,
                const RowTest* test) {
  Asked asked;
  std::vector<std::size_t> forms;  // places among key_forms, which stand behind all values
  std::vector<std::size_t> tested_forms;
  for (const std::string& name : columns) {
    const auto column = table.column(name);
    const bool is_name = column && model::is_schema_name(table.columns[*column]);
    asked.cells.push_back(is_name ? schema_name_cell : place_of(asked.columns, name));
  }
  for (const std::string& name : key_forms) forms.push_back(place_of(asked.key_forms, name));
  if (test != nullptr) {
    for (const std::string& name : test->columns) asked.tested.push_back(place_of(asked.columns, name));
    for (const std::string& name : test->key_forms) tested_forms.push_back(place_of(asked.key_forms, name));
  }
  for (const std::size_t form : forms) asked.cells.push_back(asked.columns.size() + form);
  for (const std::size_t form : tested_forms) asked.tested.push_back(asked.columns.size() + form);
  return asked;
}

class RowReader final : public source::Reader {
 public:
  RowReader(std::unique_ptr<source::Reader> reader, Asked asked, const row::Table& table, const RowTest* test)
      : reader_(std::move(reader)), asked_(std::move(asked)), table_(table), test_(test), tested_(asked_.tested.size()) {}

  Result<bool> next(row::RowBatch& batch) override {
    batch.clear(asked_.cells.size());
    while (batch.empty()) {
      if (!TRY(reader_->next(read_))) return false;
      for (std::size_t index = 0; index < read_.rows(); ++index) take(read_.row(index), batch);
    }
    return true;
  }

 private:
  /// Cells go on pointing into read_, which lives until the next call as the batch does.
  void take(std::span<const row::Cell> row, row::RowBatch& batch) {
    for (std::size_t index = 0; index < tested_.size(); ++index) tested_[index] = row[asked_.tested[index]];
    if (test_ != nullptr && !test_->keeps(tested_)) return;
    row::Cell* cells = batch.add_row();  // nullptr without columns: such rows are only counted
    for (std::size_t index = 0; index < asked_.cells.size(); ++index)
      cells[index] = asked_.cells[index] == schema_name_cell ? row::Cell::text(table_.schema) : row[asked_.cells[index]];
  }

  std::unique_ptr<source::Reader> reader_;
  Asked asked_;
  const row::Table& table_;
  const RowTest* test_;
  std::vector<row::Cell> tested_;
  row::RowBatch read_;
};

class RowSnapshot final : public source::Snapshot {
 public:
  RowSnapshot(const model::BoundModel& bound, std::unique_ptr<source::Snapshot> snapshot, std::shared_ptr<const RowFilter> filter)
      : bound_(bound), snapshot_(std::move(snapshot)), filter_(std::move(filter)) {}

  source::Position position() const override { return snapshot_->position(); }
  std::string note() const override { return snapshot_->note(); }
  std::string token() const override { return snapshot_->token(); }
  std::int64_t taken_at() const override { return snapshot_->taken_at(); }
  bool alive() override { return snapshot_->alive(); }
  Result<std::vector<source::Range>> plan(const row::Table& table, std::uint64_t target_bytes) override {
    return snapshot_->plan(table, target_bytes);
  }

  Result<std::unique_ptr<source::Reader>> open(const source::Range& range, const row::Table& table,
                                               const std::vector<std::string>& columns) override {
    return open_with_key_forms(range, table, columns, {});
  }
  Result<std::unique_ptr<source::Reader>> open_with_key_forms(const source::Range& range, const row::Table& table,
                                                              const std::vector<std::string>& columns,
                                                              const std::vector<std::string>& key_forms) override {
    const auto own = std::ranges::find(bound_.tables, &table, [](const model::BoundTable& each) { return each.table; });
    if (own == bound_.tables.end() || (filter_ == nullptr && !own->schema_slot)) return plainly(range, table, columns, key_forms);
    if (filter_ != nullptr && !filter_->takes(table)) return std::make_unique<NoRows>(columns.size() + key_forms.size());
    const RowTest* test = filter_ == nullptr ? nullptr : filter_->test_of(table);
    Asked asked = asked_for(table, columns, key_forms, test);
    auto reader = TRY(plainly(range, table, asked.columns, asked.key_forms));
    return std::make_unique<RowReader>(std::move(reader), std::move(asked), table, test);
  }

 private:
  Result<std::unique_ptr<source::Reader>> plainly(const source::Range& range, const row::Table& table,
                                                  const std::vector<std::string>& columns, const std::vector<std::string>& key_forms) {
    return key_forms.empty() ? snapshot_->open(range, table, columns) : snapshot_->open_with_key_forms(range, table, columns, key_forms);
  }

  const model::BoundModel& bound_;
  std::unique_ptr<source::Snapshot> snapshot_;
  std::shared_ptr<const RowFilter> filter_;
};

}  // namespace

std::unique_ptr<source::Snapshot> with_rows_of(const model::BoundModel& bound, std::unique_ptr<source::Snapshot> snapshot,
                                               std::shared_ptr<const RowFilter> filter) {
  return std::make_unique<RowSnapshot>(bound, std::move(snapshot), std::move(filter));
}

}  // namespace itemize::pipeline
