#include "source/sqlite/plan.h"

#include <algorithm>
#include <numeric>

#include "source/sqlite/query.h"
#include "source/sqlite/testing.h"

namespace itemize::source::sqlite {
namespace {

std::string numbers_from(const std::string& select, int count) {
  return "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(count - 1) + ") " + select +
         " FROM n;";
}

/// Plans, reads every range, and compares with what was written. Gives the rows of each range.
std::vector<std::size_t> covered(const TestFile& file, const std::string& name, std::size_t rows, std::uint64_t target) {
  const auto source = file.source();
  const row::Table table = table_of(*source, name);
  const auto snapshot = *source->snapshot({});
  const auto plan = snapshot->plan(table, target);
  EXPECT_TRUE(plan) << plan.error().to_string();
  std::vector<std::size_t> sizes;
  std::vector<std::int64_t> all;
  for (const Range& range : *plan) {
    const std::vector<std::int64_t> found = numbers(*snapshot, table, range);
    sizes.push_back(found.size());
    all.insert(all.end(), found.begin(), found.end());
  }
  std::ranges::sort(all);
  EXPECT_EQ(all.size(), rows);
  EXPECT_EQ(std::ranges::adjacent_find(all), all.end()) << "a row came twice";
  return sizes;
}

TEST(SqlitePlan, RangesAreOfAboutTheSameSize) {
  const TestFile file("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); " +
                      numbers_from("INSERT INTO t SELECT i, hex(zeroblob(40))", 40'000));
  const std::vector<std::size_t> sizes = covered(file, "t", 40'000, 200'000);  // 88 bytes a row
  EXPECT_GE(sizes.size(), 10U);
  EXPECT_LE(*std::ranges::max_element(sizes), 4 * 40'000 / sizes.size());
}

TEST(SqlitePlan, RowsBunchedInAFewPlacesAreStillSpread) {
  // Two clusters of 20,000 and single rows at both ends of what a rowid can be.
  const TestFile file(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (-9223372036854775808, 'low'), (9223372036854775807, "
      "'high');" +
      numbers_from("INSERT INTO t SELECT i + 1000000, hex(zeroblob(40))", 20'000) +
      numbers_from("INSERT INTO t SELECT i + 7000000000000000000, hex(zeroblob(40))", 20'000));
  const std::vector<std::size_t> sizes = covered(file, "t", 40'002, 200'000);
  EXPECT_GE(sizes.size(), 8U);
  EXPECT_LE(sizes.size(), 200U);
  EXPECT_LE(*std::ranges::max_element(sizes), 10'000U);
}

TEST(SqlitePlan, ARowidWhoseNamesAreAllTakenIsReadWhole) {
  const TestFile file("CREATE TABLE t (rowid INT, _rowid_ INT, oid INT); " + numbers_from("INSERT INTO t SELECT i, 1, 1", 3000));
  EXPECT_EQ(covered(file, "t", 3000, 1000).size(), 1U);
}

TEST(SqlitePlan, AColumnNamedRowidIsNotTheRowid) {
  const TestFile file("CREATE TABLE t (v INT, rowid INT); " + numbers_from("INSERT INTO t SELECT i, 7", 3000));
  EXPECT_GT(covered(file, "t", 3000, 1000).size(), 3U);
}

TEST(SqlitePlan, WithoutRowidBySeveralKindsOfKey) {
  const TestFile file("CREATE TABLE mixed (n INT, k, PRIMARY KEY (k, n)) WITHOUT ROWID; " +
                      numbers_from("INSERT INTO mixed SELECT i, CASE i % 5 WHEN 0 THEN i WHEN 1 THEN i / 3.0 WHEN 2 THEN 'text ' || i WHEN "
                                   "3 THEN CAST(i AS BLOB) ELSE CAST(X'C3' || i AS TEXT) END",
                                   5000) +
                      "CREATE TABLE uuids (n INT, id BLOB PRIMARY KEY) WITHOUT ROWID; " +
                      numbers_from("INSERT INTO uuids SELECT i, randomblob(16)", 5000) +
                      "CREATE TABLE words (n INT, w TEXT COLLATE NOCASE, PRIMARY KEY (w DESC)) WITHOUT ROWID; " +
                      numbers_from("INSERT INTO words SELECT i, CASE i % 2 WHEN 0 THEN 'A' ELSE 'b' END || i", 5000));
  EXPECT_GT(covered(file, "mixed", 5000, 10'000).size(), 5U);
  const std::vector<std::size_t> sizes = covered(file, "uuids", 5000, 10'000);
  EXPECT_GT(sizes.size(), 5U);
  EXPECT_LE(*std::ranges::max_element(sizes), 1500U);
  EXPECT_GT(covered(file, "words", 5000, 10'000).size(), 5U);
}

TEST(SqlitePlan, ARangeOfAChangedTableIsAnError) {
  const TestFile file("CREATE TABLE t (a INT)");
  const auto source = file.source();
  row::Table table = table_of(*source, "t");
  const auto snapshot = *source->snapshot({});
  Range range = whole_of(table);
  range.kind = RangeKind::blocks;
  for (const char* const name : {"rowid", "_rowid_", "oid"}) table.columns.push_back({name, {}});
  EXPECT_FALSE(snapshot->open(range, table, {"a"}));
  range.kind = RangeKind::keys;
  range.key_columns = {"a"};
  range.lower = {{"1", "2"}};
  EXPECT_FALSE(snapshot->open(range, table, {"a"}));
  range.kind = RangeKind::rows;
  range.row_keys = {{"1", "2"}};
  EXPECT_FALSE(snapshot->open(range, table, {"a"}));
}

TEST(SqlitePlan, MoreKeysThanParametersAreReadInPortions) {
  row::Table table;
  table.name = "t";
  table.columns.push_back({"a", {.name = "INT"}});
  Range range = whole_of(table);
  range.kind = RangeKind::rows;
  range.key_columns = {"a"};
  for (int key = 0; key < 100; ++key) range.row_keys.push_back({std::to_string(key)});
  const auto queries = queries_of(range, table, {"a"}, 32);
  ASSERT_TRUE(queries);
  std::size_t values = 0;
  for (const Query& query : *queries) {
    EXPECT_LE(query.values.size(), 32U);
    values += query.values.size();
  }
  EXPECT_EQ(values, 200U) << "each as a text and as a number";
}

}  // namespace
}  // namespace itemize::source::sqlite
