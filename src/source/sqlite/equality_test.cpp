// Edge keys against SQLite's own `=`.
#include <gtest/gtest.h>

#include "source/conformance/edge_pairs.h"
#include "source/sqlite/testing.h"

namespace itemize::source::sqlite {
namespace {

using conformance::edge_pairs;
using conformance::EdgePairs;
using conformance::numbered_values;

const std::vector<std::string> values = {"NULL",
                                         "''",
                                         "'a'",
                                         "'A'",
                                         "'a '",
                                         "'a  '",
                                         "' a'",
                                         "0",
                                         "-0.0",
                                         "1",
                                         "1.0",
                                         "'1'",
                                         "'1.0'",
                                         "' 1 '",
                                         "'1e0'",
                                         "'+1'",
                                         "'0x1'",
                                         "10",
                                         "'10'",
                                         "1.5",
                                         "'1.5'",
                                         "'1.50'",
                                         "x'61'",
                                         "x'31'",
                                         "x''",
                                         "9223372036854775807",
                                         "9223372036854775808",
                                         "'9223372036854775807'",
                                         "9007199254740993",
                                         "9007199254740992.0",
                                         "'\u00e9'",
                                         "'\u00c9'",
                                         "1e20",
                                         "'1.0e+20'",
                                         "'100000000000000000000'",
                                         "0.1",
                                         "'0.1'",
                                         "1e-7",
                                         "'-'",
                                         "'.'",
                                         "'1e'",
                                         "'1 2'",
                                         "char(9) || '1'"};

TEST(SqliteEquality, IsWhatSqliteSays) {
  const std::vector<std::string> types = {
      "integer", "text", "text COLLATE nocase", "varchar(10) COLLATE rtrim", "real",           "numeric",
      "blob",    "",     "decimal(10,5)",       "text COLLATE rtrim",        "COLLATE nocase", "boolean"};
  for (const std::string& type_a : types) {
    for (const std::string& type_b : types) {
      const TestFile file("CREATE TABLE a (id integer PRIMARY KEY, c " + type_a + "); CREATE TABLE b (id integer PRIMARY KEY, c " + type_b +
                          "); INSERT INTO a VALUES " + numbered_values(values) + "; INSERT INTO b VALUES " + numbered_values(values));
      // The left operand's collation counts.
      file.run("CREATE TABLE pairs AS SELECT a.id AS id, b.id AS c FROM a JOIN b ON a.c = b.c");
      const auto source = file.source();
      const auto snapshot = source->snapshot({});
      ASSERT_TRUE(snapshot);
      const row::Table pairs = table_of(*source, "pairs");
      EdgePairs expected;
      const auto reader = (*snapshot)->open(whole_of(pairs), pairs, {"id", "c"});
      ASSERT_TRUE(reader);
      row::RowBatch batch;
      while (*(*reader)->next(batch))
        for (std::size_t index = 0; index < batch.rows(); ++index)
          expected.insert(std::to_string(batch.row(index)[0].i) + "-" + std::to_string(batch.row(index)[1].i));
      ASSERT_FALSE(expected.empty());
      EXPECT_EQ(edge_pairs(*source, "", "a", "b"), expected) << type_a << " = " << type_b;
    }
  }
}

TEST(SqliteEquality, RefusesWhatItCannotKnow) {
  const TestFile file(
      "CREATE TABLE a (id integer PRIMARY KEY, c text COLLATE nocase); CREATE VIEW v AS SELECT id, c FROM a; CREATE TABLE t (id integer "
      "PRIMARY KEY, c timestamp);");
  const auto source = file.source();
  EXPECT_NE(edge_pairs(*source, "", "a", "v").begin()->find("view"), std::string::npos);
  EXPECT_NE(edge_pairs(*source, "", "t", "t").begin()->find("times"), std::string::npos);
}

}  // namespace
}  // namespace itemize::source::sqlite
