#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"date '2024-02-29' + 1", "2024-03-01"},
    {"date '2024-03-01' - date '2024-02-01'", "29"},
    {"date '2024-01-31' + interval '1 month'", "2024-02-29 00:00:00"},
    {"date '2024-02-29' - interval '1 year'", "2023-02-28 00:00:00"},
    {"timestamp '2024-01-31 10:00' + interval '1 month 1 day 1 hour'", "2024-03-01 11:00:00"},
    {"timestamptz '2024-02-29 10:00+00' - interval '1 day'", "2024-02-28 10:00:00+00"},
    {"timestamp '2024-03-01' - timestamp '2024-02-01 12:00'", "28 days 12:00:00"},
    {"timestamp '2024-01-01' - timestamp '2024-02-01 12:00'", "-31 days -12:00:00"},
    {"date '2024-02-29' + time '10:20'", "2024-02-29 10:20:00"},
    {"time '23:00' + interval '2 hours'", "01:00:00"},
    {"time '01:00' - interval '2 hours'", "23:00:00"},
    {"time '10:00' - time '11:30'", "-01:30:00"},
    {"interval '1 day' * 1.5", "1 day 12:00:00"},
    {"interval '1 month' * 0.5", "15 days"},
    {"interval '1 year' / 7", "1 mon 21 days 10:17:08.5344"},
    {"interval '1 day' / 0", "error"},
    {"- interval '1 day 02:00'", "-1 days -02:00:00"},
    {"interval '1 day' + interval '2 hours'", "1 day 02:00:00"},
    {"interval '30 days' = interval '1 month'", "true"},
    {"interval '1 day' > interval '23 hours'", "true"},
    {"age(timestamp '2024-03-01', timestamp '2020-02-29')", "4 years 1 day"},
    {"age(timestamp '2020-02-29', timestamp '2024-03-01')", "-4 years -1 days"},
    {"justify_hours(interval '50 hours')", "2 days 02:00:00"},
    {"justify_days(interval '65 days')", "2 mons 5 days"},
    {"timestamp 'infinity' + interval '1 day'", "infinity"},
    {"date '2024-02-29' = timestamp '2024-02-29 00:00'", "true"},
    {"date '2024-02-29' < timestamptz '2024-02-29 00:00:01+00'", "true"},
    {"timestamp '294000-01-01' + interval '1000 years'", "error"},
    {"date '2024-01-01' + 2147483647", "error"},
};

TEST(TimeOperators, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
