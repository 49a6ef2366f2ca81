// What the tests of this folder share: a server under test (test/engines/with_engines), a schema of their own in it, and rows as text.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "row/cell_text.h"
#include "source/postgres/connection.h"
#include "source/postgres/postgres.h"

namespace itemize::source::postgres {

/// "NULL", "<invalid: ...>", "<not a number>", "<infinite>", or the value's text.
inline std::string text_of(const row::Cell& cell, const row::Type& type) {
  Buffer out;
  switch (row::append_text(cell, type, out)) {
    case row::TextStatus::ok:
      return std::string(out.view());
    case row::TextStatus::null:
      return "NULL";
    case row::TextStatus::not_a_number:
      return "<not a number>";
    case row::TextStatus::infinite:
      return "<infinite>";
    case row::TextStatus::invalid:
      break;
  }
  return "<invalid: " + std::string(cell.kind == row::CellKind::invalid ? cell.view() : "damaged") + ">";
}

/// Each test gets a schema that is on the search_path of the connections it makes, and is dropped afterwards.
class PostgresDbTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* url = std::getenv("ITEMIZE_TEST_POSTGRES");
    if (url == nullptr) GTEST_SKIP() << "ITEMIZE_TEST_POSTGRES is not set: run under test/engines/with_engines";
    schema_ = std::string("t_") + testing::UnitTest::GetInstance()->current_test_info()->name();
    for (char& byte : schema_) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    options_.url = std::string(url) + "?options=-csearch_path%3D" + schema_ + "%2Cpublic";
    admin_ = connect();
    ASSERT_NE(admin_, nullptr);
    run("DROP SCHEMA IF EXISTS " + schema_ + " CASCADE; CREATE SCHEMA " + schema_);
  }
  void TearDown() override {
    if (admin_ != nullptr) run("DROP SCHEMA " + schema_ + " CASCADE");
  }

  std::unique_ptr<Connection> connect() const {
    const Result<Address> address = parse_address(options_.url);
    if (!address) return nullptr;
    Result<std::unique_ptr<Connection>> connection = Connection::open(*address, options_);
    EXPECT_TRUE(connection) << connection.error().to_string();
    return connection ? *std::move(connection) : nullptr;
  }
  void run(const std::string& sql) const {
    const Result<void> done = admin_->execute(sql, "preparing a test");
    ASSERT_TRUE(done) << done.error().to_string() << " in " << sql;
  }
  std::unique_ptr<Source> source() const {
    Result<std::unique_ptr<Source>> made = make_postgres_source(options_);
    EXPECT_TRUE(made) << made.error().to_string();
    return *std::move(made);
  }
  row::Catalog catalog() const {
    Result<row::Catalog> catalog = source()->catalog();
    EXPECT_TRUE(catalog) << catalog.error().to_string();
    return catalog ? *std::move(catalog) : row::Catalog{};
  }
  row::Table table(const std::string& name) const {
    const row::Catalog all = catalog();
    const row::Table* const found = all.find(schema_, name);
    EXPECT_NE(found, nullptr) << name;
    return found == nullptr ? row::Table{} : *found;
  }
  static std::vector<std::string> all_columns(const row::Table& table) {
    std::vector<std::string> names;
    for (const row::Column& column : table.columns) names.push_back(column.name);
    return names;
  }
  /// The rows of one range, values joined by '|'; or one line with the error's message.
  static std::vector<std::string> read(Snapshot& snapshot, const Range& range, const row::Table& table,
                                       const std::vector<std::string>& columns) {
    Result<std::unique_ptr<Reader>> reader = snapshot.open(range, table, columns);
    if (!reader) return {"error: " + reader.error().to_string()};
    std::vector<std::string> lines;
    row::RowBatch batch;
    for (;;) {
      const Result<bool> more = (*reader)->next(batch);
      if (!more) return {"error: " + more.error().to_string()};
      if (!*more) return lines;
      for (std::size_t row = 0; row < batch.rows(); ++row) {
        std::string line;
        for (std::size_t column = 0; column < columns.size(); ++column)
          line += (column == 0 ? "" : "|") + text_of(batch.row(row)[column], table.columns[*table.column(columns[column])].type);
        lines.push_back(std::move(line));
      }
    }
  }
  /// All rows of all ranges of the plan, sorted.
  static std::vector<std::string> read_all(Snapshot& snapshot, const row::Table& table, const std::vector<std::string>& columns,
                                           std::uint64_t target_bytes = 1 << 20) {
    const Result<std::vector<Range>> ranges = snapshot.plan(table, target_bytes);
    if (!ranges) return {"error: " + ranges.error().to_string()};
    std::vector<std::string> lines;
    for (const Range& range : *ranges)
      for (std::string& line : read(snapshot, range, table, columns)) lines.push_back(std::move(line));
    std::ranges::sort(lines);
    return lines;
  }

  std::string schema_;
  Options options_;
  std::unique_ptr<Connection> admin_;
};

}  // namespace itemize::source::postgres
