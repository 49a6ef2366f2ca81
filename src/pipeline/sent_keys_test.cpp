#include "pipeline/sent_keys.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <latch>
#include <set>
#include <thread>

#include "base/hash.h"

namespace itemize::pipeline {
namespace {

namespace fs = std::filesystem;
using Keys = std::set<std::pair<std::size_t, std::string>>;

class SentKeysTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/itemize-keys-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// Two tables and two item types; the item type of a key is its table's, unless said otherwise.
  std::unique_ptr<SentKeys> open(std::int64_t run, std::int64_t generation, KeyNumbers numbers = {{0, 1}, {0, 1}, {2, 3}}) const {
    return std::make_unique<SentKeys>(folder_, run, generation, std::move(numbers), clock_);
  }
  static Result<void> send(const sink::LiveHooks& hooks, std::size_t table, const std::vector<std::string_view>& keys,
                           std::vector<std::uint32_t> types = {}) {
    types.resize(keys.size(), types.empty() ? static_cast<std::uint32_t>(table) : types.back());
    return hooks.before_send(table, keys, types);
  }
  std::vector<KeyLogFile> logs() const { return list_key_logs(folder_).value(); }
  static Keys keys_of(const KeyLogFile& log) {
    Keys found;
    const auto read = read_keys(log.path, [&](std::size_t table, std::string_view key) -> Result<void> {
      found.emplace(table, key);
      return {};
    });
    EXPECT_TRUE(read) << read.error().to_string();
    return found;
  }

  std::string folder_;
  std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
};

constexpr std::string_view a = "a";
constexpr std::string_view b = "b";
constexpr std::string_view c = "c";

TEST_F(SentKeysTest, writes_keys_under_their_owners_lasting_numbers) {
  const auto keys = open(3, 2, {{0, 1}, {7, 5}, {8, 9}});
  const sink::LiveHooks hooks = keys->hooks();
  ASSERT_TRUE(send(hooks, 0, {a, b}));
  ASSERT_TRUE(send(hooks, 1, {c}));
  ASSERT_EQ(logs().size(), 1U);
  EXPECT_EQ(logs()[0].run, 3);
  EXPECT_EQ(logs()[0].generation, 2);
  EXPECT_EQ(logs()[0].kind, SentLog::writes);
  EXPECT_EQ(keys_of(logs()[0]), (Keys{{7, "a"}, {7, "b"}, {5, "c"}}));
  struct stat about{};
  ASSERT_EQ(::stat(logs()[0].path.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U) << "keys are data";
}

TEST_F(SentKeysTest, deletes_have_logs_of_their_own) {
  const auto keys = open(1, 1);
  const sink::LiveHooks hooks = keys->hooks();
  ASSERT_TRUE(send(hooks, 0, {a}));
  keys->begin_deletes();
  ASSERT_TRUE(send(hooks, 0, {b}));
  ASSERT_EQ(logs().size(), 2U);
  for (const KeyLogFile& log : logs()) EXPECT_EQ(keys_of(log), (log.kind == SentLog::deletes ? Keys{{2, "b"}} : Keys{{0, "a"}}));
}

TEST_F(SentKeysTest, another_process_of_the_same_generation_begins_new_logs) {
  ASSERT_TRUE(send(open(1, 1)->hooks(), 0, {a}));
  ASSERT_TRUE(send(open(1, 1)->hooks(), 0, {b}));
  EXPECT_EQ(logs().size(), 2U);
}

TEST_F(SentKeysTest, each_thread_writes_its_own_log) {
  constexpr int threads = 4;
  constexpr int each = 500;
  const auto keys = open(1, 1);
  {
    std::vector<std::jthread> writers;
    std::latch all(threads);  // a thread that ends early would give its id, and its log, to the next
    for (int thread = 0; thread < threads; ++thread) {
      writers.emplace_back([&, thread] {
        const sink::LiveHooks hooks = keys->hooks();
        for (int number = 0; number < each; ++number) {
          const std::string key = std::to_string(thread) + "-" + std::to_string(number);
          EXPECT_TRUE(send(hooks, 0, {key}));
          if (number % 2 == 0)
            hooks.before_retry();
          else
            hooks.on_unknown_outcome(0, std::vector<std::string_view>{key});
        }
        all.arrive_and_wait();
      });
    }
  }
  ASSERT_TRUE(keys->sync());
  ASSERT_EQ(logs().size(), std::size_t{threads});
  std::size_t sent = 0;
  for (const KeyLogFile& log : logs()) sent += keys_of(log).size();
  EXPECT_EQ(sent, std::size_t{threads * each});
}

TEST_F(SentKeysTest, remembers_when_an_outcome_was_last_unknown) {
  const auto keys = open(1, 1);
  EXPECT_EQ(keys->last_unknown(), Clock::Instant{});
  clock_->advance(std::chrono::seconds(7));
  keys->hooks().on_unknown_outcome(0, std::vector{a});
  EXPECT_EQ(keys->last_unknown(), clock_->now());
}

TEST_F(SentKeysTest, waits_for_what_a_killed_process_may_have_sent) {
  using std::chrono::seconds;
  auto keys = open(1, 1);
  ASSERT_TRUE(send(keys->hooks(), 0, {a}));
  const auto wait = time_until_quiet(logs(), seconds(30));
  EXPECT_GT(wait, seconds(25));
  EXPECT_LE(wait, seconds(30));
  EXPECT_EQ(time_until_quiet(logs(), seconds(0)).count(), 0) << "long ago";
  // Another attempt later is as good as a new request.
  File log = File::open(logs()[0].path, O_WRONLY).value();
  ASSERT_TRUE(log.set_time(std::chrono::system_clock::now() - seconds(100)));
  EXPECT_EQ(time_until_quiet(logs(), seconds(30)).count(), 0);
  keys->hooks().before_retry();
  EXPECT_GT(time_until_quiet(logs(), seconds(30)), seconds(25));
  // The clock was set back by a day.
  ASSERT_TRUE(log.set_time(std::chrono::system_clock::now() + seconds(86'400)));
  EXPECT_EQ(time_until_quiet(logs(), seconds(30)), seconds(30));
  keys.reset();
  EXPECT_EQ(time_until_quiet(logs(), seconds(30)).count(), 0) << "it ended, and every outcome was known";
}

TEST_F(SentKeysTest, waits_for_what_an_ended_process_had_no_answer_to) {
  using std::chrono::seconds;
  auto keys = open(1, 1);
  clock_->advance(seconds(1));
  ASSERT_TRUE(send(keys->hooks(), 0, {a}));
  keys->hooks().on_unknown_outcome(0, std::vector{a});
  clock_->advance(seconds(10));
  keys.reset();
  const auto wait = time_until_quiet(logs(), seconds(30));
  EXPECT_GT(wait, seconds(15));
  EXPECT_LE(wait, seconds(20));
}

TEST_F(SentKeysTest, knows_again_what_was_written_where_foreign_items_stay) {
  {
    const auto keys = open(1, 1, {{4}, {0}, {1}});
    const sink::LiveHooks hooks = keys->hooks();
    ASSERT_TRUE(send(hooks, 0, {a}));
    ASSERT_TRUE(hooks.before_put(0, a, 111));
    ASSERT_TRUE(hooks.before_put(0, b, 222));
    ASSERT_TRUE(keys->sync());
  }
  std::vector<std::string> contents;
  for (const KeyLogFile& log : logs())
    if (log.kind == SentLog::contents) contents.push_back(log.path);
  ASSERT_EQ(contents.size(), 1U);
  File torn = File::open(contents[0], O_WRONLY | O_APPEND).value();
  ASSERT_TRUE(torn.write("xyz"));
  const auto keys = open(1, 2, {{0, 4}, {0, 1}, {2, 3}});
  keys->set_written(WrittenContents::open(contents, folder_).value());
  EXPECT_TRUE(keys->is_ours(1, a, 111));
  EXPECT_TRUE(keys->hooks().is_ours(1, b, 222).value());
  EXPECT_FALSE(keys->is_ours(1, a, 222)) << "somebody else's content";
  EXPECT_FALSE(keys->is_ours(0, a, 111)) << "another table";
  EXPECT_FALSE(open(1, 3)->is_ours(0, a, 111));
  EXPECT_EQ(time_until_quiet(logs(), std::chrono::seconds(0)).count(), 0) << "contents are no key log";
}

TEST(WrittenContentsTest, finds_each_of_many) {
  char name[] = "/tmp/itemize-keys-XXXXXX";
  const std::string folder = ::mkdtemp(name);
  std::vector<std::string> logs;
  for (int log = 0; log < 3; ++log) {
    logs.push_back(folder + "/" + std::to_string(log));
    File file = File::open(logs.back(), O_WRONLY | O_CREAT).value();
    for (std::uint64_t number = 0; number < 1000; ++number) {
      const std::uint64_t value = hash64(std::to_string(number), static_cast<std::uint64_t>(log));
      ASSERT_TRUE(file.write({reinterpret_cast<const char*>(&value), sizeof value}));
    }
  }
  const WrittenContents contents = WrittenContents::open(logs, folder).value();
  EXPECT_EQ(contents.size(), 3000U);
  for (std::uint64_t number = 0; number < 1000; ++number) EXPECT_TRUE(contents.contains(hash64(std::to_string(number), 1)));
  EXPECT_FALSE(contents.contains(42));
  EXPECT_FALSE(WrittenContents::open({}, folder).value().contains(42));
  fs::remove_all(folder);
}

TEST_F(SentKeysTest, other_files_in_the_folder_are_no_logs) {
  ASSERT_TRUE(send(open(1, 1)->hooks(), 0, {a}));
  for (const char* name : {"1-1-1.log.bak", "1-1.log", "owners.json", "x-1-2.log"})
    ASSERT_TRUE(write_file_atomically(folder_ + "/keys/" + name, "x"));
  EXPECT_EQ(logs().size(), 1U);
  EXPECT_TRUE(list_key_logs(folder_ + "/nothing").value().empty());
}

TEST_F(SentKeysTest, a_request_may_hold_several_item_types) {
  const auto keys = open(1, 1, {{0}, {4, 6}, {5}});
  ASSERT_TRUE(send(keys->hooks(), 0, {a, b, c}, {0, 1, 0}));
  EXPECT_EQ(keys_of(logs()[0]), (Keys{{4, "a"}, {4, "c"}, {6, "b"}}));
}

class KeyOwnersTest : public SentKeysTest {};

TEST_F(KeyOwnersTest, numbers_stay_while_tables_and_item_types_come_and_go) {
  const KeyNumbers first = KeyOwners::open(folder_).value().numbers_of({"shop", "log"}, {{"Order", 0}, {"Line", 1}}).value();
  EXPECT_EQ(first.tables, (std::vector<std::size_t>{0, 1}));
  KeyOwners owners = KeyOwners::open(folder_).value();
  const KeyNumbers second = owners.numbers_of({"other", "shop"}, {{"Line", 1}, {"Order", 1}, {"Order", 0}}).value();
  EXPECT_EQ(second.tables, (std::vector<std::size_t>{2, 0}));
  EXPECT_EQ(second.items[1], first.items[0]) << "Order in shop";
  EXPECT_NE(second.items[0], first.items[1]) << "Line has moved";
  EXPECT_NE(second.items[2], first.items[0]);
  EXPECT_EQ(second.deletes[1], first.deletes[0]);
  const KeyOwners again = KeyOwners::open(folder_).value();
  EXPECT_EQ(again.item_type_of(second.items[0]), "Line");
  EXPECT_EQ(again.table_name(again.table_of(second.items[0])), "shop");
  EXPECT_EQ(again.item_type_of(second.deletes[0]), "");
  EXPECT_EQ(again.item_type_of(99), "") << "not in the list";
}

TEST_F(KeyOwnersTest, another_version_is_refused) {
  ASSERT_TRUE(make_directories(folder_ + "/keys", 0700));
  ASSERT_TRUE(write_file_atomically(folder_ + "/keys/owners.json", R"({"version":3})"));
  EXPECT_EQ(KeyOwners::open(folder_).error().code, ErrorCode::conflict);
  ASSERT_TRUE(
      write_file_atomically(folder_ + "/keys/owners.json", R"({"version":2,"tables":["a"],"owners":[{"table":1,"item_type":"x"}]})"));
  EXPECT_EQ(KeyOwners::open(folder_).error().code, ErrorCode::io) << "damaged";
  ASSERT_TRUE(remove_file(folder_ + "/keys/owners.json"));
  ASSERT_TRUE(write_file_atomically(folder_ + "/keys/tables.json", R"(["shop"])"));
  const auto old = KeyOwners::open(folder_);
  ASSERT_FALSE(old);
  EXPECT_NE(old.error().to_string().find("another version of itemize"), std::string::npos);
}

}  // namespace
}  // namespace itemize::pipeline
