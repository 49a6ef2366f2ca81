#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"extract(year from date '2024-02-29')", "2024"},
    {"extract(hour from date '2024-02-29')", "error"},
    {"extract(second from timestamp '2024-02-29 10:20:30.5')", "30.500000"},
    {"extract(epoch from timestamp '2024-02-29 10:20:30.5')", "1709202030.500000"},
    {"extract(epoch from date '2024-02-29')", "1709164800"},
    {"extract(dow from date '2024-03-03')", "0"},
    {"extract(isodow from date '2024-03-03')", "7"},
    {"extract(week from date '2021-01-03')", "53"},
    {"extract(isoyear from date '2021-01-03')", "2020"},
    {"extract(doy from date '2024-12-31')", "366"},
    {"extract(century from date '2000-12-31')", "20"},
    {"extract(century from date '0044-03-15 BC')", "-1"},
    {"extract(decade from date '1999-01-01')", "199"},
    {"extract(millennium from date '2001-01-01')", "3"},
    {"extract(julian from date '2000-01-01')", "2451545"},
    {"extract(milliseconds from time '10:20:30.5')", "30500.000"},
    {"extract(microseconds from interval '1.5 seconds')", "1500000"},
    {"extract(epoch from interval '1 year 1 month 1 day')", "34236000.000000"},
    {"extract(month from interval '14 months')", "2"},
    {"extract(timezone from timetz '10:00+02')", "7200"},
    {"extract(year from timestamp 'infinity')", "Infinity"},
    {"extract(month from timestamp 'infinity')", "NULL"},
    {"extract(day from time '10:00')", "error"},
    {"extract(years from date '2024-01-01')", "2024"},
    {"date_part('hour', date '2024-01-01')", "0"},
    {"date_trunc('month', timestamp '2024-02-29 10:20:30')", "2024-02-01 00:00:00"},
    {"date_trunc('week', timestamp '2024-03-03 10:20:30')", "2024-02-26 00:00:00"},
    {"date_trunc('quarter', timestamptz '2024-05-03 10:20:30+00')", "2024-04-01 00:00:00+00"},
    {"date_trunc('century', timestamp '2001-05-03')", "2001-01-01 00:00:00"},
    {"date_trunc('decade', timestamp '0004-05-03 BC')", "0011-01-01 00:00:00 BC"},
    {"date_trunc('hour', interval '1 day 02:03:04')", "1 day 02:00:00"},
    {"date_trunc('day', timestamptz '2024-06-15 23:30:00+00', 'Europe/Berlin')", "2024-06-15 22:00:00+00"},
    {"timestamptz '2024-07-01 12:00+00' AT TIME ZONE 'Europe/Berlin'", "2024-07-01 14:00:00"},
    {"timestamp '2024-07-01 12:00' AT TIME ZONE 'Europe/Berlin'", "2024-07-01 10:00:00+00"},
    {"timestamp '2024-03-31 02:30' AT TIME ZONE 'Europe/Berlin'", "2024-03-31 01:30:00+00"},
    {"timestamp '2024-10-27 02:30' AT TIME ZONE 'Europe/Berlin'", "2024-10-27 01:30:00+00"},
    {"timestamptz '2050-07-01 12:00+00' AT TIME ZONE 'America/New_York'", "2050-07-01 08:00:00"},
    {"timestamptz '1880-01-01 12:00+00' AT TIME ZONE 'Europe/Berlin'", "1880-01-01 12:53:28"},
    {"timestamptz '2024-07-01 12:00+00' AT TIME ZONE '+02'", "2024-07-01 10:00:00"},
    {"timestamptz '2024-07-01 12:00+00' AT TIME ZONE 'EST'", "2024-07-01 07:00:00"},
    {"timestamptz '2024-07-01 12:00+00' AT TIME ZONE interval '2 hours'", "2024-07-01 14:00:00"},
    {"timestamp '2024-07-01 12:00' AT TIME ZONE 'asia/kolkata'", "2024-07-01 06:30:00+00"},
    {"to_timestamp(0)", "1970-01-01 00:00:00+00"},
    {"to_timestamp(1.5)", "1970-01-01 00:00:01.5+00"},
    {"to_timestamp('2024-02-29 10:20:30', 'YYYY-MM-DD HH24:MI:SS')", "2024-02-29 10:20:30+00"},
    {"to_date('20240229', 'YYYYMMDD')", "2024-02-29"},
    {"to_date('29 Feb 2024', 'DD Mon YYYY')", "2024-02-29"},
    {"to_date('2024-060', 'YYYY-DDD')", "2024-02-29"},
    {"to_date('2023-02-29', 'YYYY-MM-DD')", "error"},
    {"to_timestamp('11:30 PM', 'HH12:MI PM')", "0001-01-01 23:30:00+00 BC"},
    {"to_date('5/6/69', 'MM/DD/YY')", "2069-05-06"},
    {"to_date('x', 'YYYY')", "error"},
    {"make_date(2024, 2, 29)", "2024-02-29"},
    {"make_date(2023, 2, 29)", "error"},
    {"make_date(-44, 3, 15)", "0044-03-15 BC"},
    {"make_time(10, 20, 30.5)", "10:20:30.5"},
    {"make_timestamp(2024, 2, 29, 10, 20, 30.5)", "2024-02-29 10:20:30.5"},
    {"isfinite(date 'infinity')", "false"},
};

TEST(Times, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
