#include "expr/time_zone.h"

#include <gtest/gtest.h>

#include <string>

namespace itemize::expr {
namespace {

/// A TZif file of one change, with a rule behind it.
std::string small_file(const std::string& footer) {
  const auto number = [](std::int64_t value, int width) {
    std::string bytes;
    for (int byte = width - 1; byte >= 0; --byte) bytes += static_cast<char>(value >> (8 * byte) & 0xFF);
    return bytes;
  };
  const auto header = [&](int times, int types, int letters) {
    return "TZif2" + std::string(15, '\0') + number(0, 4) + number(0, 4) + number(0, 4) + number(times, 4) + number(types, 4) +
           number(letters, 4);
  };
  const std::string type_one = number(3600, 4) + std::string("\0\0", 2);
  const std::string type_two = number(7200, 4) + std::string("\1\4", 2);
  return header(0, 1, 4) + type_one + std::string("CET\0", 4) + header(1, 2, 9) + number(1'000'000, 8) + '\1' + type_one + type_two +
         std::string("CET\0CEST\0", 9) + "\n" + footer + "\n";
}

TEST(TimeZone, ReadsAFileAndItsRules) {
  const auto zone = TimeZone::parse(small_file("CET-1CEST,M3.5.0,M10.5.0/3"));
  ASSERT_TRUE(zone) << zone.error();
  EXPECT_EQ(zone->offset_at(0), 3600);
  EXPECT_EQ(zone->offset_at(1'000'000), 7200);
  EXPECT_EQ(zone->offset_at(1'711'846'799), 3600);  // 2024-03-31 00:59:59 UTC
  EXPECT_EQ(zone->offset_at(1'711'846'800), 7200);
  EXPECT_EQ(zone->offset_at(1'729'990'800), 3600);        // 2024-10-27 01:00 UTC
  EXPECT_EQ(zone->to_utc(1'711'852'200), 1'711'848'600);  // 02:30 on that day does not exist
}

TEST(TimeZone, RefusesWhatIsDamaged) {
  const std::string good = small_file("CET-1");
  EXPECT_TRUE(TimeZone::parse(good));
  for (std::size_t size = 0; size < good.size() - 7; ++size) EXPECT_FALSE(TimeZone::parse(good.substr(0, size))) << size;
  EXPECT_FALSE(TimeZone::parse(small_file("CET-1CEST,M3.9.0,M10.5.0")));
  EXPECT_FALSE(TimeZone::parse(small_file("X")));
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x81);
    static_cast<void>(TimeZone::parse(bad));  // no crash, whatever it says
  }
}

TEST(TimeZone, KnowsNamesAbbreviationsAndOffsets) {
  EXPECT_EQ(TimeZone::named("UTC")->offset_at(0), 0);
  EXPECT_EQ(TimeZone::named("est")->offset_at(0), -18'000);
  EXPECT_EQ(TimeZone::named("+02")->offset_at(0), -7200);  // POSIX counts west
  EXPECT_EQ(TimeZone::named("-03:30")->offset_at(0), 12'600);
  for (const char* wrong : {"", "../etc/passwd", "Mars/Base", "/etc/passwd", "+99", "+1:99", "Europe", "UTC+3x"})
    EXPECT_FALSE(TimeZone::named(wrong)) << wrong;
}

}  // namespace
}  // namespace itemize::expr
