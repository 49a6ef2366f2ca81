#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"'2024-02-29'::date", "2024-02-29"},
    {"'2023-02-29'::date", "error"},
    {"'0044-03-15 BC'::date", "0044-03-15 BC"},
    {"'0000-01-01'::date", "error"},
    {"'infinity'::date", "infinity"},
    {"'12345-01-01'::date", "12345-01-01"},
    {"'2024-02-29 10:20:30.5'::timestamp", "2024-02-29 10:20:30.5"},
    {"'2024-02-29T10:20:30Z'::timestamp", "2024-02-29 10:20:30"},
    {"'2024-02-29 10:20:30+02'::timestamp", "2024-02-29 10:20:30"},
    {"'2024-02-29 10:20:30+02'::timestamptz", "2024-02-29 08:20:30+00"},
    {"'2024-02-29 10:20:30+05:30'::timestamptz", "2024-02-29 04:50:30+00"},
    {"'2024-02-29'::timestamptz", "2024-02-29 00:00:00+00"},
    {"'epoch'::timestamptz", "1970-01-01 00:00:00+00"},
    {"'2024-02-29 23:59:59.9996'::timestamp(3)", "2024-03-01 00:00:00"},
    {"'1999-12-31 23:59:59.0005'::timestamp(3)", "1999-12-31 23:59:59"},
    {"'10:20'::time", "10:20:00"},
    {"'24:00:00'::time", "24:00:00"},
    {"'25:00:00'::time", "error"},
    {"'10:20:30+02'::timetz", "10:20:30+02"},
    {"'2024-02-29 10:20:30'::time", "10:20:30"},
    {"'2024-02-29'::time", "error"},
    {"'2024-02-29 10:20:30'::timestamp::date", "2024-02-29"},
    {"date '2024-02-29'::timestamp", "2024-02-29 00:00:00"},
    {"'2024-02-29 10:20:30+02'::timestamptz::time", "08:20:30"},
    {"'10:20:30'::time::interval", "10:20:30"},
    {"'50:20:30'::interval::time", "02:20:30"},
    {"'-1:00'::interval::time", "23:00:00"},
    {"'1 day'::interval", "1 day"},
    {"'1 year 2 months 3 days 4 hours'::interval", "1 year 2 mons 3 days 04:00:00"},
    {"'1.5 years'::interval", "1 year 6 mons"},
    {"'1.5 months'::interval", "1 mon 15 days"},
    {"'1.5 days'::interval", "1 day 12:00:00"},
    {"'0.7 weeks'::interval", "4 days 21:36:00"},
    {"'P1Y2M3DT4H5M6.7S'::interval", "1 year 2 mons 3 days 04:05:06.7"},
    {"'P2W'::interval", "14 days"},
    {"'1-2'::interval", "1 year 2 mons"},
    {"'1 2:03:04'::interval", "1 day 02:03:04"},
    {"'-1 day +02:03'::interval", "-1 days +02:03:00"},
    {"'3 days ago'::interval", "-3 days"},
    {"'1 day 1 day'::interval", "error"},
    {"'5'::interval", "00:00:05"},
    {"'abc'::interval", "error"},
    {"'-00:00:01'::interval", "-00:00:01"},
    {"interval '7' day", "7 days"},
    {"interval '1 year -1 day'", "1 year -1 days"},
    {"'1 century'::interval", "100 years"},
    {"'100000000 years'::interval", "100000000 years"},
};

TEST(TimeCasts, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
