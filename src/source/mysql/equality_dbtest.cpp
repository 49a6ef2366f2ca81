// Edge keys against MariaDB's (and MySQL's) own `=`.
#include <gtest/gtest.h>

#include "source/conformance/edge_pairs.h"
#include "source/mysql/mysql.h"
#include "source/mysql/testing.h"

namespace itemize::source::mysql {
namespace {

using conformance::edge_pairs;
using conformance::EdgePairs;
using conformance::numbered_values;

class MysqlEqualityTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (const std::string missing = server().missing(); !missing.empty()) GTEST_SKIP() << missing;
    client_ = server().connect("");
    run("DROP DATABASE IF EXISTS itemize_equality; CREATE DATABASE itemize_equality CHARACTER SET utf8mb4; USE itemize_equality");
  }
  void TearDown() override {
    if (client_ != nullptr) run("DROP DATABASE IF EXISTS itemize_equality");
  }
  static const TestServer& server() { return GetParam() ? TestServer::mariadb() : TestServer::mysql(); }
  void run(const std::string& sql) { ASSERT_EQ(client_->run(sql), "") << sql; }

  EdgePairs ours(const char* reference, const char* other) {
    auto source = make_mysql_source(server().options("itemize_equality"));
    EXPECT_TRUE(source) << source.error().to_string();
    return source ? edge_pairs(**source, "itemize_equality", reference, other) : EdgePairs();
  }
  void compare(const std::string& type_a, const std::vector<std::string>& a, const std::string& type_b, const std::vector<std::string>& b) {
    // Another engine than InnoDB is no matter: nothing is written meanwhile.
    run("DROP TABLE IF EXISTS a, b");
    run("CREATE TABLE a (id int PRIMARY KEY, c " + type_a + ")");
    run("CREATE TABLE b (id int PRIMARY KEY, c " + type_b + ")");
    run("INSERT INTO a VALUES " + numbered_values(a));
    run("INSERT INTO b VALUES " + numbered_values(b));
    const std::vector<std::string> rows = client_->column("SELECT CONCAT(a.id, '-', b.id) FROM a JOIN b ON a.c = b.c");
    const EdgePairs expected(rows.begin(), rows.end());
    EXPECT_FALSE(expected.empty()) << "the test compares nothing";
    EXPECT_EQ(ours("a", "b"), expected) << type_a << " = " << type_b;
  }
  void compare(const std::string& type, const std::vector<std::string>& values) { compare(type, values, type, values); }
  std::string refused(const std::string& type_a, const std::string& type_b) {
    run("DROP TABLE IF EXISTS a, b");
    run("CREATE TABLE a (id int PRIMARY KEY, c " + type_a + ")");
    run("CREATE TABLE b (id int PRIMARY KEY, c " + type_b + ")");
    const EdgePairs pairs = ours("a", "b");
    return pairs.empty() ? "" : *pairs.begin();
  }

  std::unique_ptr<TestClient> client_;
};

const std::vector<std::string> texts = {"''",     "' '",        "'abc'", "'ABC'",       "'aBc '",      "'abc  '",  "'\u00c1bc'", "'abc\\t'",
                                        "' abc'", "'\u00df'",   "'ss'",  "'s'",         "'\u00e4'",    "'ae'",     "'a'",        "'\u00f8'",
                                        "'o'",    "'l\u00b7l'", "NULL",  "'abc\u00a0'", "'abc\u2003'", "'\u00e5'", "'aa'",       "'0'"};
/// That latin1 can hold.
const std::vector<std::string> western = {"''",       "' '",  "'abc'",    "'ABC'", "'aBc '", "'\u00c1bc'", "'abc\\t'", "'\u00df'",   "'ss'",
                                          "'\u00e4'", "'ae'", "'\u00f8'", "'o'",   "'y'",    "'\u00fc'",   "NULL",     "'abc\u00a0'"};

TEST_P(MysqlEqualityTest, texts_by_the_weights_of_their_collation) {
  std::vector<std::string> wide = texts;
  for (const char* more :
       {"'\U0001F600'", "'\U0001F601'", "'e\u0301'", "'\u00e9'", "'\u3042'", "'\u30a2'", "'\uff71'", "'a\u00ad'", "'a\\0'", "'\\0'"})
    wide.emplace_back(more);
  for (const char* collation : {"utf8mb4_general_ci", "utf8mb4_unicode_ci", "utf8mb4_unicode_520_ci", "utf8mb4_swedish_ci",
                                "utf8mb4_german2_ci", "utf8mb4_spanish2_ci", "utf8mb4_danish_ci"})
    compare(std::string("varchar(20) CHARACTER SET utf8mb4 COLLATE ") + collation, wide);
  compare("char(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", wide, "varchar(30) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
          wide);
  for (const char* collation : {"latin1_swedish_ci", "latin1_german1_ci", "latin1_german2_ci", "latin1_general_cs", "latin1_danish_ci"})
    compare(std::string("varchar(20) CHARACTER SET latin1 COLLATE ") + collation, western);
  if (!server().is_mariadb()) {
    if (server().version() < 80000) return;
    for (const char* collation : {"utf8mb4_0900_ai_ci", "utf8mb4_0900_as_cs", "utf8mb4_0900_as_ci"})
      compare(std::string("varchar(20) CHARACTER SET utf8mb4 COLLATE ") + collation, wide);
    return;
  }
  if (server().version() < 100600) {  // there '' = '\0' by these collations, against their own weights: docs/sources/mysql.md
    wide.pop_back();
    wide.pop_back();
  }
  for (const char* collation : {"utf8mb4_general_nopad_ci", "utf8mb4_unicode_nopad_ci"})
    compare(std::string("varchar(20) CHARACTER SET utf8mb4 COLLATE ") + collation, wide);
  if (server().version() >= 101000) compare("varchar(20) CHARACTER SET utf8mb4 COLLATE uca1400_ai_ci", wide);
}

TEST_P(MysqlEqualityTest, texts_by_their_bytes) {
  compare("varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", texts);
  compare("varchar(20) CHARACTER SET latin1 COLLATE latin1_bin", western);
  compare("varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", western, "varchar(20) CHARACTER SET latin1 COLLATE latin1_bin", western);
  compare("varbinary(20)", {"'a'", "'A'", "'a '", "''", "x'00'", "x'0000'", "x'ff'"});
  if (server().is_mariadb()) compare("varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", texts);
}

TEST_P(MysqlEqualityTest, numbers_and_times_by_their_values) {
  compare("decimal(20,5)", {"0", "1", "-1", "1.5", "100"}, "decimal(10,2)", {"0.00", "1.00", "-1", "1.50", "100", "0.01"});
  compare("bigint unsigned", {"0", "1", "18446744073709551615"}, "decimal(30,1)", {"0", "1.0", "18446744073709551615.0"});
  compare("bigint", {"-1", "0", "9223372036854775807"}, "int", {"-1", "0", "7"});
  compare("double", {"0", "-0e0", "0.5", "1e100"}, "float", {"0", "0.5"});
  compare("datetime(6)", {"'2024-01-01 00:00:00'"}, "datetime", {"'2024-01-01 00:00:00'", "'2024-01-01 00:00:01'"});
  compare("date", {"'2024-01-01'", "NULL"});
  compare("time(3)", {"'-12:00:00'", "'12:00:00.500'"});
  compare("enum('a','B')", {"'a'", "'B'", "NULL"});
}

TEST_P(MysqlEqualityTest, what_cannot_be_keyed_is_refused) {
  EXPECT_NE(refused("int", "varchar(10)"), "");
  if (server().is_mariadb() || server().version() >= 50708) EXPECT_NE(refused("json", "json"), "");
  EXPECT_NE(refused("set('a','b')", "set('a','b')"), "");
  EXPECT_NE(refused("varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
                    "varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"),
            "");
  EXPECT_EQ(refused("varchar(10)", "varchar(10)"), "");
  if (server().is_mariadb() && server().version() >= 101000)
    EXPECT_NE(refused("varchar(9) COLLATE uca1400_as_cs", "varchar(9) COLLATE uca1400_as_cs"), "");
}

INSTANTIATE_TEST_SUITE_P(Servers, MysqlEqualityTest, testing::Bool(),
                         [](const testing::TestParamInfo<bool>& info) { return info.param ? "MariaDB" : "MySQL"; });

}  // namespace
}  // namespace itemize::source::mysql
