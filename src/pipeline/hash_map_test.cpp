#include "pipeline/hash_map.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

namespace itemize::pipeline {
namespace {

TEST(HashMapTest, behaves_as_the_standard_map_does) {
  std::mt19937_64 random(11);
  for (const std::uint64_t keys : {8U, 64U, 100'000U}) {
    HashMap map(16);
    std::unordered_map<std::uint64_t, std::uint64_t> expected;
    for (int step = 0; step < 200'000; ++step) {
      // Few low bits: long runs of slots, also across the end of the table.
      const std::uint64_t key = (random() % keys) * 5 + 3;
      if (random() % 2 == 0) {
        const std::uint64_t value = random();
        map.set(key, value);
        expected[key] = value;
      } else {
        map.erase(key);
        expected.erase(key);
      }
      ASSERT_EQ(map.size(), expected.size());
      const std::uint64_t other = (random() % keys) * 5 + 3;
      const std::uint64_t* found = map.find(other);
      const auto wanted = expected.find(other);
      ASSERT_EQ(found != nullptr, wanted != expected.end());
      if (found != nullptr) ASSERT_EQ(*found, wanted->second);
    }
    for (const auto& [key, value] : expected) {
      ASSERT_NE(map.find(key), nullptr);
      ASSERT_EQ(*map.find(key), value);
    }
  }
}

TEST(HashMapTest, the_key_that_marks_an_empty_slot_is_a_key_too) {
  HashMap map(16);
  EXPECT_EQ(map.find(0), nullptr);
  map.set(0, 7);
  ASSERT_NE(map.find(0), nullptr);
  EXPECT_EQ(*map.find(0), 7U);
  map.erase(0);
  EXPECT_EQ(map.find(0), nullptr);
  EXPECT_EQ(map.size(), 0U);
}

}  // namespace
}  // namespace itemize::pipeline
