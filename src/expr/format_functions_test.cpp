#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"'a' || 1", "a1"},
    {"1 || 'a'", "1a"},
    {"'x' || NULL", "NULL"},
    {"'x' || true", "xtrue"},
    {"'d' || date '2024-02-29'", "d2024-02-29"},
    {"'a'::char(3) || 'b'", "ab"},
    {"concat('a', NULL, 1, true, 1.50)", "a1t1.50"},
    {"concat_ws(',', 'a', NULL, 'b')", "a,b"},
    {"concat_ws(NULL, 'a')", "NULL"},
    {"concat('a'::char(3), 'b')", "a  b"},
    {"format('Hello %s, %L', 'World', 'it''s')", "Hello World, 'it''s'"},
    {"format('%2$s-%1$s', 'a', 'b')", "b-a"},
    {"format('|%10s|%-10s|', 'a', 'b')", "|         a|b         |"},
    {"format('%s', NULL)", ""},
    {"format('%L', NULL)", "NULL"},
    {"format('%%')", "%"},
    {"format('%s')", "error"},
    {"format('%z', 1)", "error"},
    {"format('|%*s|', -4, 'a')", "|a   |"},
    {"quote_literal('it''s')", "'it''s'"},
    {"quote_literal('a\\b')", "E'a\\\\b'"},
    {"num_nulls(1, NULL, 'a')", "1"},
    {"num_nonnulls(1, NULL, 'a')", "2"},
    {"'\\x01'::bytea || '\\x02'::bytea", "\\x0102"},
};

TEST(Formats, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
