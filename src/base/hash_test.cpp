#include "base/hash.h"

#include <gtest/gtest.h>

namespace itemize {
namespace {

// Printed by `printf ... | xxhsum -H3` (stored logs depend on these).
TEST(HashTest, is_xxh3) {
  EXPECT_EQ(hash64(""), 0x2D06800538D394C2ULL);
  EXPECT_EQ(hash64("abc"), 0x78AF5F94892F3950ULL);
  EXPECT_NE(hash64("abc", 1), hash64("abc"));
}

}  // namespace
}  // namespace itemize
