// The journal when the world is bad: full disks, folders that may not be written, kill -9.
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "base/testing/small_disk.h"
#include "journal/database.h"
#include "journal/journal.h"

namespace itemize::journal {
namespace {

namespace fs = std::filesystem;

std::vector<RangeRecord> planned_ranges(int count) {
  std::vector<RangeRecord> ranges(static_cast<std::size_t>(count));
  for (RangeRecord& range : ranges) range.table = "a table of some name";
  return ranges;
}

TEST(JournalFailureTest, a_full_disk_changes_nothing) {
  const testing::SmallDisk disk(400'000);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  const std::string folder = disk.folder() + "/.itemize";
  auto journal = Journal::open(folder).value();
  journal::Run run = journal->start_run({.kind = "export", .target = "out"}).value();
  const auto ranges = journal->start_generation(run, planned_ranges(10)).value();

  const auto refused = journal->start_generation(run, planned_ranges(100'000));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::io);
  EXPECT_NE(refused.error().message.find(folder + "/journal.db"), std::string::npos) << refused.error().to_string();
  EXPECT_NE(refused.error().hint.find("free some space"), std::string::npos) << refused.error().to_string();
  EXPECT_EQ(run.generation, 1);
  EXPECT_EQ(journal->last_run("export", "out").value()->generation, 1);
  EXPECT_TRUE(journal->ranges(run.id, 2).value().empty());

  disk.fill();
  EXPECT_FALSE(journal->finish_range(ranges[0]));
  EXPECT_EQ(journal->ranges(run.id, 1).value()[0].state, RangeState::pending);
  EXPECT_EQ(Journal::open_read_only(folder).value()->ranges(run.id, 1).value().size(), 10U) << "reporting needs no space";
  disk.free();
  EXPECT_TRUE(journal->finish_range(ranges[0]));
  journal.reset();
  EXPECT_EQ(Journal::open(folder).value()->ranges(run.id, 1).value()[0].state, RangeState::done);
}

TEST(JournalFailureTest, no_space_for_a_journal_is_told_and_leaves_a_place_to_try_again) {
  const testing::SmallDisk disk(100'000);
  if (!disk.mounted()) GTEST_SKIP() << disk.reason();
  disk.fill();
  const auto refused = Journal::open(disk.folder() + "/.itemize");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().to_string().find("free some space"), std::string::npos) << refused.error().to_string();
  disk.free();
  EXPECT_TRUE(Journal::open(disk.folder() + "/.itemize"));
}

class JournalFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-journal-XXXXXX";
    root_ = ::mkdtemp(name);
    ::chmod(root_.c_str(), 0755);
    folder_ = root_ + "/.itemize";
  }
  void TearDown() override {
    ::chmod(folder_.c_str(), 0700);
    fs::remove_all(root_);
  }
  /// Gives the folder and the file to nobody, who may read them only.
  void make_read_only() const {
    if (::getuid() == 0) {
      ASSERT_EQ(::chown(folder_.c_str(), 65534, 65534), 0);
      for (const auto& entry : fs::directory_iterator(folder_)) ASSERT_EQ(::chown(entry.path().c_str(), 65534, 65534), 0);
    }
    for (const auto& entry : fs::directory_iterator(folder_)) ::chmod(entry.path().c_str(), 0400);
    ::chmod(folder_.c_str(), 0500);
  }
  std::string root_, folder_;
};

TEST_F(JournalFolderTest, a_read_only_folder_can_be_reported_on_but_not_written) {
  {
    auto journal = Journal::open(folder_).value();
    ASSERT_TRUE(journal->start_run({.kind = "load", .target = "t"}));
  }
  make_read_only();
  EXPECT_TRUE(testing::as_nobody([&] {
    auto reader = Journal::open_read_only(folder_);
    ASSERT_TRUE(reader) << reader.error().to_string();
    EXPECT_EQ((*reader)->runs().value().size(), 1U);
    const auto refused = Journal::open(folder_);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().hint.find("permissions"), std::string::npos) << refused.error().to_string();
    EXPECT_NE(refused.error().message.find(folder_), std::string::npos);
  }));
}

TEST_F(JournalFolderTest, a_folder_that_cannot_be_made_is_told) {
  EXPECT_TRUE(testing::as_nobody([&] {
    const auto refused = Journal::open(::getuid() == 65534 ? folder_ : "/proc/itemize");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("cannot make the folder"), std::string::npos) << refused.error().to_string();
  }));
}

// A writer that died within a transaction leaves the database half changed, and a rollback journal that repairs it.
TEST_F(JournalFolderTest, a_reader_recovers_a_torn_transaction) {
  std::int64_t run_id = 0;
  {
    auto journal = Journal::open(folder_).value();
    journal::Run run = journal->start_run({.kind = "load", .target = "t"}).value();
    run_id = run.id;
    journal->start_generation(run, planned_ranges(1000)).value();
  }
  Database dying = Database::open(folder_ + "/journal.db", Database::Access::read_write).value();
  // A cache of one page: changed pages go to the file before the commit.
  dying.execute("PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE ranges SET state = 1, files = hex(zeroblob(500))").value();
  const std::string crashed = root_ + "/crashed";
  fs::copy(folder_, crashed);
  ASSERT_GT(fs::file_size(crashed + "/journal.db-journal"), 0U);
  auto reader = Journal::open_read_only(crashed);
  ASSERT_TRUE(reader) << reader.error().to_string();
  const auto ranges = (*reader)->ranges(run_id, 1).value();
  ASSERT_EQ(ranges.size(), 1000U);
  for (const RangeRecord& range : ranges) ASSERT_EQ(range.state, RangeState::pending);
}

TEST_F(JournalFolderTest, what_was_told_survives_kill_nine) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto journal = Journal::open(folder_).value();
      journal::Run run = journal->start_run({.kind = "load", .target = std::to_string(attempt)}).value();
      const auto ranges = journal->start_generation(run, planned_ranges(10'000)).value();
      for (const RangeRecord& range : ranges) {
        journal->finish_range(range).value();
        if (::write(told[1], &range.id, sizeof range.id) != sizeof range.id) break;
      }
      ::_exit(0);
    }
    std::int64_t last = 0;
    for (int i = 0; i < 20 + attempt * 30; ++i) ASSERT_EQ(::read(told[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(told[1]);
    while (::read(told[0], &last, sizeof last) == sizeof last) {
    }
    ::close(told[0]);
    auto journal = Journal::open(folder_).value();
    const auto run = journal->last_run("load", std::to_string(attempt)).value().value();
    const auto ranges = journal->ranges(run.id, 1).value();
    ASSERT_EQ(ranges.size(), 10'000U);
    std::size_t done_but_untold = 0;
    for (const RangeRecord& range : ranges) {
      if (range.id <= last) {
        EXPECT_EQ(range.state, RangeState::done);
      } else if (range.state == RangeState::done) {
        ++done_but_untold;
      }
    }
    EXPECT_LE(done_but_untold, 1U);
  }
}

}  // namespace
}  // namespace itemize::journal
