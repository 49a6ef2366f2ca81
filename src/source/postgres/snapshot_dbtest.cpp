#include <gmock/gmock.h>

#include <set>

#include "source/postgres/testing.h"

namespace itemize::source::postgres {
namespace {

class PostgresSnapshotDbTest : public PostgresDbTest {};

TEST_F(PostgresSnapshotDbTest, RangesTogetherAreTheTableAtOnePoint) {
  run("CREATE TABLE numbers (id bigint PRIMARY KEY, note text); INSERT INTO numbers SELECT g, 'row ' || g FROM generate_series(1, 5000) g");
  const row::Table numbers = table("numbers");
  const auto origin = source();
  const auto snapshot = *origin->snapshot({});
  run("DELETE FROM numbers WHERE id % 2 = 0; UPDATE numbers SET note = 'late'; INSERT INTO numbers SELECT g, 'late' FROM "
      "generate_series(5001, 9000) g");
  const auto ranges = *snapshot->plan(numbers, 50'000);
  EXPECT_GT(ranges.size(), 3U);
  std::multiset<std::string> rows;
  for (const Range& range : ranges)
    for (const std::string& line : read(*snapshot, *Range::from_json(range.to_json()), numbers, {"note", "id"})) rows.insert(line);
  EXPECT_EQ(rows.size(), 5000U);
  for (int id = 1; id <= 5000; ++id) EXPECT_EQ(rows.count("row " + std::to_string(id) + "|" + std::to_string(id)), 1U) << id;
  EXPECT_TRUE(snapshot->alive());
}

}  // namespace
}  // namespace itemize::source::postgres
