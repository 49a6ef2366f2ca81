// Edge keys against PostgreSQL's own `=`.
#include <gtest/gtest.h>

#include "source/conformance/edge_pairs.h"
#include "source/postgres/testing.h"

namespace itemize::source::postgres {
namespace {

using conformance::edge_pairs;
using conformance::EdgePairs;
using conformance::numbered_values;

class PostgresEqualityTest : public PostgresDbTest {
 protected:
  /// What the server joins, and what edge keys join, both ways.
  void compare(const std::string& type_a, const std::vector<std::string>& a, const std::string& type_b, const std::vector<std::string>& b) {
    run("DROP TABLE IF EXISTS a, b; CREATE TABLE a (id int, c " + type_a + "); CREATE TABLE b (id int, c " + type_b +
        "); INSERT INTO a VALUES " + numbered_values(a) + "; INSERT INTO b VALUES " + numbered_values(b));
    EdgePairs expected;
    const Result<Rows> rows = admin_->query("SELECT a.id || '-' || b.id FROM a JOIN b ON a.c = b.c", "joining");
    ASSERT_TRUE(rows) << rows.error().to_string();
    for (int row = 0; row < rows->count(); ++row) expected.insert(rows->text(row, 0));
    EXPECT_FALSE(expected.empty()) << "the test compares nothing";
    EXPECT_EQ(edge_pairs(*source(), schema_, "a", "b"), expected) << type_a << " = " << type_b;
    EdgePairs turned;
    for (const std::string& pair : expected) turned.insert(pair.substr(pair.find('-') + 1) + "-" + pair.substr(0, pair.find('-')));
    EXPECT_EQ(edge_pairs(*source(), schema_, "b", "a"), turned) << type_b << " = " << type_a;
  }
  void compare(const std::string& type, const std::vector<std::string>& values) { compare(type, values, type, values); }
  std::string refused(const std::string& type_a, const std::string& type_b) {
    run("DROP TABLE IF EXISTS a, b; CREATE TABLE a (id int, c " + type_a + "); CREATE TABLE b (id int, c " + type_b + ")");
    const EdgePairs pairs = edge_pairs(*source(), schema_, "a", "b");
    return pairs.empty() ? "" : *pairs.begin();
  }
};

const std::vector<std::string> numbers = {"0",  "1",   "1.0", "1.00", "-1",   "-1.000", "1.5",         "1.50",
                                          "10", "1e1", "100", "0.1",  "0.10", "NULL",   "99999999999", "99999999999.0"};

TEST_F(PostgresEqualityTest, numbers_by_their_amount) {
  compare("numeric", numbers);
  compare("numeric(20,5)", numbers, "numeric", numbers);
  compare("numeric",
          {"'NaN'", "'NaN'", "'Infinity'", "'-Infinity'", "123456789012345678901234567890.5", "123456789012345678901234567890.500"});
  compare("bigint", {"0", "1", "-1", "10", "9223372036854775807", "-9223372036854775808"}, "numeric",
          {"0.0", "1.00", "-1.0", "10.000", "9223372036854775807", "-9223372036854775808.00"});
  compare("smallint", {"0", "1", "-1", "32767"}, "bigint", {"0", "1", "-1", "32767", "65535"});
  compare("float8", {"0", "-0.0", "1", "0.1", "'NaN'", "1e300", "'Infinity'"}, "float4", {"0", "1", "0.1", "'NaN'", "'Infinity'"});
}

TEST_F(PostgresEqualityTest, texts_by_their_bytes_and_padding_by_its_rules) {
  const std::vector<std::string> texts = {"''", "' '", "'a'", "'A'", "'a '", "'a  '", "' a'", "'\u00e9'", "'e\u0301'", "NULL", "E'a\\t'"};
  compare("text", texts);
  compare("varchar(10)", texts, "text", texts);
  compare("char(5)", texts);
  compare("char(5)", texts, "char(9)", texts);
  compare("char(5)", texts, "text", texts);
  compare("char(5)", texts, "varchar(10)", texts);
}

TEST_F(PostgresEqualityTest, other_types_by_their_values) {
  compare("uuid",
          {"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "'00000000-0000-0000-0000-000000000000'"});
  compare("bytea", {"'\\x00'", "'\\x0000'", "''", "'\\x61'", "'\\x00ff'"});
  compare("date", {"'2024-01-01'", "'infinity'", "'0044-03-15 BC'"});
  compare("timestamptz", {"'2024-01-01 12:00+00'", "'2024-01-01 13:00+01'", "'-infinity'"});
  compare("timestamp(0)", {"'2024-01-01 12:00:00'"}, "timestamp(6)", {"'2024-01-01 12:00:00.000000'", "'2024-01-01 12:00:00.000001'"});
  compare("timetz", {"'12:00+00'", "'13:00+01'", "'12:00:00+00'"});
  compare("interval", {"'1 month'", "'30 days'", "'720 hours'", "'1 day'", "'24 hours'", "'-1 mons +30 days'", "'0'"});
  compare("bit varying(8)", {"'1'", "'01'", "'1'", "''"});
  compare("inet", {"'10.0.0.1'", "'10.0.0.1/32'", "'10.0.0.1/8'", "'::1'", "'0:0::1'"});
  compare("boolean", {"true", "false", "NULL"});
}

TEST_F(PostgresEqualityTest, citext_has_a_key_form) {
  const std::vector<std::string> texts = {"'abc'", "'ABC'", "'abc '", "'\u00c9'", "'\u00e9'", "'\u1e9e'", "'\u00df'", "NULL", "''"};
  if (!admin_->execute("CREATE EXTENSION IF NOT EXISTS citext SCHEMA public", "citext")) GTEST_SKIP() << "this server has no citext";
  compare("public.citext", texts);
}

TEST_F(PostgresEqualityTest, what_cannot_be_keyed_is_refused) {
  EXPECT_NE(refused("json", "json"), "");
  EXPECT_NE(refused("point", "point"), "");
  EXPECT_NE(refused("int", "text"), "");
  EXPECT_NE(refused("int[]", "int[]"), "");
  EXPECT_EQ(refused("text", "text"), "");
  if (!admin_->execute("CREATE COLLATION folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)", "collation"))
    GTEST_SKIP() << "no ICU";
  EXPECT_NE(refused("text COLLATE folding", "text COLLATE folding").find("nondeterministic"), std::string::npos);
}

}  // namespace
}  // namespace itemize::source::postgres
