#include "source/sqlite/point.h"

#include <thread>

#include "source/sqlite/mark.h"
#include "source/sqlite/testing.h"

namespace itemize::source::sqlite {
namespace {

constexpr const char* rollback = "PRAGMA journal_mode = DELETE; ";
constexpr const char* wal = "PRAGMA journal_mode = WAL; ";
const std::string one_table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b');";

TEST(SqliteSnapshot, WithARollbackJournalKeepsWritersOfOtherProcessesOut) {
  const TestFile file(rollback + one_table);
  const auto source = file.source();
  const row::Table table = table_of(*source, "t");
  auto snapshot = *source->snapshot({.connections = 2});
  // All that a run does beside the snapshot: none of it may drop the lock that the snapshot holds.
  ASSERT_TRUE(source->catalog());
  ASSERT_TRUE(source->change_counters());
  ASSERT_TRUE(snapshot->alive());
  ASSERT_TRUE(source->snapshot({}));
  EXPECT_NE(snapshot->note().find("wait"), std::string::npos) << "whoever runs this against a live file should be told";
  const auto write = [&] { return Writer(file.path()).execute("INSERT INTO t VALUES (3, 'c')").empty() ? 1 : 0; };
  EXPECT_EQ(in_child(write), 0) << "another process wrote under an open snapshot: its lock was lost";
  EXPECT_EQ(numbers(*snapshot, table, whole_of(table)).size(), 2U);
  EXPECT_TRUE(snapshot->alive());
  snapshot.reset();
  EXPECT_EQ(in_child(write), 1) << "and when it is gone, writers go on";
}

TEST(SqliteSnapshot, SeveralConnectionsSeeOnePointWhileOthersCommit) {
  const TestFile file(wal + one_table);
  std::jthread writer([&](const std::stop_token& stop) {
    Writer connection(file.path());
    (void)connection.execute("PRAGMA synchronous = OFF");
    for (int id = 10; !stop.stop_requested(); ++id) (void)connection.execute("INSERT INTO t VALUES (" + std::to_string(id) + ", 'x')");
  });
  const auto source = file.source();
  const row::Table table = table_of(*source, "t");
  std::size_t most = 0;
  for (int round = 0; round < 30; ++round) {
    Result<Point> point = take_point(file.path(), 4, std::chrono::seconds(5));
    ASSERT_TRUE(point) << point.error().to_string();
    most = std::max(most, point->seats.size());
    EXPECT_EQ(point->note.empty(), point->seats.size() == 4);
    std::optional<std::int64_t> first;
    for (const auto& seat : point->seats) {
      Statement count = *seat->connection->prepare("SELECT count(*) FROM t");
      ASSERT_TRUE(*count.step());
      if (!first) first = count.integer(0);
      EXPECT_EQ(count.integer(0), *first) << "two connections of one point differ";
    }
  }
  EXPECT_EQ(most, 4U) << "no pause was ever found";
}

TEST(SqliteSnapshot, AWriterThatWaitsForUsIsNotWaitedFor) {
  // A writer that holds PENDING lets no new reader in and waits for the old ones: a second seat would wait for itself.
  const TestFile file(rollback + one_table);
  std::jthread writer([&](const std::stop_token& stop) {
    Writer connection(file.path());
    (void)connection.execute("PRAGMA synchronous = OFF");  // the disk's speed is not the question
    for (int id = 10; !stop.stop_requested(); ++id) {
      (void)connection.execute("INSERT INTO t VALUES (" + std::to_string(id) + ", 'x')");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // one that never pauses may keep readers out for as long as it likes
    }
  });
  const auto source = file.source();
  for (int round = 0; round < 10; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    const auto snapshot = source->snapshot({.connections = 3});
    ASSERT_TRUE(snapshot) << snapshot.error().to_string();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(3));
  }
}

TEST(SqliteSnapshot, ALockedFileSaysSoInTime) {
  const TestFile file(rollback + one_table);
  Writer writer(file.path());
  ASSERT_EQ(writer.execute("BEGIN EXCLUSIVE"), "");
  const auto begin = std::chrono::steady_clock::now();
  const auto snapshot = file.source()->snapshot({});
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(4)) << "the connect time-out is one second";
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(static_cast<int>(snapshot.error().code), static_cast<int>(ErrorCode::unavailable));
  EXPECT_NE(snapshot.error().to_string().find("locked"), std::string::npos) << snapshot.error().to_string();
  EXPECT_NE(snapshot.error().to_string().find(file.path()), std::string::npos) << snapshot.error().to_string();
  ASSERT_EQ(writer.execute("COMMIT"), "");
  EXPECT_TRUE(file.source()->snapshot({}));
}

TEST(SqliteMark, MovesWithEveryCommitAlsoWhereTheLogIsUsedAgain) {
  const TestFile file(wal + one_table);
  const auto source = file.source();
  Writer writer(file.path());
  // A long log, taken over into the file: from now on the log's file keeps its length while new frames overwrite the old.
  ASSERT_EQ(writer.execute(
                "WITH n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i, hex(zeroblob(100)) FROM n"),
            "");
  ASSERT_EQ(writer.execute("PRAGMA wal_checkpoint(FULL)"), "");
  std::string last = (*source->snapshot({}))->position().value;
  for (int id = 10'000; id < 10'010; ++id) {
    ASSERT_EQ(writer.execute("INSERT INTO t VALUES (" + std::to_string(id) + ", 'x')"), "");
    const std::string now = (*source->snapshot({}))->position().value;
    EXPECT_LT(compare_marks(last, now), 0) << last << " then " << now;
    EXPECT_EQ(source->change_counters()->front().value, now);
    last = now;
  }
  ASSERT_EQ(writer.execute("BEGIN; INSERT INTO t VALUES (99999, 'x'); ROLLBACK"), "");
  EXPECT_EQ(source->change_counters()->front().value, last) << "what is rolled back changes nothing";
}

TEST(SqliteMark, StaysWhileNothingIsWritten) {
  for (const char* const mode : {rollback, wal}) {
    const TestFile file(mode + one_table);
    const auto source = file.source();
    const std::string first = source->change_counters()->front().value;
    {
      const auto snapshot = *source->snapshot({.connections = 3});
    }
    EXPECT_EQ(source->change_counters()->front().value, first);
    EXPECT_EQ(file.source()->change_counters()->front().value, first) << "for another source too";
  }
}

TEST(SqliteMark, OrdersNumbersAsNumbers) {
  EXPECT_LT(compare_marks("9 1", "10 0"), 0);
  EXPECT_EQ(compare_marks("10 2", "10 2"), 0);
  EXPECT_GT(compare_marks("10 20", "10 3"), 0);
  EXPECT_NE(compare_marks("10 20", "10 20 5"), 0);
  EXPECT_EQ(compare_marks("10 20", "10 20 5"), -compare_marks("10 20 5", "10 20"));
}

}  // namespace
}  // namespace itemize::source::sqlite
