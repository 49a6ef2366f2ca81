#include <gtest/gtest.h>

#include "expr/pattern.h"
#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"'abc' LIKE 'a%'", "true"},
    {"'abc' LIKE '_b_'", "true"},
    {"'a%c' LIKE 'a\\%c'", "true"},
    {"'abc' LIKE 'a\\'", "error"},
    {"'abc' NOT LIKE 'b%'", "true"},
    {"'a_c' LIKE 'a#_c' ESCAPE '#'", "true"},
    {"'abc' LIKE 'a##c' ESCAPE '##'", "error"},
    {"'José' LIKE 'Jos_'", "true"},
    {"'JOSÉ' ILIKE 'josé'", "true"},
    {"'abc' LIKE NULL", "NULL"},
    {"'' LIKE '%'", "true"},
    {"'a\\b' LIKE 'a\\b' ESCAPE ''", "true"},
    {"'x'::char(3) LIKE 'x'", "false"},
    {"'x'::char(3) LIKE 'x  '", "true"},
    {"'foobar' ~ 'o{2}b'", "true"},
    {"'FOO' ~* '^f'", "true"},
    {"'foo' !~ 'x'", "true"},
    {"'a.c' ~ 'a\\.c'", "true"},
    {"E'a\\nb' ~ 'a.b'", "true"},
    {"E'a\\nb' ~ '^b'", "false"},
    {"'ab12' ~ '^\\w+\\d$'", "true"},
    {"'[x]' ~ '[]x]'", "true"},
    {"'abc' SIMILAR TO 'a(b|x)c'", "true"},
    {"'abc' SIMILAR TO 'b'", "false"},
    {"'abc' SIMILAR TO '%c'", "true"},
    {"regexp_replace('foobarbaz', 'b..', 'X')", "fooXbaz"},
    {"regexp_replace('foobarbaz', 'b..', 'X', 'g')", "fooXX"},
    {"regexp_replace('foobarbaz', 'b(..)', 'X\\1Y', 'g')", "fooXarYXazY"},
    {"regexp_replace('Hello', 'L', '[\\&]', 'gi')", "He[l][l]o"},
    {"regexp_replace('abc', 'x*', '-', 'g')", "-a-b-c-"},
    {"regexp_replace('abc', 'b*', 'X', 'g')", "XaXXcX"},
    {"substring('foobar' from 'o.b')", "oob"},
    {"substring('foobar' from 'o(.)b')", "o"},
    {"substring('foobar' from 'z')", "NULL"},
    {"regexp_match('foobarbequebaz', '(bar)(beque)')", "{bar,beque}"},
    {"regexp_match('abc', 'z')", "NULL"},
    {"regexp_like('Hello', '^h', 'i')", "true"},
    {"regexp_replace('a|ab', '(a|ab)(c|bcd)?', '<\\1>')", "<a>|ab"},
};

TEST(Patterns, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

TEST(Like, IsSqls) {
  EXPECT_TRUE(*like("tenant_a", "tenant_%"));
  EXPECT_TRUE(*like("tenantxyz", "tenant_%"));
  EXPECT_FALSE(*like("tenantxyz", "tenant\\_%"));
  EXPECT_TRUE(*like("tenant_", "tenant\\_%"));
  EXPECT_TRUE(*like("", "%"));
  EXPECT_TRUE(*like("axxbxbc", "a%b%c"));
  EXPECT_FALSE(*like("axxbxb", "a%b%c"));
  EXPECT_TRUE(*like("é", "_"));
  EXPECT_FALSE(*like("", "_"));
  EXPECT_FALSE(*like("a", "A"));
}

}  // namespace
}  // namespace itemize::expr
