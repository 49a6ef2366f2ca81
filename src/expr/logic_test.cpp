#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"NULL AND false", "false"},
    {"NULL AND true", "NULL"},
    {"NULL OR true", "true"},
    {"NOT NULL::bool", "NULL"},
    {"NULL = NULL", "NULL"},
    {"NULL IS NULL", "true"},
    {"1 IS DISTINCT FROM NULL", "true"},
    {"NULL IS NOT DISTINCT FROM NULL", "true"},
    {"(1 = 1) IS TRUE", "true"},
    {"(NULL::bool) IS NOT TRUE", "true"},
    {"(NULL::bool) IS UNKNOWN", "true"},
    {"1 IN (1, NULL)", "true"},
    {"2 IN (1, NULL)", "NULL"},
    {"2 NOT IN (1, NULL)", "NULL"},
    {"2 NOT IN (1, 3)", "true"},
    {"5 BETWEEN 1 AND 10", "true"},
    {"5 BETWEEN 10 AND 1", "false"},
    {"5 BETWEEN SYMMETRIC 10 AND 1", "true"},
    {"5 NOT BETWEEN 6 AND NULL", "true"},
    {"NULL BETWEEN 1 AND 2", "NULL"},
    {"CASE WHEN NULL THEN 1 ELSE 2 END", "2"},
    {"CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "b"},
    {"CASE WHEN false THEN 1 END", "NULL"},
    {"coalesce(NULL, NULL, 3)", "3"},
    {"coalesce(NULL, 1, 2.5)", "1"},
    {"nullif(1, 1)", "NULL"},
    {"nullif(1, 2)", "1"},
    {"nullif(1, 1.0)", "NULL"},
    {"greatest(1, NULL, 3)", "3"},
    {"least('b', 'a')", "a"},
    {"greatest(NULL, NULL)", "NULL"},
    {"'a' < 'B'", "false"},
    {"'a ' = 'a'", "false"},
    {"'a '::char(3) = 'a'::char(5)", "true"},
    {"'\\x01'::bytea < '\\x02'::bytea", "true"},
    {"true > false", "true"},
    {"'a' COLLATE \"C\" < 'b'", "true"},
};

TEST(Logic, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
