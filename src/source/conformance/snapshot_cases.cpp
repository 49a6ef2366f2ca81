// A snapshot is one point of the whole database, for all its readers, while others write.
#include <chrono>
#include <thread>

#include "source/conformance/conformance.h"

namespace itemize::source::conformance {
namespace {

std::int64_t microseconds_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

TEST_P(Conformance, ASnapshotIsOnePointWhileOthersWrite) {
  if (quirks().readers_block_writers) GTEST_SKIP() << "here a snapshot keeps writers out; that is tested beside the source";
  const std::string integer = quirks().integer_type;
  run("CREATE TABLE ledger (id " + integer + " PRIMARY KEY, v " + integer + ")");
  run("CREATE TABLE other (id " + integer + " PRIMARY KEY, v " + integer + ")");
  run("INSERT INTO ledger VALUES (1, 10), (2, 20), (3, 30)");
  run("INSERT INTO other VALUES (1, 1)");
  const row::Table ledger = table("ledger");
  const row::Table other = table("other");
  const auto open = snapshot(3);
  ASSERT_NE(open, nullptr);
  const Rows then{{"1", "10"}, {"2", "20"}, {"3", "30"}};
  EXPECT_EQ(read_whole(*open, ledger), then);

  run("INSERT INTO ledger VALUES (4, 40)");
  EXPECT_EQ(read_whole(*open, ledger), then) << "a row that came later";
  run("UPDATE ledger SET v = 99 WHERE id = 2");
  EXPECT_EQ(read_planned(*open, ledger, 1), then) << "a row that changed later";
  run("DELETE FROM ledger WHERE id = 1");
  EXPECT_EQ(read_planned(*open, ledger, 1 << 20), then) << "a row that went later";
  run("UPDATE ledger SET id = 7 WHERE id = 3");
  EXPECT_EQ(read(*open, rows_range(ledger, {"id"}, {{"3"}}), ledger), (Rows{{"3", "30"}})) << "a row that has another key now";
  EXPECT_TRUE(read(*open, rows_range(ledger, {"id"}, {{"7"}}), ledger).empty());
  run("INSERT INTO other VALUES (2, 2)");
  EXPECT_EQ(read_whole(*open, other), (Rows{{"1", "1"}})) << "a table that was not read before the change";

  const auto later = snapshot();
  ASSERT_NE(later, nullptr);
  EXPECT_EQ(read_whole(*later, ledger), (Rows{{"2", "99"}, {"4", "40"}, {"7", "30"}}));
  EXPECT_EQ(source_->compare(open->position(), open->position()), 0);
  EXPECT_LT(source_->compare(open->position(), later->position()), 0);
  EXPECT_GT(source_->compare(later->position(), open->position()), 0);
}

TEST_P(Conformance, ReadersOfOneSnapshotAgreeWhileMoneyMoves) {
  if (quirks().readers_block_writers) GTEST_SKIP() << "here a snapshot keeps writers out; that is tested beside the source";
  run("CREATE TABLE accounts (id " + quirks().integer_type + " PRIMARY KEY, balance " + quirks().integer_type + ")");
  std::vector<std::string> tuples;
  for (int index = 0; index < 1000; ++index) tuples.push_back("(" + std::to_string(index) + ", 100)");
  insert("accounts", tuples);
  const row::Table accounts = table("accounts");
  std::jthread mover([this](const std::stop_token& stop) {
    for (std::int64_t turn = 0; !stop.stop_requested(); ++turn) {
      const std::string from = std::to_string(turn * 7919 % 1000);
      const std::string to = std::to_string((turn * 104729 + 1) % 1000);
      if (from != to)
        database_->execute("UPDATE accounts SET balance = balance + CASE WHEN id = " + from + " THEN -1 ELSE 1 END WHERE id IN (" + from +
                           ", " + to + ")");
    }
  });
  for (int round = 0; round < 15; ++round) {
    const auto open = snapshot(3);
    ASSERT_NE(open, nullptr);
    std::vector<Rows> found(3);
    {
      std::vector<std::jthread> readers;
      for (Rows& rows : found) readers.emplace_back([&] { rows = read_planned(*open, accounts, 2000); });
    }
    long long sum = 0;
    for (const auto& row : found[0]) sum += std::stoll(row[1]);
    EXPECT_EQ(found[0].size(), 1000U);
    EXPECT_EQ(sum, 100'000) << "half of a transfer was seen";
    EXPECT_TRUE(found[0] == found[1] && found[0] == found[2]) << "two readers of one snapshot differ";
  }
}

TEST_P(Conformance, AReaderMayOutliveOthersAndManyMayBeOpen) {
  run("CREATE TABLE shared (id " + quirks().integer_type + " PRIMARY KEY)");
  std::vector<std::string> tuples;
  for (int index = 0; index < 2000; ++index) tuples.push_back("(" + std::to_string(index) + ")");
  insert("shared", tuples);
  const row::Table shared = table("shared");
  const auto open = snapshot(3);
  ASSERT_NE(open, nullptr);
  std::vector<std::unique_ptr<Reader>> readers;
  for (int index = 0; index < 3; ++index) {
    Result<std::unique_ptr<Reader>> reader = open->open(whole_range(shared), shared, {"id"});
    ASSERT_TRUE(reader) << reader.error().to_string();
    readers.push_back(*std::move(reader));
  }
  std::size_t counts[3] = {};
  row::RowBatch batch;
  // In turns, over one batch: what a reader gave before must not matter to the next.
  for (bool more = true; more;) {
    more = false;
    for (std::size_t index = 0; index < 3; ++index) {
      if (index == 1 && counts[1] > 0) readers[1].reset();  // given up half-way
      if (!readers[index]) continue;
      const Result<bool> next = readers[index]->next(batch);
      ASSERT_TRUE(next) << next.error().to_string();
      counts[index] += batch.rows();
      more = more || *next;
    }
  }
  EXPECT_EQ(counts[0], 2000U);
  EXPECT_EQ(counts[2], 2000U);
  EXPECT_EQ(read_whole(*open, shared).size(), 2000U) << "the snapshot serves on after a reader was given up";
}

TEST_P(Conformance, ASnapshotKnowsItsTimeItsTokenAndThatItLives) {
  run("CREATE TABLE timed (id " + quirks().integer_type + " PRIMARY KEY)");
  const std::int64_t before = microseconds_now();
  const auto open = snapshot();
  ASSERT_NE(open, nullptr);
  EXPECT_GE(open->taken_at(), before - 5'000'000);
  EXPECT_LE(open->taken_at(), microseconds_now() + 5'000'000);
  EXPECT_EQ(open->token().empty(), !quirks().token_joinable);
  EXPECT_TRUE(open->alive());
  EXPECT_FALSE(open->position().value.empty());
}

TEST_P(Conformance, ChangeCountersMoveWhenDataChanges) {
  if (!quirks().has_change_counters) {
    const auto counters = source_->change_counters();
    ASSERT_TRUE(counters) << counters.error().to_string();
    EXPECT_TRUE(counters->empty());
    return;
  }
  run("CREATE TABLE counted (id " + quirks().integer_type + " PRIMARY KEY, v " + quirks().integer_type + ")");
  const auto counter = [&]() -> std::string {
    const Result<std::vector<ChangeCounter>> counters = source_->change_counters();
    EXPECT_TRUE(counters) << counters.error().to_string();
    if (!counters) return {};
    for (const ChangeCounter& each : *counters)
      if (each.table == "counted" && each.schema == quirks().schema) return each.value;
    ADD_FAILURE() << "no counter for the table";
    return {};
  };
  std::string last = counter();
  for (const char* const change : {"INSERT INTO counted VALUES (1, 1)", "UPDATE counted SET v = 2", "DELETE FROM counted"}) {
    run(change);
    std::string now = counter();
    for (int tries = 0; quirks().change_counters_lag && now == last && tries < 100; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      now = counter();
    }
    EXPECT_NE(now, last) << change;
    last = now;
  }
  if (quirks().change_counters_lag) return;
  EXPECT_EQ(counter(), last) << "nothing changed since";
}

}  // namespace
}  // namespace itemize::source::conformance
