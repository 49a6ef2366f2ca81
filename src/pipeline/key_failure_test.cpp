// Key logs and key groups on a full disk.
#include <gtest/gtest.h>

#include "base/testing/small_disk.h"
#include "pipeline/duplicate_finder.h"
#include "pipeline/key_log.h"

namespace itemize::pipeline {
namespace {

std::size_t count_keys(const std::string& path) {
  std::size_t count = 0;
  const auto result = read_keys(path, [&](std::size_t, std::string_view) {
    ++count;
    return Result<void>();
  });
  EXPECT_TRUE(result) << result.error().to_string();
  return count;
}

TEST(KeyFailureTest, a_log_on_a_full_disk_stays_as_it_was) {
  const testing::SmallDisk disk(500'000);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  const std::string path = disk.folder() + "/log";
  auto log = KeyLog::open(path).value();
  const std::vector<std::string_view> one{"key"};
  ASSERT_TRUE(log.append(0, one));
  disk.fill();
  const std::vector<std::string_view> many(10'000, "another key");
  const auto refused = log.append(0, many);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  EXPECT_NE(refused.error().message.find(path), std::string::npos);
  EXPECT_NE(refused.error().hint.find("free some space"), std::string::npos);
  EXPECT_EQ(count_keys(path), 1U);
  disk.free();
  ASSERT_TRUE(log.append(0, one));
  EXPECT_EQ(count_keys(path), 2U);
}

TEST(KeyFailureTest, spilling_to_a_full_disk_is_told) {
  const testing::SmallDisk disk(500'000);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  DuplicateFinder finder({.folder = disk.folder(), .memory = 100'000});
  Result<void> result;
  for (int i = 0; i < 100'000 && result; ++i) result = finder.add(0, "key " + std::to_string(i), 0, "an origin of some length");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().hint.find("free some space"), std::string::npos) << result.error().to_string();
  EXPECT_NE(result.error().to_string().find(disk.folder()), std::string::npos) << result.error().to_string();
}

}  // namespace
}  // namespace itemize::pipeline
