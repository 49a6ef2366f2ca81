// What a real server does that the conformance suite cannot know: users and their privileges, TLS, connections that die, MariaDB's catalog.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "source/mysql/connection.h"
#include "source/mysql/mysql.h"
#include "source/mysql/testing.h"

namespace itemize::source::mysql {
namespace {

constexpr auto schema = "itemize";

class MariaDb : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = server_.missing(); !reason.empty()) GTEST_SKIP() << reason;
    client_ = server_.connect(schema);
    clean();
  }
  void TearDown() override {
    if (client_) clean();
  }
  void clean() {
    run("SET SESSION foreign_key_checks = 0");
    for (const std::string& view :
         client_->column("SELECT table_name FROM information_schema.tables WHERE table_schema = 'itemize' AND table_type = 'VIEW'"))
      run("DROP VIEW " + mysql::quoted(view));
    for (const std::string& table : client_->column("SELECT table_name FROM information_schema.tables WHERE table_schema = 'itemize'"))
      run("DROP TABLE " + mysql::quoted(table));
  }
  void run(const std::string& sql) { EXPECT_EQ(client_->run(sql), "") << sql; }
  std::unique_ptr<Source> source(const std::string& user = {}, const std::string& settings = "?ssl-mode=disabled") {
    return *make_mysql_source(server_.options(schema, user, settings));
  }
  /// The Error of reading the catalog so; its code is internal and its message "none" where there is none.
  static Error trouble(const Options& options) {
    const Result<std::unique_ptr<Source>> made = make_mysql_source(options);
    if (!made) return made.error();
    const Result<row::Catalog> catalog = (*made)->catalog();
    return catalog ? Error{ErrorCode::internal, "none", {}, {}} : catalog.error();
  }
  void fill_numbers(const std::string& table, int rows) {
    run("CREATE TABLE " + table + " (id int PRIMARY KEY, v varchar(200))");
    run("INSERT INTO " + table + " SELECT seq, REPEAT('x', 200) FROM seq_1_to_" + std::to_string(rows));
  }
  static std::size_t count(Reader& reader) {
    row::RowBatch batch;
    std::size_t rows = 0;
    while (true) {
      const Result<bool> more = reader.next(batch);
      EXPECT_TRUE(more) << more.error().to_string();
      if (!more || !*more) return rows;
      rows += batch.rows();
    }
  }

  const TestServer& server_ = TestServer::mariadb();
  std::unique_ptr<TestClient> client_;
};

Range whole(const row::Table& table) {
  Range range;
  range.schema = table.schema;
  range.table = table.name;
  return range;
}

TEST_F(MariaDb, EveryMistakeOfAnAddressHasItsOwnCodeAndHint) {
  Options options = server_.options(schema);
  EXPECT_EQ(trouble(options).message, "none");
  options.password = "wrong secret";
  Error error = trouble(options);
  EXPECT_EQ(error.code, ErrorCode::permission) << error.to_string();
  EXPECT_NE(error.to_string().find("ITEMIZE_SOURCE_PASSWORD"), std::string::npos);
  EXPECT_EQ(error.to_string().find("wrong secret"), std::string::npos);
  EXPECT_NE(error.to_string().find("'itemize'"), std::string::npos) << "the user is named";

  error = trouble(server_.options("itemise"));
  EXPECT_EQ(error.code, ErrorCode::not_found) << error.to_string();
  EXPECT_NE(error.hint.find("did you mean 'itemize'"), std::string::npos) << error.to_string();

  options = server_.options(schema);
  options.url = "mysql://itemize@no-such-host.invalid/itemize";
  EXPECT_EQ(trouble(options).code, ErrorCode::not_found) << trouble(options).to_string();
  options.url = "mysql://itemize@127.0.0.1:1/itemize";
  error = trouble(options);
  EXPECT_EQ(error.code, ErrorCode::unavailable) << error.to_string();
  EXPECT_NE(error.to_string().find("127.0.0.1:1"), std::string::npos);
  EXPECT_EQ(trouble(server_.options(schema, "itemize_nothing")).code, ErrorCode::permission);
}

TEST_F(MariaDb, TlsAsTheUrlAsks) {
  const std::string ca = server_.variable("_CA");
  if (ca.empty()) GTEST_SKIP() << "the test server has no certificate";
  const auto cipher = [&](const std::string& settings) -> std::string {
    const Result<std::unique_ptr<Connection>> connection = Connection::open(*address_from(server_.options(schema, {}, settings)));
    return connection ? (*connection)->tls_cipher() : "<" + connection.error().to_string() + ">";
  };
  EXPECT_EQ(cipher("?ssl-mode=disabled"), "");
  for (const std::string settings : {"?ssl-mode=preferred", "", "?ssl-mode=required"}) {
    const std::string name = cipher(settings);
    ASSERT_NE(name, "") << settings;
    EXPECT_NE(name.front(), '<') << name;
  }
  for (const std::string mode : {"verify-ca", "verify-full"}) {
    const std::string trusted = cipher("?ssl-mode=" + mode + "&ssl-ca=" + ca);
    ASSERT_NE(trusted, "") << mode;
    EXPECT_NE(trusted.front(), '<') << trusted;
    const std::string unknown = cipher("?ssl-mode=" + mode);
    ASSERT_NE(unknown, "") << mode;
    EXPECT_EQ(unknown.front(), '<') << mode << ": the system knows no such authority";
    EXPECT_NE(unknown.find("ssl-ca"), std::string::npos) << unknown;
  }
  EXPECT_EQ(trouble(server_.options(schema, "itemize_tls", "?ssl-mode=required")).message, "none");
  EXPECT_EQ(trouble(server_.options(schema, "itemize_tls", "?ssl-mode=disabled")).code, ErrorCode::permission);
}

TEST_F(MariaDb, EveryPluginAndTheSocket) {
  for (const std::string user : {"itemize_old", "itemize_reader"})
    EXPECT_EQ(trouble(server_.options(schema, user)).message, "none") << user;
  const bool has_ed25519 =
      client_->value("SELECT COUNT(*) FROM mysql.user WHERE user = 'itemize_ed25519'") == "1";  // its plugin may not be installed
  if (has_ed25519) {
    EXPECT_EQ(trouble(server_.options(schema, "itemize_ed25519")).message, "none");
  }
  Options options = server_.options(schema);
  options.url = "mariadb://itemize@localhost/itemize?socket=" + server_.variable("_SOCKET");
  EXPECT_EQ(trouble(options).message, "none") << trouble(options).to_string();
  options.url += "-gone";
  EXPECT_EQ(trouble(options).code, ErrorCode::unavailable);
}

TEST_F(MariaDb, JsonInvisibleGeneratedAndComments) {
  run("CREATE TABLE things (id int PRIMARY KEY INVISIBLE DEFAULT 7, doc json COMMENT 'the document', long_one longtext, twice int AS (id * "
      "2) VIRTUAL, word varchar(20) UNIQUE, "
      "exact_word varchar(20) COLLATE utf8mb4_nopad_bin, UNIQUE (exact_word), UNIQUE prefix_only (long_one(10))) COMMENT 'all sorts'");
  run("INSERT INTO things (doc, word) VALUES ('{\"a\": 1}', 'w')");
  const Result<row::Catalog> catalog = source()->catalog();
  ASSERT_TRUE(catalog) << catalog.error().to_string();
  EXPECT_EQ(catalog->engine, "MariaDB");
  const row::Table* const things = catalog->find("", "things");
  ASSERT_NE(things, nullptr);
  EXPECT_EQ(things->comment, "all sorts");
  ASSERT_EQ(things->columns.size(), 6U) << "invisible ones, too";
  EXPECT_EQ(things->columns[1].type.kind, row::TypeKind::json);
  EXPECT_EQ(things->columns[1].comment, "the document");
  EXPECT_EQ(things->columns[2].type.kind, row::TypeKind::text);
  EXPECT_TRUE(things->columns[3].generated);
  ASSERT_EQ(things->unique_keys.size(), 3U) << "not the one over a prefix";
  EXPECT_TRUE(things->unique_keys[0].primary && things->unique_keys[0].bytewise);
  for (const row::UniqueKey& key : things->unique_keys) EXPECT_EQ(key.bytewise, key.name != "word") << key.name;
  const auto snapshot = *source()->snapshot({});
  const auto reader = *snapshot->open(whole(*things), *things, {"id", "doc", "twice"});
  row::RowBatch batch;
  ASSERT_TRUE(*reader->next(batch));
  EXPECT_EQ(batch.row(0)[0].i, 7);
  EXPECT_EQ(batch.row(0)[1].kind, row::CellKind::json);
  EXPECT_EQ(batch.row(0)[2].i, 14);
}

TEST_F(MariaDb, PartitionedVersionedAndWhatIsNoTable) {
  run("CREATE TABLE parts (id int PRIMARY KEY, v varchar(200)) PARTITION BY HASH (id) PARTITIONS 3");
  run("INSERT INTO parts SELECT seq, REPEAT('p', 200) FROM seq_1_to_5000");
  run("CREATE TABLE versions (id int PRIMARY KEY, v int) WITH SYSTEM VERSIONING");
  run("INSERT INTO versions VALUES (1, 1)");
  run("UPDATE versions SET v = 2");
  run("CREATE SEQUENCE numbers");
  const auto opened = source();
  const row::Catalog catalog = *opened->catalog();
  EXPECT_EQ(catalog.find("", "numbers"), nullptr) << "a sequence";
  const row::Table* const parts = catalog.find("", "parts");
  ASSERT_NE(parts, nullptr);
  EXPECT_EQ(parts->kind, row::TableKind::partitioned);
  const row::Table* const versions = catalog.find("", "versions");
  ASSERT_NE(versions, nullptr);
  ASSERT_NE(versions->row_identity(), nullptr);
  EXPECT_EQ(versions->row_identity()->columns.size(), 1U);
  const auto snapshot = *opened->snapshot({});
  const std::vector<Range> plan = *snapshot->plan(*parts, 100'000);
  EXPECT_GT(plan.size(), 3U);
  std::size_t rows = 0;
  for (const Range& range : plan) rows += count(**snapshot->open(range, *parts, {"id"}));
  EXPECT_EQ(rows, 5000U);
  EXPECT_EQ(count(**snapshot->open(whole(*versions), *versions, {"id"})), 1U) << "the rows of now, not their history";
  run("DROP SEQUENCE numbers");
}

TEST_F(MariaDb, OnlyWhatTheUserMaySelectIsReadable) {
  run("CREATE TABLE open_table (id int PRIMARY KEY)");
  run("CREATE VIEW open_view AS SELECT id FROM open_table");
  run("CREATE TABLE elsewhere.hidden (id int PRIMARY KEY)");
  run("CREATE TABLE elsewhere.half (id int PRIMARY KEY, secret int)");
  run("CREATE TABLE elsewhere.write_only (id int PRIMARY KEY)");
  run("GRANT SELECT (id), INSERT (secret) ON elsewhere.half TO itemize_reader@'%'");
  run("GRANT INSERT ON elsewhere.write_only TO itemize_reader@'%'");
  const row::Catalog catalog = *source("itemize_reader")->catalog();
  EXPECT_TRUE(catalog.find("", "open_table")->readable);
  ASSERT_NE(catalog.find("", "open_view"), nullptr) << "SELECT is enough for a view";
  EXPECT_TRUE(catalog.find("", "open_view")->readable);
  EXPECT_EQ(catalog.find("elsewhere", "hidden"), nullptr);
  const row::Table* const half = catalog.find("elsewhere", "half");
  ASSERT_NE(half, nullptr);
  EXPECT_FALSE(half->default_schema);
  EXPECT_TRUE(half->readable);
  ASSERT_EQ(half->columns.size(), 2U);
  EXPECT_TRUE(half->columns[0].readable);
  EXPECT_FALSE(half->columns[1].readable);
  const row::Table* const write_only = catalog.find("elsewhere", "write_only");
  ASSERT_NE(write_only, nullptr);
  EXPECT_FALSE(write_only->readable);
  const auto opened = source("itemize_reader");
  const auto snapshot = *opened->snapshot({});
  const auto refused = snapshot->open(whole(*write_only), *write_only, {"id"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::permission) << refused.error().to_string();
  for (const std::string table : {"hidden", "half", "write_only"}) run("DROP TABLE elsewhere." + table);
  run("REVOKE ALL PRIVILEGES ON elsewhere.half FROM itemize_reader@'%'");
  run("REVOKE ALL PRIVILEGES ON elsewhere.write_only FROM itemize_reader@'%'");
}

TEST_F(MariaDb, AReaderWithTheLeastPrivilegesSeesForeignKeysAndKeys) {
  run("CREATE TABLE parents (id int PRIMARY KEY)");
  run("CREATE TABLE kids (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES parents (id))");
  const row::Catalog catalog = *source("itemize_reader")->catalog();
  const row::Table* const kids = catalog.find("", "kids");
  ASSERT_NE(kids, nullptr);
  ASSERT_NE(kids->row_identity(), nullptr);
  ASSERT_EQ(kids->foreign_keys.size(), 1U);
  EXPECT_EQ(kids->foreign_keys[0].parent_table, "parents");
}

TEST_F(MariaDb, AReaderGivenUpLeavesItsConnectionToTheNext) {
  fill_numbers("many", 100'000);
  const auto opened = source();
  const row::Table many = *opened->catalog()->find("", "many");
  const auto snapshot = *opened->snapshot({.connections = 1});
  for (int turn = 0; turn < 20; ++turn) {
    const auto begin = std::chrono::steady_clock::now();
    {
      const auto reader = *snapshot->open(whole(many), many, {"id", "v"});
      row::RowBatch batch;
      ASSERT_TRUE(*reader->next(batch));
      const auto second = snapshot->open(whole(many), many, {"id"});
      ASSERT_FALSE(second);
      EXPECT_EQ(second.error().code, ErrorCode::conflict) << "one connection, one reader";
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << "the rest of 20 MB was not read";
  }
  EXPECT_EQ(count(**snapshot->open(whole(many), many, {"id"})), 100'000U);
}

TEST_F(MariaDb, AKilledConnectionIsUnavailableAndEndsTheSnapshot) {
  fill_numbers("many", 100'000);
  const auto opened = source();
  const row::Table many = *opened->catalog()->find("", "many");
  const auto snapshot = *opened->snapshot({.connections = 1});
  EXPECT_TRUE(snapshot->alive());
  {
    const auto reader = *snapshot->open(whole(many), many, {"id", "v"});
    row::RowBatch batch;
    ASSERT_TRUE(*reader->next(batch));
    for (const std::string& id : client_->column("SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT `id`, `v` FROM%'"))
      run("KILL " + id);
    Result<bool> more = true;
    while (more && *more) more = reader->next(batch);
    ASSERT_FALSE(more) << "20 MB cannot have been in flight";
    EXPECT_EQ(more.error().code, ErrorCode::unavailable) << more.error().to_string();
  }
  EXPECT_FALSE(snapshot->alive());
  const auto again = snapshot->open(whole(many), many, {"id"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::unavailable);
}

TEST_F(MariaDb, ASnapshotWhoseConnectionIsKilledWhileIdleSaysSo) {
  const auto opened = source();
  const auto snapshot = *opened->snapshot({.connections = 2});
  const std::vector<std::string> idle = client_->column("SELECT trx_mysql_thread_id FROM information_schema.innodb_trx");
  ASSERT_EQ(idle.size(), 2U);
  run("KILL " + idle.front());
  EXPECT_FALSE(snapshot->alive());
}

TEST_F(MariaDb, AStalledReaderIsNotDropped) {
  fill_numbers("many", 200'000);
  run("SET GLOBAL net_write_timeout = 1");
  const auto opened = source();
  const row::Table many = *opened->catalog()->find("", "many");
  {
    const auto snapshot = *opened->snapshot({.connections = 1});
    const auto reader = *snapshot->open(whole(many), many, {"id", "v"});
    row::RowBatch batch;
    ASSERT_TRUE(*reader->next(batch));
    std::this_thread::sleep_for(std::chrono::seconds(4));
    EXPECT_EQ(batch.rows() + count(*reader), 200'000U);
  }
  run("SET GLOBAL net_write_timeout = 60");
}

TEST_F(MariaDb, LoadFiguresAndLag) {
  const auto opened = source("itemize_reader");
  const Result<double> running = opened->load_figure("Threads_running");
  ASSERT_TRUE(running) << running.error().to_string();
  EXPECT_GE(*running, 1);
  const Result<double> unknown = opened->load_figure("Thread_running");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  EXPECT_NE(unknown.error().hint.find("Threads_running"), std::string::npos);
  const auto lag = opened->replica_lag();
  ASSERT_FALSE(lag) << "the reader may not ask";
  EXPECT_EQ(lag.error().code, ErrorCode::permission) << lag.error().to_string();
  EXPECT_NE(lag.error().hint.find("REPLICA MONITOR"), std::string::npos);
  const auto allowed = source("itemize_monitor")->replica_lag();
  ASSERT_TRUE(allowed) << allowed.error().to_string();
  EXPECT_FALSE(allowed->has_value()) << "it replicates from nobody";
}

}  // namespace
}  // namespace itemize::source::mysql
