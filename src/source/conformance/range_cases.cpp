// RangeKind::rows finds exactly the rows whose keys are named, by their canonical text; RangeKind::keys is half open.
#include <algorithm>

#include "source/conformance/conformance.h"

namespace itemize::source::conformance {
namespace {

TEST_P(Conformance, RowsAreFoundByTheTextOfTheirKeyForEveryKeyType) {
  std::size_t number = 0;
  for (const TypeCase& type : quirks().types) {
    if (!type.key) continue;
    SCOPED_TRACE(type.declared);
    if (!type.setup.empty()) run(type.setup);
    const std::string made = "keyed_" + std::to_string(number++);
    run("CREATE TABLE " + made + " (k " + type.declared + " PRIMARY KEY, n " + quirks().integer_type + ")");
    for (std::size_t index = 0; index < type.literals.size(); ++index)
      run("INSERT INTO " + made + " VALUES (" + type.literals[index] + ", " + std::to_string(index) + ")");
    const row::Table described = table(made);
    const auto open = snapshot();
    ASSERT_NE(open, nullptr);
    const Rows all = read_whole(*open, described);
    EXPECT_EQ(all.size(), type.literals.size());
    std::vector<std::vector<std::string>> every_key;
    for (const std::vector<std::string>& row : all) {
      if (row[0].starts_with('<') && row[0].ends_with('>')) continue;  // no text, so no way to name it
      every_key.push_back({row[0]});
      // Where 1 and '1' are different keys, their text names both.
      Rows same;
      std::ranges::copy_if(all, std::back_inserter(same), [&](const auto& each) { return each[0] == row[0]; });
      Rows found = read(*open, rows_range(described, {"k"}, {{row[0]}}), described);
      std::ranges::sort(found);
      EXPECT_EQ(found, same) << "key " << row[0];
    }
    const Range several = rows_range(described, {"k"}, every_key);
    const Result<Range> again = Range::from_json(several.to_json());
    ASSERT_TRUE(again) << several.to_json();
    EXPECT_EQ(read(*open, *again, described).size(), every_key.size()) << "all keys at once";
  }
  EXPECT_GT(number, 0U) << "the quirks name no type that can be a key";
}

TEST_P(Conformance, KeysThatAreNotThereFindNothing) {
  run("CREATE TABLE few (id " + quirks().integer_type + " PRIMARY KEY, word " + quirks().key_text_type + " UNIQUE)");
  run("INSERT INTO few VALUES (1, 'a'), (2, NULL), (3, '')");
  const row::Table few = table("few");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  EXPECT_TRUE(read(*open, rows_range(few, {"id"}, {}), few).empty()) << "no keys, no rows";
  EXPECT_TRUE(read(*open, rows_range(few, {"id"}, {{"4"}}), few).empty());
  EXPECT_TRUE(read(*open, rows_range(few, {"id"}, {{"-1"}}), few).empty());
  EXPECT_TRUE(read(*open, rows_range(few, {"word"}, {{"b"}}), few).empty());
  EXPECT_TRUE(read(*open, rows_range(few, {"word"}, {{"NULL"}}), few).empty()) << "a NULL has no text";
  EXPECT_EQ(read(*open, rows_range(few, {"word"}, {{""}}), few), (Rows{{"3", ""}})) << "an empty text is not NULL";
  EXPECT_EQ(read(*open, rows_range(few, {"id"}, {{"1"}, {"9"}, {"1"}}), few), (Rows{{"1", "a"}})) << "a key named twice is one row";
}

TEST_P(Conformance, RowsByCompositeKey) {
  run("CREATE TABLE pair_keys (a " + quirks().integer_type + " NOT NULL, b " + quirks().key_text_type + " NOT NULL, v " +
      quirks().text_type + ", PRIMARY KEY (a, b))");
  run("INSERT INTO pair_keys VALUES (1, 'x', 'first'), (1, 'y', 'second'), (2, 'x', 'third')");
  const row::Table both = table("pair_keys");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(read(*open, rows_range(both, {"a", "b"}, {{"1", "y"}}), both), (Rows{{"1", "y", "second"}}));
  EXPECT_EQ(read(*open, rows_range(both, {"b", "a"}, {{"x", "2"}}), both), (Rows{{"2", "x", "third"}}))
      << "in whatever order the range names them";
  EXPECT_TRUE(read(*open, rows_range(both, {"a", "b"}, {{"2", "y"}}), both).empty());
  Rows two = read(*open, rows_range(both, {"a", "b"}, {{"2", "x"}, {"1", "x"}, {"3", "x"}}), both);
  std::ranges::sort(two);
  EXPECT_EQ(two, (Rows{{"1", "x", "first"}, {"2", "x", "third"}}));
}

TEST_P(Conformance, ManyRowsByKeyAtOnce) {
  run("CREATE TABLE numbered (id " + quirks().integer_type + " PRIMARY KEY)");
  std::vector<std::string> tuples;
  for (int index = 0; index < 3000; ++index) tuples.push_back("(" + std::to_string(index) + ")");
  insert("numbered", tuples);
  const row::Table numbered = table("numbered");
  std::vector<std::vector<std::string>> keys;
  for (int index = 0; index < 6000; index += 2) keys.push_back({std::to_string(index)});
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(read(*open, rows_range(numbered, {"id"}, keys), numbered).size(), 1500U);
}

TEST_P(Conformance, KeyIntervalsAreHalfOpen) {
  run("CREATE TABLE line (id " + quirks().integer_type + " PRIMARY KEY)");
  run("INSERT INTO line VALUES (1), (2), (3), (10), (20)");
  const row::Table line = table("line");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  Range range = whole_range(line);
  range.kind = RangeKind::keys;
  range.key_columns = {"id"};
  const auto ids = [&] {
    Rows rows = read(*open, range, line);
    std::ranges::sort(rows);
    return rows;
  };
  range.lower = {{"2"}};
  range.upper = {{"10"}};
  EXPECT_EQ(ids(), (Rows{{"2"}, {"3"}})) << "by number, not by text";
  range.upper.reset();
  EXPECT_EQ(ids(), (Rows{{"10"}, {"2"}, {"20"}, {"3"}}));
  range.lower.reset();
  range.upper = {{"3"}};
  EXPECT_EQ(ids(), (Rows{{"1"}, {"2"}}));
  range.upper.reset();
  EXPECT_EQ(ids().size(), 5U);
}

TEST_P(Conformance, CompositeKeyIntervalsCompareAsRows) {
  run("CREATE TABLE grid (a " + quirks().integer_type + " NOT NULL, b " + quirks().integer_type + " NOT NULL, PRIMARY KEY (a, b))");
  std::vector<std::string> tuples;
  for (int a = 0; a < 5; ++a)
    for (int b = 0; b < 5; ++b) tuples.push_back("(" + std::to_string(a) + ", " + std::to_string(b) + ")");
  insert("grid", tuples);
  const row::Table grid = table("grid");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  Range range = whole_range(grid);
  range.kind = RangeKind::keys;
  range.key_columns = {"a", "b"};
  range.lower = {{"1", "3"}};
  range.upper = {{"3", "1"}};
  Rows rows = read(*open, range, grid);
  std::ranges::sort(rows);
  EXPECT_EQ(rows, (Rows{{"1", "3"}, {"1", "4"}, {"2", "0"}, {"2", "1"}, {"2", "2"}, {"2", "3"}, {"2", "4"}, {"3", "0"}}));
}

TEST_P(Conformance, ARangeIsReadTheSameBehindAnotherSource) {
  run("CREATE TABLE sent (id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type + ")");
  std::vector<std::string> tuples;
  for (int index = 0; index < 2000; ++index) tuples.push_back("(" + std::to_string(index) + ", " + text(std::string(100, 's')) + ")");
  insert("sent", tuples);
  const row::Table sent = table("sent");
  std::vector<std::string> letters;
  {
    const auto open = snapshot();
    ASSERT_NE(open, nullptr);
    const Result<std::vector<Range>> plan = open->plan(sent, 20'000);
    ASSERT_TRUE(plan) << plan.error().to_string();
    for (const Range& range : *plan) letters.push_back(range.to_json());
  }
  // Another process: its own source, its own snapshot; only the JSON travelled.
  source_ = *make_source(database_->options());
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  Rows rows;
  for (const std::string& letter : letters) std::ranges::move(read(*open, *Range::from_json(letter), sent), std::back_inserter(rows));
  std::ranges::sort(rows);
  EXPECT_EQ(rows.size(), 2000U);
  EXPECT_TRUE(rows == read_whole(*open, sent));
}

}  // namespace
}  // namespace itemize::source::conformance
