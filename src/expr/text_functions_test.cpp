#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"lower('JOSÉ ŁÓDŹ')", "josé łódź"},
    {"upper('straße é')", "STRAßE É"},
    {"initcap('hello wORLD foo-bar')", "Hello World Foo-Bar"},
    {"btrim('  x ')", "x"},
    {"trim(both 'ab' from 'abxba')", "x"},
    {"ltrim('xxa', 'x')", "a"},
    {"rtrim('axx', 'x')", "a"},
    {"trim(trailing from 'a ')", "a"},
    {"lpad('7', 3, '0')", "007"},
    {"lpad('abc', 2)", "ab"},
    {"lpad('a', 5, 'é-')", "é-é-a"},
    {"lpad('a', -1)", ""},
    {"lpad('abc', 5, '')", "abc"},
    {"rpad('a', 3)", "a  "},
    {"rpad('日本', 5, 'xy')", "日本xyx"},
    {"length('日本語')", "3"},
    {"length('ab '::char(5))", "2"},
    {"octet_length('日本語')", "9"},
    {"octet_length('ab'::char(5))", "5"},
    {"length('\\x0102'::bytea)", "2"},
    {"bit_length('ab')", "16"},
    {"substring('hello' from 2 for 3)", "ell"},
    {"substring('hello' from -1 for 4)", "he"},
    {"substring('hello', 10)", ""},
    {"substring('hello' from 2 for -1)", "error"},
    {"substring('hello', 2147483647, 2147483647)", ""},
    {"left('hello', -2)", "hel"},
    {"left('hello', 2)", "he"},
    {"right('hello', 2)", "lo"},
    {"right('hello', -9)", ""},
    {"overlay('abcdef' placing 'XX' from 3)", "abXXef"},
    {"overlay('abcdef' placing 'X' from 2 for 4)", "aXf"},
    {"overlay('abc' placing 'X' from 0)", "error"},
    {"replace('banana', 'an', 'AN')", "bANANa"},
    {"replace('aaa', '', 'x')", "aaa"},
    {"split_part('a#b#c', '#', 2)", "b"},
    {"split_part('a#b#c', '#', -1)", "c"},
    {"split_part('a#b', '#', 5)", ""},
    {"split_part('a', '#', 0)", "error"},
    {"split_part('abc', '', 1)", "abc"},
    {"position('é' in 'José')", "4"},
    {"position('' in 'x')", "1"},
    {"strpos('abc', 'z')", "0"},
    {"reverse('añb')", "bña"},
    {"repeat('ab', 3)", "ababab"},
    {"repeat('ab', -1)", ""},
    {"translate('12345', '143', 'ax')", "a2x5"},
    {"translate('日本', '本', 'x')", "日x"},
    {"ascii('é')", "233"},
    {"ascii('')", "0"},
    {"chr(233)", "é"},
    {"chr(0)", "error"},
    {"starts_with('alphabet', 'alph')", "true"},
    {"lower(NULL)", "NULL"},
    {"lpad(NULL, 3)", "NULL"},
};

TEST(TextFunctions, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
