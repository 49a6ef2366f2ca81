#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "base/testing/small_disk.h"

namespace itemize {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-file-XXXXXX";
    folder_ = ::mkdtemp(name);
    ::chmod(folder_.c_str(), 0755);
  }
  void TearDown() override { fs::remove_all(folder_); }
  static mode_t mode_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 0777;
  }
  std::string folder_;
};

TEST_F(FileTest, writes_two_runs_and_reads_them_back) {
  const std::string path = folder_ + "/a";
  File file = File::open(path, O_RDWR | O_CREAT, 0640).value();
  const std::string large(3'000'000, 'x');
  ASSERT_TRUE(file.write("begin", large));
  ASSERT_TRUE(file.write("", ""));
  ASSERT_TRUE(file.write("end"));
  EXPECT_EQ(file.size().value(), 3'000'008U);
  ASSERT_TRUE(file.sync());
  ASSERT_TRUE(file.close());
  EXPECT_FALSE(file.is_open());
  EXPECT_EQ(read_file(path).value(), "begin" + large + "end");
}

TEST_F(FileTest, moves_carry_the_descriptor) {
  File first = File::open(folder_ + "/a", O_WRONLY | O_CREAT).value();
  const int descriptor = first.descriptor();
  File second;
  second = std::move(first);
  EXPECT_EQ(second.descriptor(), descriptor);
  second.discard();
  EXPECT_EQ(::fcntl(descriptor, F_GETFD), -1);
}

TEST_F(FileTest, a_write_goes_on_after_the_pipe_took_a_part) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const std::string text(200'000, 'p');  // More than a pipe holds.
  const pid_t child = ::fork();
  if (child == 0) {
    File file = File::open("/proc/self/fd/" + std::to_string(ends[1]), O_WRONLY).value();
    ::_exit(file.write(text, text) ? 0 : 1);
  }
  ::close(ends[1]);
  std::size_t total = 0;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) total += static_cast<std::size_t>(got);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(total, 400'000U);
}

TEST_F(FileTest, missing_files_are_not_found_and_large_ones_refused) {
  const auto missing = read_file(folder_ + "/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find(folder_ + "/none"), std::string::npos);
  ASSERT_TRUE(write_file_atomically(folder_ + "/a", std::string(100, 'x')));
  EXPECT_TRUE(read_file(folder_ + "/a", 100));
  EXPECT_EQ(read_file(folder_ + "/a", 99).error().code, ErrorCode::invalid_input);
}

TEST_F(FileTest, replaces_atomically_with_the_mode_asked_for) {
  const std::string path = folder_ + "/a";
  ASSERT_TRUE(write_file_atomically(path, "old", 0600));
  EXPECT_EQ(mode_of(path), 0600U);
  File::open(path + ".tmp", O_WRONLY | O_CREAT, 0666).value().write("a crash left this").value();
  ASSERT_TRUE(write_file_atomically(path, "new", 0600));
  EXPECT_EQ(read_file(path).value(), "new");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_FALSE(path_exists(path + ".tmp"));
}

TEST_F(FileTest, a_full_disk_keeps_the_old_content) {
  const testing::SmallDisk disk(200'000);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  const std::string path = disk.folder() + "/a";
  ASSERT_TRUE(write_file_atomically(path, "old"));
  EXPECT_LE(free_space(disk.folder()).value(), 200'000U);
  disk.fill();
  const auto refused = write_file_atomically(path, std::string(50'000, 'n'));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().hint.find("free some space"), std::string::npos);
  EXPECT_EQ(read_file(path).value(), "old");
  EXPECT_FALSE(path_exists(path + ".tmp"));
  EXPECT_LT(free_space(disk.folder()).value(), 4096U);
}

TEST_F(FileTest, makes_folders_to_any_depth) {
  ASSERT_TRUE(make_directories(folder_ + "/a/b//c/", 0700));
  EXPECT_EQ(mode_of(folder_ + "/a"), 0700U);
  EXPECT_EQ(mode_of(folder_ + "/a/b/c"), 0700U);
  ASSERT_TRUE(make_directories(folder_ + "/a/b/c", 0777)) << "what exists stays as it is";
  EXPECT_EQ(mode_of(folder_ + "/a/b/c"), 0700U);
  ASSERT_TRUE(write_file_atomically(folder_ + "/file", ""));
  const auto refused = make_directories(folder_ + "/file/below");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("/file'"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(testing::as_nobody([&] { EXPECT_FALSE(make_directories("/proc/itemize")); }));
}

TEST_F(FileTest, lists_folders_sorted) {
  ASSERT_TRUE(write_file_atomically(folder_ + "/b", ""));
  ASSERT_TRUE(make_directories(folder_ + "/a"));
  const auto entries = list_directory(folder_).value();
  EXPECT_EQ(entries, (std::vector<DirectoryEntry>{{"a", true}, {"b", false}}));
  EXPECT_EQ(list_directory(folder_ + "/none").error().code, ErrorCode::not_found);
}

TEST_F(FileTest, removes_and_renames) {
  EXPECT_FALSE(remove_file(folder_ + "/a").value());
  ASSERT_TRUE(write_file_atomically(folder_ + "/a", ""));
  ASSERT_TRUE(rename_file(folder_ + "/a", folder_ + "/b"));
  EXPECT_TRUE(remove_file(folder_ + "/b").value());
  EXPECT_FALSE(remove_file(folder_)) << "a folder is not a file";
}

TEST(ParentDirectoryTest, is_what_dirname_says) {
  EXPECT_EQ(parent_directory("a/b"), "a");
  EXPECT_EQ(parent_directory("a/b/"), "a");
  EXPECT_EQ(parent_directory("a"), ".");
  EXPECT_EQ(parent_directory("/a"), "/");
  EXPECT_EQ(parent_directory("/"), "/");
}

}  // namespace
}  // namespace itemize
