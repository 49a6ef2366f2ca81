#include "pipeline/key_log.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <random>

namespace itemize::pipeline {
namespace {

namespace fs = std::filesystem;
using Keys = std::vector<std::pair<std::size_t, std::string>>;

class KeyLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-keys-XXXXXX";
    folder_ = ::mkdtemp(name);
    path_ = folder_ + "/1.keys";
  }
  void TearDown() override { fs::remove_all(folder_); }

  Keys keys() const { return collect(read_keys); }
  template <class Function>
  Keys collect(Function read) const {
    Keys found;
    const auto result = read(path_, [&](std::size_t table, std::string_view key) -> Result<void> {
      found.emplace_back(table, key);
      return {};
    });
    EXPECT_TRUE(result) << result.error().to_string();
    return found;
  }

  std::string folder_, path_;
};

void append(KeyLog& log, std::size_t table, const std::vector<std::string>& keys) {
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  ASSERT_TRUE(log.append(table, views));
}

TEST_F(KeyLogTest, gives_back_the_keys_in_order) {
  auto log = KeyLog::open(path_).value();
  append(log, 0, {"a", "", std::string("\0\n", 2)});
  append(log, 7, {"b"});
  append(log, 0, {});
  EXPECT_EQ(keys(), (Keys{{0, "a"}, {0, ""}, {0, std::string("\0\n", 2)}, {7, "b"}})) << "also beside the writer";
}

TEST_F(KeyLogTest, large_appends_are_several_frames) {
  auto log = KeyLog::open(path_).value();
  std::vector<std::string> many;
  for (int i = 0; i < 50'000; ++i) many.push_back("{\"PK\":{\"S\":\"CUSTOMER#" + std::to_string(i) + "\"},\"SK\":{\"S\":\"PROFILE\"}}");
  many.push_back(std::string(3'000'000, 'x'));
  append(log, 1, many);
  EXPECT_EQ(keys().size(), many.size());
  EXPECT_EQ(keys().back().second, many.back());
}

TEST_F(KeyLogTest, a_torn_end_loses_only_itself_at_every_byte) {
  Keys all;
  std::vector<std::uintmax_t> ends{0};
  {
    auto log = KeyLog::open(path_).value();
    for (int i = 0; i < 4; ++i) {
      append(log, 2, {"key" + std::to_string(i), "k" + std::to_string(i)});
      ends.push_back(fs::file_size(path_));
    }
  }
  all = keys();
  const std::string whole = read_file(path_).value();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    ASSERT_TRUE(write_file_atomically(path_, whole.substr(0, size)));
    const auto complete = std::ranges::count_if(ends, [&](auto end) { return end <= size; }) - 1;
    const Keys found = keys();
    ASSERT_EQ(found, Keys(all.begin(), all.begin() + complete * 2)) << size;
    // Carrying on after the crash makes a whole log again.
    auto log = KeyLog::open(path_).value();
    append(log, 9, {"new"});
    ASSERT_EQ(keys().size(), found.size() + 1) << size;
    EXPECT_EQ(keys().back(), (std::pair<std::size_t, std::string>{9, "new"}));
  }
}

TEST_F(KeyLogTest, zeros_at_the_end_are_a_power_loss) {
  {
    auto log = KeyLog::open(path_).value();
    append(log, 0, {"a"});
  }
  const std::string whole = read_file(path_).value();
  for (const std::size_t zeros : {1UL, 23UL, 24UL, 25UL, 4096UL, 1'000'000UL}) {
    ASSERT_TRUE(write_file_atomically(path_, whole + std::string(zeros, '\0')));
    EXPECT_EQ(keys(), (Keys{{0, "a"}})) << zeros;
  }
}

TEST_F(KeyLogTest, damage_in_the_middle_is_told_at_every_byte) {
  {
    auto log = KeyLog::open(path_).value();
    append(log, 1, {"first", "second"});
    append(log, 1, {"third"});
  }
  const std::string whole = read_file(path_).value();
  const std::size_t first_frame = 24 + 4 + 5 + 4 + 6;
  for (std::size_t at = 0; at < first_frame; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x21);
    ASSERT_TRUE(write_file_atomically(path_, damaged));
    const auto result = read_keys(path_, [](std::size_t, std::string_view) { return Result<void>(); });
    ASSERT_FALSE(result) << at;
    EXPECT_EQ(result.error().code, ErrorCode::io);
    EXPECT_NE(result.error().to_string().find(path_), std::string::npos);
    EXPECT_FALSE(KeyLog::open(path_)) << "a damaged log is not written on";
  }
}

TEST_F(KeyLogTest, an_error_of_the_visitor_ends_the_reading) {
  auto log = KeyLog::open(path_).value();
  append(log, 0, {"a", "b"});
  int calls = 0;
  const auto result = read_keys(path_, [&](std::size_t, std::string_view) -> Result<void> {
    ++calls;
    return fail(ErrorCode::cancelled, "enough");
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::cancelled);
  EXPECT_EQ(calls, 1);
}

// What a process was told to be logged is in the log after it was killed.
TEST_F(KeyLogTest, survives_kill_nine) {
  int told[2];
  ASSERT_EQ(::pipe(told), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto log = KeyLog::open(path_).value();
    for (std::uint32_t i = 0;; ++i) {
      append(log, 0, {std::to_string(i)});
      if (::write(told[1], &i, sizeof i) != sizeof i) ::_exit(1);
    }
  }
  std::uint32_t last = 0;
  while (last < 2000) ASSERT_EQ(::read(told[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(told[1]);
  while (::read(told[0], &last, sizeof last) == sizeof last) {
  }
  ::close(told[0]);
  const Keys found = keys();
  ASSERT_GE(found.size(), last + 1);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].second, std::to_string(i));
}

}  // namespace
}  // namespace itemize::pipeline
