#include "source/conformance/conformance.h"

#include <algorithm>

namespace itemize::source::conformance {

std::string text_of(const row::Cell& cell, const row::Type& type) {
  Buffer out;
  switch (row::append_text(cell, type, out)) {
    case row::TextStatus::ok:
      return std::string(out.view());
    case row::TextStatus::null:
      return null_text;
    case row::TextStatus::not_a_number:
      return "<not a number>";
    case row::TextStatus::infinite:
      return "<infinite>";
    case row::TextStatus::invalid:
      return "<invalid>";
  }
  return "<?>";
}

void Conformance::SetUp() {
  if (const std::string reason = quirks().missing(); !reason.empty()) GTEST_SKIP() << reason;
  database_ = quirks().make_database();
  ASSERT_NE(database_, nullptr) << "no database could be made";
  Result<std::unique_ptr<Source>> source = make_source(database_->options());
  ASSERT_TRUE(source) << source.error().to_string();
  source_ = *std::move(source);
}

void Conformance::run(const std::string& sql) {
  const std::string complaint = database_->execute(sql);
  EXPECT_EQ(complaint, "") << sql.substr(0, 1000);
}

void Conformance::insert(const std::string& quoted_table, const std::vector<std::string>& tuples) {
  constexpr std::size_t portion = 400;
  for (std::size_t begin = 0; begin < tuples.size(); begin += portion) {
    std::string sql = "INSERT INTO " + quoted_table + " VALUES ";
    for (std::size_t index = begin; index < std::min(begin + portion, tuples.size()); ++index)
      sql += (index == begin ? "" : ", ") + tuples[index];
    run(sql);
  }
}

row::Table Conformance::table(const std::string& plain) {
  const Result<row::Catalog> catalog = source_->catalog();
  EXPECT_TRUE(catalog) << catalog.error().to_string();
  if (!catalog) return {};
  const row::Table* found = catalog->find("", plain);
  EXPECT_NE(found, nullptr) << "the catalog lacks " << plain;
  return found == nullptr ? row::Table() : *found;
}

std::unique_ptr<Snapshot> Conformance::snapshot(int connections) {
  SnapshotOptions options;
  options.connections = connections;
  options.allow_global_lock = quirks().point_needs_lock;
  Result<std::unique_ptr<Snapshot>> taken = source_->snapshot(options);
  EXPECT_TRUE(taken) << taken.error().to_string();
  return taken ? *std::move(taken) : nullptr;
}

Rows Conformance::read(Snapshot& snapshot, const Range& range, const row::Table& table, std::vector<std::string> columns) {
  if (columns.empty())
    for (const row::Column& column : table.columns) columns.push_back(column.name);
  std::vector<row::Type> types;
  for (const std::string& column : columns) types.push_back(table.column(column) ? table.columns[*table.column(column)].type : row::Type());
  Rows rows;
  Result<std::unique_ptr<Reader>> reader = snapshot.open(range, table, columns);
  EXPECT_TRUE(reader) << reader.error().to_string();
  if (!reader) return rows;
  row::RowBatch batch;
  while (true) {
    const Result<bool> more = (*reader)->next(batch);
    EXPECT_TRUE(more) << more.error().to_string();
    if (!more || !*more) break;
    EXPECT_FALSE(batch.empty()) << "next() says there are rows, and there are none";
    EXPECT_EQ(batch.columns(), columns.size());
    for (std::size_t index = 0; index < batch.rows(); ++index) {
      std::vector<std::string> texts;
      for (std::size_t column = 0; column < columns.size(); ++column) texts.push_back(text_of(batch.row(index)[column], types[column]));
      rows.push_back(std::move(texts));
    }
  }
  EXPECT_TRUE(batch.empty()) << "the last batch is not empty";
  return rows;
}

Rows Conformance::read_planned(Snapshot& snapshot, const row::Table& table, std::uint64_t target_bytes,
                               const std::vector<std::string>& columns) {
  Rows rows;
  const Result<std::vector<Range>> ranges = snapshot.plan(table, target_bytes);
  EXPECT_TRUE(ranges) << ranges.error().to_string();
  if (!ranges) return rows;
  EXPECT_FALSE(ranges->empty()) << "a plan is never empty";
  for (const Range& range : *ranges) {
    const Result<Range> again = Range::from_json(range.to_json());
    EXPECT_TRUE(again) << range.to_json();
    if (!again) continue;
    EXPECT_EQ(again->to_json(), range.to_json());
    std::ranges::move(read(snapshot, *again, table, columns), std::back_inserter(rows));
  }
  std::ranges::sort(rows);
  return rows;
}

Rows Conformance::read_whole(Snapshot& snapshot, const row::Table& table) {
  Rows rows = read(snapshot, whole_range(table), table);
  std::ranges::sort(rows);
  return rows;
}

Range Conformance::whole_range(const row::Table& table) {
  Range range;
  range.schema = table.schema;
  range.table = table.name;
  return range;
}

Range Conformance::rows_range(const row::Table& table, std::vector<std::string> key_columns, std::vector<std::vector<std::string>> keys) {
  Range range = whole_range(table);
  range.kind = RangeKind::rows;
  range.key_columns = std::move(key_columns);
  range.row_keys = std::move(keys);
  return range;
}

}  // namespace itemize::source::conformance
