#include "source/range.h"

#include <gtest/gtest.h>

#include <limits>

namespace itemize::source {
namespace {

Range again(const Range& range) {
  const Result<Range> read = Range::from_json(range.to_json());
  EXPECT_TRUE(read) << range.to_json();
  EXPECT_EQ(read ? read->to_json() : "", range.to_json());
  return read ? *read : Range();
}

TEST(Range, BlocksRoundTripToTheEnds) {
  Range range;
  range.schema = "sch\"ema";
  range.table = "tä\nble";
  range.partition = "\"p\".\"q\"";
  range.kind = RangeKind::blocks;
  range.first_block = std::numeric_limits<std::int64_t>::min();
  range.end_block = std::numeric_limits<std::int64_t>::max();
  range.estimated_rows = 12;
  range.estimated_bytes = 1ULL << 40;
  const Range read = again(range);
  EXPECT_EQ(read.schema, range.schema);
  EXPECT_EQ(read.table, range.table);
  EXPECT_EQ(read.partition, range.partition);
  EXPECT_EQ(read.first_block, range.first_block);
  EXPECT_EQ(read.end_block, range.end_block);
  EXPECT_EQ(read.estimated_rows, 12U);
  EXPECT_EQ(read.estimated_bytes, 1ULL << 40);
  range.end_block.reset();
  EXPECT_FALSE(again(range).end_block) << "no end is not an end of 0";
}

TEST(Range, KeysRoundTripWithEveryByteThatTextMayHold) {
  Range range;
  range.table = "t";
  range.kind = RangeKind::keys;
  range.key_columns = {"a", "b"};
  range.lower = {{std::string("nul \0 tab \t quote \" back \\ del \x7f", 33), ""}};
  const Range read = again(range);
  EXPECT_EQ(read.lower, range.lower);
  EXPECT_FALSE(read.upper);
  EXPECT_EQ(read.key_columns, range.key_columns);
}

TEST(Range, RowsRoundTripAlsoWhereThereAreNone) {
  Range range;
  range.table = "t";
  range.kind = RangeKind::rows;
  range.key_columns = {"a"};
  EXPECT_TRUE(again(range).row_keys.empty());
  range.row_keys = {{"1"}, {""}, {"表"}};
  EXPECT_EQ(again(range).row_keys, range.row_keys);
}

TEST(Range, RefusesWhatIsNone) {
  for (const char* const text :
       {"", "{}", "[]", "1", R"({"table":"t","kind":"other"})", R"({"kind":"whole"})", R"({"table":"t","kind":"keys","key_columns":"a"})",
        R"({"table":"t","kind":"keys","key_columns":["a"],"lower":[1]})",
        R"({"table":"t","kind":"rows","key_columns":["a"],"row_keys":[["a"],1]})", R"({"table":"t","kind":"whole"} x)"})
    EXPECT_FALSE(Range::from_json(text)) << text;
}

}  // namespace
}  // namespace itemize::source
