#include "base/arena.h"

#include <gtest/gtest.h>

namespace itemize {

TEST(Arena, KeepsValuesUntilReset) {
  Arena arena(64);
  const std::string_view first = arena.copy("first");
  const std::string_view large = arena.copy(std::string(1000, 'x'));
  EXPECT_EQ(first, "first");
  EXPECT_EQ(large.size(), 1000U);
  const std::size_t reserved = arena.bytes_reserved();
  arena.reset();
  EXPECT_LT(arena.bytes_reserved(), reserved) << "oversized blocks are given back";
}

TEST(Arena, AlignsArrays) {
  Arena arena;
  arena.allocate(1);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arena.allocate_array<double>(2)) % alignof(double), 0U);
}

}  // namespace itemize
