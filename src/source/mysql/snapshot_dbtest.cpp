// One point for several connections while others write: many runs, several writers, by users with few privileges.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "source/mysql/connection.h"
#include "source/mysql/mysql.h"
#include "source/mysql/snapshot_point.h"
#include "source/mysql/testing.h"

namespace itemize::source::mysql {
namespace {

constexpr int accounts = 200;
constexpr int readers = 4;
constexpr int runs = 20;

/// Money moves between rows of two tables, and every transfer leaves a row in a third: what a snapshot sees must add up.
class Ledger {
 public:
  Ledger(const TestServer& server, std::string schema) : server_(server), schema_(std::move(schema)), client_(server.connect("")) {
    run("DROP DATABASE IF EXISTS " + schema_);
    run("CREATE DATABASE " + schema_);
    run("USE " + schema_);
    run("GRANT SELECT ON " + schema_ + ".* TO itemize_reader@'%', itemize_locker@'%'");
    run("GRANT SELECT, LOCK TABLES ON " + schema_ + ".* TO itemize_tables@'%'");
    for (const std::string table : {"left_side", "right_side"}) {
      run("CREATE TABLE " + table + " (id int PRIMARY KEY, balance bigint NOT NULL)");
      for (int id = 0; id < accounts; ++id) run("INSERT INTO " + table + " VALUES (" + std::to_string(id) + ", 1000)");
    }
    run("CREATE TABLE transfers (id bigint AUTO_INCREMENT PRIMARY KEY, amount int NOT NULL)");
  }
  ~Ledger() { run("DROP DATABASE " + schema_); }
  void run(const std::string& sql) { EXPECT_EQ(client_->run(sql), "") << sql; }

  /// Writers that transfer until they are stopped, each with a pause between (0: none).
  std::vector<std::jthread> writers(int count, std::chrono::microseconds pause) {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < count; ++writer) {
      threads.emplace_back([this, writer, pause](const std::stop_token& stop) {
        const std::unique_ptr<TestClient> client = server_.connect(schema_);
        for (std::int64_t turn = writer; !stop.stop_requested(); turn += 7) {
          const std::string id = std::to_string(turn * 31 % accounts);
          const std::string other = std::to_string(turn * 17 % accounts);
          client->run("BEGIN; UPDATE left_side SET balance = balance - 1 WHERE id = " + id +
                      "; UPDATE right_side SET balance = balance + 1 WHERE id = " + other +
                      "; INSERT INTO transfers (amount) VALUES (1); COMMIT");
          ++transfers_;
          if (pause.count() > 0) std::this_thread::sleep_for(pause);
        }
      });
    }
    return threads;
  }
  std::int64_t transfers() const { return transfers_; }

 private:
  const TestServer& server_;
  std::string schema_;
  std::unique_ptr<TestClient> client_;
  std::atomic<std::int64_t> transfers_ = 0;
};

std::int64_t sum_of(Snapshot& snapshot, const row::Table& table, const std::string& column) {
  Range range;
  range.schema = table.schema;
  range.table = table.name;
  Result<std::unique_ptr<Reader>> reader = snapshot.open(range, table, {column});
  EXPECT_TRUE(reader) << reader.error().to_string();
  row::RowBatch batch;
  std::int64_t sum = 0;
  while (reader) {
    const Result<bool> more = (*reader)->next(batch);
    EXPECT_TRUE(more) << more.error().to_string();
    if (!more || !*more) break;
    for (std::size_t index = 0; index < batch.rows(); ++index) sum += batch.row(index)[0].i;
  }
  return sum;
}

/// Reads every table on `readers` connections at once, so that each is used, and checks that all saw the same transfers.
void check_one_point(Source& source, const row::Catalog& catalog, const SnapshotOptions& options) {
  Result<std::unique_ptr<Snapshot>> snapshot = source.snapshot(options);
  ASSERT_TRUE(snapshot) << snapshot.error().to_string();
  std::vector<std::int64_t> left(readers), right(readers), moved(readers);
  {
    std::vector<std::jthread> threads;
    for (std::size_t index = 0; index < readers; ++index)
      threads.emplace_back([&, index] {
        left[index] = sum_of(**snapshot, *catalog.find("", "left_side"), "balance");
        right[index] = sum_of(**snapshot, *catalog.find("", "right_side"), "balance");
        moved[index] = sum_of(**snapshot, *catalog.find("", "transfers"), "amount");
      });
  }
  for (std::size_t index = 0; index < readers; ++index) {
    EXPECT_EQ(left[index] + right[index], 2000 * accounts) << "half of a transfer was seen";
    EXPECT_EQ(right[index] - 1000 * accounts, moved[index]) << "two tables were read at different points";
    EXPECT_EQ(moved[index], moved[0]) << "two connections are at different points: " << (*snapshot)->note();
  }
}

void many_runs(const TestServer& server, const std::string& schema, const std::string& user, int writer_count,
               std::chrono::microseconds pause, const SnapshotOptions& options) {
  Ledger ledger(server, schema);
  const std::unique_ptr<Source> source = *make_mysql_source(server.options(schema, user));
  const Result<row::Catalog> catalog = source->catalog();
  ASSERT_TRUE(catalog) << catalog.error().to_string();
  const std::vector<std::jthread> writers = ledger.writers(writer_count, pause);
  for (int run = 0; run < runs; ++run) check_one_point(*source, *catalog, options);
  EXPECT_GT(ledger.transfers(), runs) << "nobody wrote meanwhile";
}

class LockFreePoint : public testing::TestWithParam<const TestServer*> {
 protected:
  void SetUp() override {
    if (const std::string reason = GetParam()->missing(); !reason.empty()) GTEST_SKIP() << reason;
    if (!GetParam()->has_lock_free_point()) GTEST_SKIP() << "this server has no point without a lock";
  }
  std::string schema() const { return "itemize_points"; }
};

TEST_P(LockFreePoint, WithoutALockByAUserThatLacksReload) {
  many_runs(*GetParam(), schema(), "itemize_reader", 2, std::chrono::microseconds(2000), {.connections = readers});
}

TEST_P(LockFreePoint, WithoutALockWhileTheServerIsBusy) {
  many_runs(*GetParam(), schema(), "itemize_reader", 4, std::chrono::microseconds(0), {.connections = readers});
}

TEST_P(LockFreePoint, OneConnectionNeedsNothing) {
  Ledger ledger(*GetParam(), schema());
  const std::unique_ptr<Source> source = *make_mysql_source(GetParam()->options(schema(), "itemize_reader"));
  const std::vector<std::jthread> writers = ledger.writers(2, std::chrono::microseconds(0));
  const Result<std::unique_ptr<Snapshot>> snapshot = source->snapshot({});
  ASSERT_TRUE(snapshot) << snapshot.error().to_string();
  EXPECT_EQ((*snapshot)->note(), "");
}

INSTANTIATE_TEST_SUITE_P(MariaDB, LockFreePoint, testing::Values(&TestServer::mariadb()),
                         [](const auto&) { return std::string("server"); });
INSTANTIATE_TEST_SUITE_P(MySQL, LockFreePoint, testing::Values(&TestServer::mysql()), [](const auto&) { return std::string("server"); });

/// Each lock by a user that has just the privilege for it. (That the lock-free way fails is taken for granted here.)
class LockedPoint : public testing::TestWithParam<const TestServer*> {
 protected:
  void SetUp() override {
    if (const std::string reason = server_.missing(); !reason.empty()) GTEST_SKIP() << reason;
    ledger_ = std::make_unique<Ledger>(server_, "itemize_points");
  }
  /// The snapshots first: DROP DATABASE would wait for them.
  void TearDown() override {
    members_.clear();
    control_.reset();
    ledger_.reset();
  }
  Result<SnapshotPoint> take(const std::string& user) {
    const Address address = *address_from(server_.options("itemize_points", user));
    control_ = *Connection::open(address);
    members_.clear();
    for (int index = 0; index < readers; ++index) members_.push_back(*Connection::open(address));
    return take_under_lock(*control_, members_, {.point = {}, .why_not = "this is a test", .instead = "wait"});
  }
  bool lock_tables_is_enough() const { return server_.is_mariadb() || server_.version() >= 50700; }
  std::string transfers(std::size_t member) {
    return *single_value(*members_[member],
                         "SELECT CONCAT((SELECT SUM(amount) FROM transfers), ' ', (SELECT SUM(balance) FROM right_side) - 200000)");
  }
  void check(const std::string& user, const std::string& lock) {
    const std::vector<std::jthread> writers = ledger_->writers(3, std::chrono::microseconds(500));
    for (int run = 0; run < 5; ++run) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      const Result<SnapshotPoint> point = take(user);
      ASSERT_TRUE(point) << point.error().to_string();
      EXPECT_NE(point->note.find(lock + " held for "), std::string::npos) << point->note;
      for (std::size_t index = 0; index < members_.size(); ++index) EXPECT_EQ(transfers(index), transfers(0)) << point->note;
      const std::string both = transfers(0);
      EXPECT_EQ(both.substr(0, both.find(' ')), both.substr(both.find(' ') + 1)) << "half of a transfer was seen";
    }
    const std::int64_t before = ledger_->transfers();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_GT(ledger_->transfers(), before) << "the lock is still held";
  }

  const TestServer& server_ = *GetParam();
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<Connection> control_;
  std::vector<std::unique_ptr<Connection>> members_;
};

TEST_P(LockedPoint, TheServersOwnLockByAUserWithReload) {
  const bool stages = server_.is_mariadb() && server_.version() >= 100401;
  check("itemize_locker", stages ? "BACKUP STAGE BLOCK_COMMIT" : "FLUSH TABLES WITH READ LOCK");
}

TEST_P(LockedPoint, LockTablesByAUserWithThatOnly) {
  if (!lock_tables_is_enough()) {
    const Result<SnapshotPoint> point = take("itemize_tables");
    ASSERT_FALSE(point) << point->note;
    EXPECT_EQ(point.error().code, ErrorCode::permission) << point.error().to_string();
    return;
  }
  check("itemize_tables", "LOCK TABLES ... READ");
}

TEST_P(LockedPoint, ASourceTakesOneOnlyWhereItIsAllowed) {
  if (server_.has_lock_free_point()) GTEST_SKIP() << "this server needs no lock";
  const std::unique_ptr<Source> source = *make_mysql_source(server_.options("itemize_points", "itemize_locker"));
  const Result<std::unique_ptr<Snapshot>> refused = source->snapshot({.connections = readers});
  ASSERT_FALSE(refused) << (*refused)->note();
  EXPECT_NE(refused.error().to_string().find("--allow-global-lock"), std::string::npos) << refused.error().to_string();
  ledger_.reset();  // many_runs makes its own
  many_runs(server_, "itemize_points", "itemize_locker", 2, std::chrono::microseconds(2000),
            {.connections = readers, .allow_global_lock = true});
}

TEST_P(LockedPoint, AUserWithNeitherIsToldWhatIsMissing) {
  const Result<SnapshotPoint> point = take("itemize_reader");
  ASSERT_FALSE(point);
  EXPECT_EQ(point.error().code, ErrorCode::permission);
  for (const char* const word : {"this is a test", "itemize_reader", "RELOAD", "LOCK TABLES", "--connections 1"})
    if (word != std::string_view("LOCK TABLES") || lock_tables_is_enough())
      EXPECT_NE(point.error().to_string().find(word), std::string::npos) << point.error().to_string();
}

TEST_P(LockedPoint, ALockThatAnotherHoldsIsGivenUpSoon) {
  if (!lock_tables_is_enough()) GTEST_SKIP() << "this server's lock waits for nobody";
  const auto writer = server_.connect("itemize_points");
  ASSERT_EQ(writer->run("BEGIN; UPDATE left_side SET balance = 0 WHERE id = 1"), "");
  const auto begin = std::chrono::steady_clock::now();
  const Result<SnapshotPoint> point = take("itemize_tables");
  ASSERT_FALSE(point) << "a transaction holds the table";
  EXPECT_EQ(point.error().code, ErrorCode::unavailable) << point.error().to_string();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
  EXPECT_EQ(writer->run("ROLLBACK"), "");
}

INSTANTIATE_TEST_SUITE_P(MariaDB, LockedPoint, testing::Values(&TestServer::mariadb()), [](const auto&) { return std::string("server"); });
INSTANTIATE_TEST_SUITE_P(MySQL, LockedPoint, testing::Values(&TestServer::mysql()), [](const auto&) { return std::string("server"); });

}  // namespace
}  // namespace itemize::source::mysql
