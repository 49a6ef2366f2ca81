#include "sink/live/busy_keys.h"

#include <gtest/gtest.h>

#include <set>

#include "base/retry.h"

namespace itemize::sink {
namespace {

TEST(BusyKeys, BehavesAsASet) {
  // Few distinct values in a small table: long probe chains, wrap-around, erasures in the middle.
  BusyKeys keys(16);
  std::set<std::uint64_t> expected;
  Jitter random(3);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t key = (random.next() % 64) * 0x1000'0001ULL % 97;
    if (random.next() % 2 == 0 && expected.size() < 40) {
      keys.insert(key);
      expected.insert(key);
    } else {
      keys.erase(key);
      expected.erase(key);
    }
    if (i % 16 != 0) continue;
    for (std::uint64_t k = 0; k < 97; ++k) {
      const bool equal_to_zero_mark = k <= 1;  // 0 and 1 share a place: a false "busy" is allowed, a false "free" is not
      if (equal_to_zero_mark) continue;
      ASSERT_EQ(keys.contains(k), expected.contains(k)) << "after " << i;
    }
  }
}

TEST(BusyKeys, GrowsWithoutLoss) {
  BusyKeys keys(4);
  for (std::uint64_t k = 1; k <= 10'000; ++k) keys.insert(k * 0x9E3779B97F4A7C15ULL);
  EXPECT_EQ(keys.size(), 10'000U);
  for (std::uint64_t k = 1; k <= 10'000; ++k) ASSERT_TRUE(keys.contains(k * 0x9E3779B97F4A7C15ULL));
  for (std::uint64_t k = 1; k <= 10'000; ++k) keys.erase(k * 0x9E3779B97F4A7C15ULL);
  EXPECT_EQ(keys.size(), 0U);
}

}  // namespace
}  // namespace itemize::sink
