// A plan's ranges are together exactly the table's rows: none twice, none missing, whatever the size and shape.
#include <algorithm>

#include "source/conformance/conformance.h"

namespace itemize::source::conformance {
namespace {

constexpr std::uint64_t targets[] = {1, 1000, 20'000, 1 << 20, std::uint64_t{1} << 40, ~std::uint64_t{0}};

}  // namespace

void Conformance::covers(const std::string& table_name, const std::string& columns, const std::vector<std::string>& tuples) {
  run("CREATE TABLE " + table_name + " (" + columns + ")");
  insert(table_name, tuples);
  still_covers(table_name, tuples.size());
}

void Conformance::still_covers(const std::string& table_name, std::size_t rows) {
  const row::Table described = table(table_name);
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  const Rows whole = read_whole(*open, described);
  ASSERT_EQ(whole.size(), rows) << table_name;
  for (const std::uint64_t target : targets) {
    const Rows planned = read_planned(*open, described, target);
    EXPECT_EQ(planned.size(), rows) << table_name << " in ranges of " << target << " bytes";
    EXPECT_TRUE(planned == whole) << table_name << " in ranges of " << target << " bytes";
  }
}

namespace {

std::vector<std::string> numbered(int count, const std::function<std::string(int)>& tuple) {
  std::vector<std::string> tuples;
  for (int index = 0; index < count; ++index) tuples.push_back(tuple(index));
  return tuples;
}

TEST_P(Conformance, PlanOfAnEmptyTableIsOneRange) {
  run("CREATE TABLE empty_table (id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type + ")");
  const row::Table nothing = table("empty_table");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  for (const std::uint64_t target : targets) {
    const Result<std::vector<Range>> plan = open->plan(nothing, target);
    ASSERT_TRUE(plan) << plan.error().to_string();
    EXPECT_EQ(plan->size(), 1U);
    EXPECT_TRUE(read_planned(*open, nothing, target).empty());
  }
}

TEST_P(Conformance, PlanCoversOneRow) {
  covers("one", "id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type, {"(-5, 'five')"});
}

TEST_P(Conformance, PlanCoversManyRowsOfOneNumber) {
  covers("dense", "id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type, numbered(5000, [&](int index) {
           return "(" + std::to_string(index) + ", " + text(std::string(static_cast<std::size_t>(index % 90), 'v')) + ")";
         }));
}

TEST_P(Conformance, PlanCoversSparseAndExtremeNumbers) {
  std::vector<std::string> tuples{"(9223372036854775807)", "(9223372036854775806)", "(-9223372036854775807)", "(0)", "(-1)", "(1)"};
  for (int index = 1; index < 600; ++index) tuples.push_back("(" + std::to_string(1'000'000'000'000LL * index + index) + ")");
  for (int index = 2; index < 600; ++index) tuples.push_back("(" + std::to_string(-index * 37) + ")");
  covers("sparse", "id " + quirks().integer_type + " PRIMARY KEY", tuples);
}

TEST_P(Conformance, PlanCoversRowsTakenOutOfTheMiddle) {
  covers("holes", "id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type,
         numbered(4000, [&](int index) { return "(" + std::to_string(index) + ", " + text(std::string(50, 'h')) + ")"; }));
  run("DELETE FROM holes WHERE id BETWEEN 500 AND 3400 AND id <> 2000");
  still_covers("holes", 1100);
  run("DELETE FROM holes");
  still_covers("holes", 0);
}

TEST_P(Conformance, PlanCoversTextKeys) {
  covers("words", "word " + quirks().key_text_type + " PRIMARY KEY, v " + quirks().integer_type, numbered(3000, [&](int index) {
           static const char* const starts[] = {"", "a", "Z", "é", "表", "'", "~", " ", "\\x", "zz"};
           return "(" + text(starts[index % 10] + std::to_string(index * 7919 % 3001)) + ", " + std::to_string(index) + ")";
         }));
}

TEST_P(Conformance, PlanCoversCompositeKeys) {
  covers("pairs",
         "a " + quirks().integer_type + " NOT NULL, b " + quirks().key_text_type + " NOT NULL, c " + quirks().integer_type +
             " NOT NULL, v " + quirks().text_type + ", PRIMARY KEY (b, a, c)",
         numbered(3000, [&](int index) {
           return "(" + std::to_string(index % 7) + ", " + text(index % 3 == 0 ? "one" : "two") + ", " + std::to_string(index) + ", " +
                  text("v" + std::to_string(index)) + ")";
         }));
}

TEST_P(Conformance, PlanCoversDecimalKeys) {
  covers("amounts", "amount " + quirks().decimal_type + " PRIMARY KEY",
         numbered(1500, [](int index) { return "(" + std::to_string(index - 700) + "." + std::to_string(index % 10) + "5)"; }));
}

TEST_P(Conformance, PlanCoversNoKeyAndRowsThatRepeat) {
  covers("bag", "a " + quirks().integer_type + ", b " + quirks().text_type, numbered(3000, [](int index) {
           return index % 5 == 0 ? std::string("(NULL, NULL)") : "(" + std::to_string(index % 11) + ", 'same')";
         }));
}

TEST_P(Conformance, PlanCoversKeysThatMayBeNull) {
  covers("maybe", "a " + quirks().integer_type + " UNIQUE, b " + quirks().integer_type, numbered(2000, [](int index) {
           return index % 4 == 0 ? "(NULL, " + std::to_string(index) + ")" : "(" + std::to_string(index) + ", 1)";
         }));
}

TEST_P(Conformance, PlanCoversAFewLargeRowsAmongSmall) {
  covers("lumps", "id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type, numbered(300, [&](int index) {
           return "(" + std::to_string(index) + ", " + text(std::string(index % 50 == 7 ? 60'000 : 3, 'x')) + ")";
         }));
}

TEST_P(Conformance, PlanFollowsTheTargetSize) {
  run("CREATE TABLE sized (id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().text_type + ")");
  insert("sized", numbered(4000, [&](int index) { return "(" + std::to_string(index) + ", " + text(std::string(1000, 's')) + ")"; }));
  const row::Table sized = table("sized");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  const Result<std::vector<Range>> small = open->plan(sized, 400'000);
  const Result<std::vector<Range>> large = open->plan(sized, std::uint64_t{1} << 40);
  ASSERT_TRUE(small && large);
  EXPECT_EQ(large->size(), 1U) << "what fits one range is one range";
  EXPECT_GE(small->size(), 3U) << "4 MB in ranges of 400 KB";
  EXPECT_LE(small->size(), 60U) << "4 MB in ranges of 400 KB";
}

TEST_P(Conformance, PlanOfATableThatIsGoneIsAnError) {
  run("CREATE TABLE passing (id " + quirks().integer_type + " PRIMARY KEY)");
  const row::Table passing = table("passing");
  run("DROP TABLE passing");
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  const Result<std::unique_ptr<Reader>> reader = open->open(whole_range(passing), passing, {"id"});
  if (reader) {
    row::RowBatch batch;
    EXPECT_FALSE((*reader)->next(batch)) << "a table that is gone cannot be read";
  } else {
    EXPECT_NE(reader.error().to_string().find("passing"), std::string::npos) << reader.error().to_string();
  }
}

}  // namespace
}  // namespace itemize::source::conformance
