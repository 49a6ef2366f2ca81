#include "base/crc32.h"

#include <gtest/gtest.h>

namespace itemize {
namespace {

TEST(Crc32, MatchesThePublishedCheckValue) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("{}"), 2745614147U);  // what DynamoDB sends for an empty answer
}

TEST(Crc32, GoesOnFromAnEarlierPart) { EXPECT_EQ(crc32("56789", crc32("1234")), crc32("123456789")); }

}  // namespace
}  // namespace itemize
