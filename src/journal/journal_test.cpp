#include "journal/journal.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "journal/database.h"

namespace itemize::journal {
namespace {

class JournalTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-journal-XXXXXX";
    root_ = ::mkdtemp(name);
    folder_ = root_ + "/.itemize";
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<Journal> open() {
    auto journal = Journal::open(folder_);
    EXPECT_TRUE(journal) << journal.error().to_string();
    return journal ? std::move(*journal) : nullptr;
  }
  std::string file() const { return folder_ + "/journal.db"; }

  std::string root_, folder_;
};

RangeRecord pending_range(const std::string& table, int number) {
  RangeRecord range;
  range.source = 1;
  range.table = table;
  range.range_json = "{\"n\":" + std::to_string(number) + "}";
  return range;
}

TEST_F(JournalTest, remembers_a_run_its_generations_and_ranges) {
  std::int64_t run_id = 0;
  std::vector<RangeRecord> first;
  {
    auto journal = open();
    EXPECT_FALSE(journal->last_run("export", "out").value().has_value());
    journal::Run run = journal->start_run({.kind = "export", .target = "out", .model_hash = "abc"}).value();
    run_id = run.id;
    EXPECT_EQ(run.generation, 0);
    EXPECT_GT(run.started_at, 0);
    first = journal->start_generation(run, {pending_range("orders", 1), pending_range("orders", 2)}).value();
    EXPECT_EQ(run.generation, 1);
    EXPECT_FALSE(run.boot_id.empty());
    ASSERT_EQ(first.size(), 2U);
    EXPECT_NE(first[0].id, first[1].id);

    RangeRecord done = first[1];
    done.position = std::string("0/16B\0\x01", 7);
    done.rows = 18446744073709551615ULL;
    done.rejects = 3;
    done.skipped = 4;
    done.bytes = 5;
    done.write_units = 6.5;
    done.items = {7, 0, 18446744073709551615ULL};
    done.files_json = "[\"Ä\"]";
    ASSERT_TRUE(journal->finish_range(done));
  }
  auto journal = open();
  journal::Run run = journal->last_run("export", "out").value().value();
  EXPECT_EQ(run.id, run_id);
  EXPECT_EQ(run.model_hash, "abc");
  EXPECT_EQ(run.state, RunState::running);
  const auto ranges = journal->ranges(run.id, 1).value();
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[0].state, RangeState::pending);
  EXPECT_EQ(ranges[0].source, 1U);
  EXPECT_EQ(ranges[0].table, "orders");
  EXPECT_EQ(ranges[0].range_json, "{\"n\":1}");
  EXPECT_TRUE(ranges[0].items.empty());
  EXPECT_EQ(ranges[1].id, first[1].id);
  EXPECT_EQ(ranges[1].state, RangeState::done);
  EXPECT_EQ(ranges[1].position, std::string("0/16B\0\x01", 7));
  EXPECT_EQ(ranges[1].rows, 18446744073709551615ULL);
  EXPECT_EQ(ranges[1].rejects, 3U);
  EXPECT_EQ(ranges[1].skipped, 4U);
  EXPECT_EQ(ranges[1].bytes, 5U);
  EXPECT_EQ(ranges[1].write_units, 6.5);
  EXPECT_EQ(ranges[1].items, (std::vector<std::uint64_t>{7, 0, 18446744073709551615ULL}));
  EXPECT_EQ(ranges[1].files_json, "[\"Ä\"]");
  EXPECT_GT(ranges[1].finished_at, 0);

  const auto second = journal->start_generation(run, {pending_range("orders", 1)}).value();
  EXPECT_GT(second[0].id, first[1].id) << "ids name files: never given out twice";
  EXPECT_EQ(journal->ranges(run.id, 1).value().size(), 2U) << "the older generation is kept";
  ASSERT_TRUE(journal->finish_run(run.id));
  EXPECT_EQ(journal->last_run("export", "out").value()->state, RunState::finished);
  EXPECT_EQ(journal->runs().value().size(), 1U);
  EXPECT_FALSE(journal->last_run("load", "out").value().has_value());
}

TEST_F(JournalTest, keeps_named_values_and_created_tables) {
  auto journal = open();
  const journal::Run run = journal->start_run({.kind = "load", .target = "t"}).value();
  EXPECT_FALSE(journal->get(run.id, "position").value().has_value());
  ASSERT_TRUE(journal->set(run.id, "position", "1"));
  ASSERT_TRUE(journal->set(run.id, "position", ""));
  EXPECT_EQ(journal->get(run.id, "position").value().value(), "");
  ASSERT_TRUE(journal->add_created_table({"b", "eu-west-1", "id-b"}));
  ASSERT_TRUE(journal->add_created_table({"a", "http://127.0.0.1:8000", "id-a"}));
  ASSERT_TRUE(journal->add_created_table({"b", "eu-west-1", "id-c"}));
  const auto tables = journal->created_tables().value();
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[1].table_id, "id-c");
  ASSERT_TRUE(journal->forget_created_table("a"));
  EXPECT_EQ(journal->created_tables().value().size(), 1U);
}

TEST_F(JournalTest, only_the_owner_can_read_it) {
  open();
  struct stat status {};
  ASSERT_EQ(::stat(folder_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(JournalTest, keeps_its_id) {
  const std::string id = open()->id();
  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(open()->id(), id);
  EXPECT_EQ(Journal::open_read_only(folder_).value()->id(), id);
}

TEST_F(JournalTest, read_only_makes_nothing) {
  const auto absent = Journal::open_read_only(folder_);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(folder_));
  open();
  auto reader = Journal::open_read_only(folder_).value();
  const auto refused = reader->start_run({.kind = "load"});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("readonly"), std::string::npos);
}

TEST_F(JournalTest, a_reader_sees_what_a_writer_beside_it_commits) {
  auto writer = open();
  auto reader = Journal::open_read_only(folder_).value();
  journal::Run run = writer->start_run({.kind = "load", .target = "t"}).value();
  EXPECT_EQ(reader->runs().value().size(), 1U);
  writer->start_generation(run, {pending_range("a", 1)}).value();
  EXPECT_EQ(reader->ranges(run.id, 1).value().size(), 1U);
}

TEST_F(JournalTest, a_newer_journal_is_refused_in_plain_words) {
  open();
  ASSERT_TRUE(Database::open(file(), Database::Access::recover).value().execute("PRAGMA user_version = 7"));
  for (const auto& opened : {Journal::open(folder_).error(), Journal::open_read_only(folder_).error()}) {
    EXPECT_NE(opened.message.find("newer itemize"), std::string::npos) << opened.to_string();
    EXPECT_NE(opened.message.find(file()), std::string::npos);
  }
}

TEST_F(JournalTest, a_file_that_is_not_a_journal_is_refused) {
  std::filesystem::create_directories(folder_);
  std::ofstream(file()) << std::string(5000, 'x');
  auto opened = Journal::open(folder_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::io);
  EXPECT_NE(opened.error().message.find(file()), std::string::npos);
  EXPECT_NE(opened.error().hint.find("damaged"), std::string::npos);
}

TEST_F(JournalTest, a_damaged_journal_is_refused) {
  {
    auto journal = open();
    journal::Run run = journal->start_run({.kind = "load", .target = "t"}).value();
    std::vector<RangeRecord> ranges;
    for (int i = 0; i < 1000; ++i) ranges.push_back(pending_range("orders", i));
    journal->start_generation(run, ranges).value();
  }
  const auto size = std::filesystem::file_size(file());
  {
    std::fstream damage(file(), std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t page = 4096; page < size; page += 4096) {
      damage.seekp(static_cast<std::streamoff>(page));
      damage << std::string(64, '\xff');
    }
  }
  auto opened = Journal::open(folder_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::io);
  EXPECT_NE(opened.error().to_string().find("damaged"), std::string::npos) << opened.error().to_string();
}

TEST_F(JournalTest, threads_share_it) {
  auto journal = open();
  journal::Run run = journal->start_run({.kind = "load", .target = "t"}).value();
  std::vector<RangeRecord> planned;
  for (int i = 0; i < 40; ++i) planned.push_back(pending_range("orders", i));
  const auto ranges = journal->start_generation(run, planned).value();
  std::vector<std::thread> threads;
  for (std::size_t worker = 0; worker < 4; ++worker) {
    threads.emplace_back([&, worker] {
      for (std::size_t i = worker; i < ranges.size(); i += 4) {
        RangeRecord done = ranges[i];
        done.rows = i;
        EXPECT_TRUE(journal->finish_range(done));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto finished = journal->ranges(run.id, 1).value();
  for (const RangeRecord& range : finished) EXPECT_EQ(range.state, RangeState::done);
}

TEST_F(JournalTest, takes_a_hundred_thousand_ranges_at_once) {
  auto journal = open();
  journal::Run run = journal->start_run({.kind = "load", .target = "t"}).value();
  std::vector<RangeRecord> planned;
  for (int i = 0; i < 100'000; ++i) planned.push_back(pending_range("orders", i));
  const auto ranges = journal->start_generation(run, std::move(planned)).value();
  EXPECT_EQ(ranges.back().id - ranges.front().id, 99'999);
  EXPECT_EQ(journal->ranges(run.id, 1).value().size(), 100'000U);
}

TEST_F(JournalTest, unknown_ranges_and_stale_generations_are_errors) {
  auto journal = open();
  RangeRecord unknown;
  unknown.id = 99;
  EXPECT_FALSE(journal->finish_range(unknown));
  EXPECT_FALSE(journal->finish_run(99));
  journal::Run run = journal->start_run({.kind = "load", .target = "t"}).value();
  journal::Run stale = run;
  journal->start_generation(run, {}).value();
  EXPECT_FALSE(journal->start_generation(stale, {pending_range("a", 1)}));
  EXPECT_TRUE(journal->ranges(run.id, 1).value().empty());
  EXPECT_EQ(stale.generation, 0) << "a failed call changes nothing";
}

}  // namespace
}  // namespace itemize::journal
