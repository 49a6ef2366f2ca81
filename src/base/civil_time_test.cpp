#include "base/civil_time.h"

#include <gtest/gtest.h>

#include <string>

namespace itemize {
namespace {

template <class Function, class... Arguments>
std::string text(Function function, Arguments... arguments) {
  char buffer[iso_time_capacity];
  return {buffer, function(buffer, arguments...)};
}

TEST(CivilTime, AgreesWithKnownDays) {
  // From PostgreSQL: SELECT date '...' - date '1970-01-01'
  EXPECT_EQ(days_from_civil({1970, 1, 1}), 0);
  EXPECT_EQ(days_from_civil({2000, 1, 1}), 10957);
  EXPECT_EQ(days_from_civil({2024, 2, 29}), 19782);
  EXPECT_EQ(days_from_civil({1582, 10, 15}), -141427);
  EXPECT_EQ(days_from_civil({-4712, 1, 1}), -2440550);                         // 4713-01-01 BC
  EXPECT_EQ(text(append_date, days_from_civil({-43, 1, 23})), "-0043-01-23");  // 44-01-23 BC
}

TEST(CivilTime, RoundTripsEveryDayOfManyYears) {
  CivilDate date{-900, 1, 1};
  for (std::int64_t day = days_from_civil(date); date.year < 3000; ++day) {
    const CivilDate back = civil_from_days(day);
    ASSERT_EQ(back.year, date.year);
    ASSERT_EQ(back.month, date.month);
    ASSERT_EQ(back.day, date.day);
    if (++date.day > days_in_month(date.year, date.month)) {
      date.day = 1;
      if (++date.month > 12) {
        date.month = 1;
        ++date.year;
      }
    }
  }
}

TEST(CivilTime, RoundTripsDaysFarAway) {
  for (std::int64_t day : {std::int64_t{0}, std::int64_t{107'000'000}, std::int64_t{-107'000'000}, std::int64_t{9'000'000'000'000},
                           std::int64_t{-9'000'000'000'000}})
    for (std::int64_t shift = -146'100; shift <= 146'100; shift += 61)
      ASSERT_EQ(days_from_civil(civil_from_days(day + shift)), day + shift);
}

TEST(CivilTime, WritesFixedWidthByPrecision) {
  const std::int64_t moment = 19782 * microseconds_per_day + 45'296'123'456;
  EXPECT_EQ(text(append_timestamp, moment, -1, true, 'T'), "2024-02-29T12:34:56.123456Z");
  EXPECT_EQ(text(append_timestamp, moment, 3, false, 'T'), "2024-02-29T12:34:56.123");
  EXPECT_EQ(text(append_timestamp, moment, 0, false, ' '), "2024-02-29 12:34:56");
  EXPECT_EQ(text(append_timestamp, std::int64_t{-1}, 6, true, 'T'), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(text(append_date, days_from_civil({12345, 6, 7})), "+12345-06-07");
  EXPECT_EQ(text(append_date, days_from_civil({0, 3, 1})), "0000-03-01");
  EXPECT_EQ(text(append_time, std::int64_t{838 * 3600 + 59 * 60 + 59} * -1'000'000, 0), "-838:59:59");
  EXPECT_EQ(text(append_offset, 7200), "+02:00");
  EXPECT_EQ(text(append_offset, -(5 * 3600 + 1800 + 7)), "-05:30:07");
}

TEST(CivilTime, WritesIntervals) {
  EXPECT_EQ(text(append_interval, 14, 3, std::int64_t{14'706'789'000}), "P1Y2M3DT4H5M6.789S");
  EXPECT_EQ(text(append_interval, 0, 0, std::int64_t{0}), "PT0S");
  EXPECT_EQ(text(append_interval, -13, -1, std::int64_t{-1}), "P-1Y-1M-1DT-0.000001S");
}

TEST(CivilTime, ReadsWhatItWrites) {
  for (std::int64_t moment = -200'000'000'000'000'000; moment < 300'000'000'000'000'000; moment += 7'777'777'777'777) {
    const auto parsed = parse_timestamp(text(append_timestamp, moment, 6, true, 'T'));
    ASSERT_TRUE(parsed);
    ASSERT_EQ(parsed->microseconds, moment);
    ASSERT_TRUE(parsed->has_offset);
  }
  EXPECT_EQ(parse_timestamp("2024-02-29 12:34:56+02")->microseconds, 19782 * microseconds_per_day + 38'096'000'000);
  EXPECT_EQ(*parse_date("2024-02-29"), 19782);
  for (const char* bad : {"", "2024", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-32", "2024-01-01x", "24-01-01"})
    EXPECT_FALSE(parse_date(bad)) << bad;
  for (const char* bad : {"", "2024-01-01T", "2024-01-01T25", "2024-01-01T12:61", "2024-01-01T12:00:00 ", "2024-01-01T99:00"})
    EXPECT_FALSE(parse_timestamp(bad)) << bad;
}

}  // namespace
}  // namespace itemize
