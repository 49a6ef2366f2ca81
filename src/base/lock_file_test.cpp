#include "base/lock_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

namespace itemize {
namespace {

class LockFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-lock-XXXXXX";
    folder_ = ::mkdtemp(name);
    path_ = folder_ + "/lock";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_, path_;
};

TEST_F(LockFileTest, says_who_holds_it) {
  auto held = LockFile::acquire(path_, "load");
  ASSERT_TRUE(held);
  const auto refused = LockFile::acquire(path_, "export");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().message.find("load, pid " + std::to_string(::getpid()) + ", since 20"), std::string::npos)
      << refused.error().message;
  EXPECT_NE(refused.error().message.find(path_), std::string::npos);
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(LockFileTest, is_free_again_when_released) {
  { auto held = LockFile::acquire(path_, "load"); }
  auto moved = LockFile::acquire(path_, "load");
  ASSERT_TRUE(moved);
  LockFile kept = std::move(*moved);
  EXPECT_FALSE(LockFile::acquire(path_, "load"));
}

TEST_F(LockFileTest, dies_with_its_process) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto held = LockFile::acquire(path_, "export");
    (void)!::write(ready[1], held ? "y" : "n", 1);
    for (;;) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  const auto refused = LockFile::acquire(path_, "load");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("export, pid " + std::to_string(child)), std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(LockFile::acquire(path_, "load"));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(LockFileTest, a_folder_that_is_missing_is_an_error) {
  const auto refused = LockFile::acquire(folder_ + "/none/lock", "load");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("/none/lock"), std::string::npos);
}

}  // namespace
}  // namespace itemize
