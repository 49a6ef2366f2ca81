#include "base/retry.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace itemize {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, DoublesUpToTheLongest) {
  const Backoff backoff{milliseconds(50), milliseconds(1'000)};
  EXPECT_EQ(backoff.ceiling(0), milliseconds(0));
  EXPECT_EQ(backoff.ceiling(1), milliseconds(50));
  EXPECT_EQ(backoff.ceiling(2), milliseconds(100));
  EXPECT_EQ(backoff.ceiling(5), milliseconds(800));
  EXPECT_EQ(backoff.ceiling(6), milliseconds(1'000));
  EXPECT_EQ(backoff.ceiling(4'000'000'000U), milliseconds(1'000));
}

TEST(Jitter, IsSpreadOverTheWholeInterval) {
  const Backoff backoff{milliseconds(100), milliseconds(1'000)};
  Jitter jitter(7);
  int low = 0;
  milliseconds longest(0);
  for (int i = 0; i < 10'000; ++i) {
    const milliseconds wait = jitter.wait(backoff, 3);
    ASSERT_GE(wait, milliseconds(0));
    ASSERT_LE(wait, milliseconds(400));
    longest = std::max(longest, wait);
    if (wait < milliseconds(200)) ++low;
  }
  EXPECT_GT(longest, milliseconds(395));
  EXPECT_NEAR(low, 5'000, 300);
}

TEST(Jitter, DiffersBySeed) {
  Jitter one(1);
  Jitter two(2);
  EXPECT_NE(one.next(), two.next());
}

}  // namespace
}  // namespace itemize
