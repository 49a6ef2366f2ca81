// The edges: no columns, a thousand columns, very large values, empty texts, names that are wrong, options that are wrong.
#include "source/conformance/conformance.h"

namespace itemize::source::conformance {
namespace {

TEST_P(Conformance, ZeroColumnsCountTheRows) {
  run("CREATE TABLE counted (id " + quirks().integer_type + " PRIMARY KEY)");
  std::vector<std::string> tuples;
  for (int index = 0; index < 1300; ++index) tuples.push_back("(" + std::to_string(index) + ")");
  insert("counted", tuples);
  const row::Table counted = table("counted");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  const Result<std::unique_ptr<Reader>> reader = open->open(whole_range(counted), counted, {});
  ASSERT_TRUE(reader) << reader.error().to_string();
  row::RowBatch batch;
  std::size_t rows = 0;
  while (true) {
    const Result<bool> more = (*reader)->next(batch);
    ASSERT_TRUE(more) << more.error().to_string();
    if (!*more) break;
    EXPECT_EQ(batch.columns(), 0U);
    rows += batch.rows();
  }
  EXPECT_EQ(rows, 1300U);
}

TEST_P(Conformance, ColumnsComeInTheOrderAskedForAndMayRepeat) {
  run("CREATE TABLE abc (a " + quirks().integer_type + " PRIMARY KEY, b " + quirks().text_type + ", c " + quirks().text_type + ")");
  run("INSERT INTO abc VALUES (1, 'bee', 'sea')");
  const row::Table abc = table("abc");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(read(*open, whole_range(abc), abc, {"c", "a", "b"}), (Rows{{"sea", "1", "bee"}}));
  EXPECT_EQ(read(*open, whole_range(abc), abc, {"b", "b"}), (Rows{{"bee", "bee"}}));
}

TEST_P(Conformance, AThousandColumns) {
  std::string columns = "id " + quirks().integer_type + " PRIMARY KEY";
  std::string row = "(1";
  std::vector<std::string> expected{"1"};
  for (int index = 1; index < quirks().most_columns; ++index) {
    columns += ", c" + std::to_string(index) + " " + quirks().integer_type;
    const bool null = index % 17 == 3;
    row += null ? ", NULL" : ", " + std::to_string(index);
    expected.push_back(null ? null_text : std::to_string(index));
  }
  run("CREATE TABLE wide (" + columns + ")");
  run("INSERT INTO wide VALUES " + row + ")");
  const row::Table wide = table("wide");
  ASSERT_EQ(wide.columns.size(), static_cast<std::size_t>(quirks().most_columns));
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(read_planned(*open, wide, 1 << 20), Rows{expected});
}

TEST_P(Conformance, LargeValuesComeWhole) {
  const std::uint64_t bytes = quirks().large_value;
  run("CREATE TABLE large (id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type + ")");
  run("INSERT INTO large VALUES (1, 'before'), (2, " + quirks().long_text(bytes) + "), (3, 'after')");
  const row::Table large = table("large");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  const Rows rows = read_planned(*open, large, 1 << 20);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0][1], "before");
  EXPECT_EQ(rows[1][1].size(), bytes);
  EXPECT_EQ(rows[1][1].find_first_not_of('x'), std::string::npos);
  EXPECT_EQ(rows[2][1], "after");
}

TEST_P(Conformance, AnEmptyTextIsNotNull) {
  run("CREATE TABLE empties (id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type + ", w " + quirks().key_text_type +
      ")");
  run("INSERT INTO empties VALUES (1, '', ''), (2, NULL, NULL), (3, ' ', ' ')");
  const row::Table empties = table("empties");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(read_whole(*open, empties), (Rows{{"1", "", ""}, {"2", null_text, null_text}, {"3", " ", " "}}));
}

TEST_P(Conformance, ABatchIsUsedAgainForOtherTables) {
  run("CREATE TABLE left_table (id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type + ")");
  run("CREATE TABLE right_table (id " + quirks().integer_type + " PRIMARY KEY)");
  run("INSERT INTO left_table VALUES (1, 'a'), (2, NULL)");
  run("INSERT INTO right_table VALUES (5)");
  const row::Table left = table("left_table");
  const row::Table right = table("right_table");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  row::RowBatch batch;
  const auto next = [&](const row::Table& of, const std::vector<std::string>& columns) {
    const Result<std::unique_ptr<Reader>> reader = open->open(whole_range(of), of, columns);
    ASSERT_TRUE(reader) << reader.error().to_string();
    const Result<bool> more = (*reader)->next(batch);
    ASSERT_TRUE(more && *more);
  };
  next(left, {"id", "v"});
  EXPECT_EQ(batch.rows(), 2U);
  next(right, {"id"});
  EXPECT_EQ(batch.rows(), 1U);
  EXPECT_EQ(batch.columns(), 1U);
  EXPECT_EQ(text_of(batch.row(0)[0], right.columns[0].type), "5");
  next(left, {"v"});
  EXPECT_EQ(text_of(batch.row(0)[0], left.columns[1].type), "a");
  EXPECT_TRUE(batch.row(1)[0].is_null()) << "cells begin as NULL, whatever stood there before";
}

TEST_P(Conformance, AColumnThatIsNotThereIsAnErrorThatNamesTheTable) {
  run("CREATE TABLE known (id " + quirks().integer_type + " PRIMARY KEY)");
  run("INSERT INTO known VALUES (1)");
  const row::Table known = table("known");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  Result<std::unique_ptr<Reader>> reader = open->open(whole_range(known), known, {"no_such_column"});
  Error error;
  if (reader) {  // some engines find out at the first row
    row::RowBatch batch;
    const Result<bool> more = (*reader)->next(batch);
    ASSERT_FALSE(more) << "a column that is not there was read";
    error = more.error();
  } else {
    error = reader.error();
  }
  EXPECT_NE(error.to_string().find("known"), std::string::npos) << error.to_string();
  EXPECT_TRUE(open->alive()) << "one bad reader must not end the snapshot";
  EXPECT_EQ(read_whole(*open, known), (Rows{{"1"}}));
}

TEST_P(Conformance, ALoadFigureThatIsUnknownSaysSo) {
  const Result<double> figure = source_->load_figure("no_such_figure");
  ASSERT_FALSE(figure);
  EXPECT_EQ(static_cast<int>(figure.error().code), static_cast<int>(ErrorCode::not_found));
  EXPECT_NE(figure.error().to_string().find("no_such_figure"), std::string::npos);
  EXPECT_FALSE(figure.error().hint.empty());
}

TEST_P(Conformance, ReplicaLagIsAnAnswerNotAnError) {
  const Result<std::optional<double>> lag = source_->replica_lag();
  ASSERT_TRUE(lag) << lag.error().to_string();
  EXPECT_FALSE(lag->has_value()) << "the test's server has no replicas";
}

}  // namespace
}  // namespace itemize::source::conformance
