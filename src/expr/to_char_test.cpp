#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'YYYY-MM-DD HH24:MI:SS.US')", "2024-02-29 13:05:09.012345"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'FMMonth DDth, YYYY Dy')", "February 29th, 2024 Thu"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'DAY Month MON')", "THURSDAY  February  FEB"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'HH12:MI:SS a.m.')", "01:05:09 p.m."},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'IYYY-\"W\"IW-ID')", "2024-W09-4"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'DDD Q WW W D CC J')", "060 1 09 5 5 21 2460370"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'Y,YYY YYY YY Y')", "2,024 024 24 4"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'SSSS MS FF1 FF3')", "47109 012 0 012"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'RM rm')", "II   ii  "},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'TZ TZH OF')", " +00 +00"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'FMDD.FMMM')", "29.2"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', '\"a\\\"b\" YYYY')", "a\"b 2024"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'BC b.c.')", "AD a.d."},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'FMHH24thFMMIth')", "13th5th"},
    {"to_char(timestamp '2024-02-29 13:05:09.012345', 'hh24 yyyy')", "13 2024"},
    {"to_char(timestamptz '0044-03-15 12:00+00 BC', 'YYYY BC IYYY CC TZ')", "0044 BC 0044 -01 UTC"},
    {"to_char(timestamp 'infinity', 'YYYY')", "NULL"},
    {"to_char(12.45, '99.9')", " 12.5"},
    {"to_char(-12.45, '99.9')", "-12.5"},
    {"to_char(0.1, '0.99')", " 0.10"},
    {"to_char(0.1, '.99')", " .##"},
    {"to_char(1234567, '9,999,999')", " 1,234,567"},
    {"to_char(123, '9,999,999')", "       123"},
    {"to_char(-485, '999S')", "485-"},
    {"to_char(-485, '999MI')", "485-"},
    {"to_char(485, '999PL')", " 485+"},
    {"to_char(-485, '999PR')", "<485>"},
    {"to_char(485, 'FM999PR')", "485"},
    {"to_char(485, 'SG999')", "+485"},
    {"to_char(12, 'FM0099')", "0012"},
    {"to_char(0.5, 'FM9.99')", ".5"},
    {"to_char(0.5, 'FM0.00')", "0.50"},
    {"to_char(1.50, 'FM999.99')", "1.5"},
    {"to_char(100, 'FM999.99')", "100."},
    {"to_char(1234.5, '9.99EEEE')", " 1.23e+03"},
    {"to_char(482, '999th')", " 482nd"},
    {"to_char(485, 'RN')", "        CDLXXXV"},
    {"to_char(485, 'FMrn')", "cdlxxxv"},
    {"to_char(12, '99V9')", " 120"},
    {"to_char(12345, '999')", " ###"},
    {"to_char(485, '\"n=\"999')", "n= 485"},
    {"to_char(0, '9999')", "    0"},
    {"to_char(0, 'FM9999')", "0"},
    {"to_char(-0.1, 'FM9.9')", "-.1"},
    {"to_char(1e20::float8, '999')", " ###"},
    {"to_char(3.14159::float8, '9.999')", " 3.142"},
    {"to_char(1.1::float4, '9.9999999')", " 1.10000"},
    {"to_char('NaN'::numeric, '999')", " NaN"},
    {"to_char(NULL::int, '999')", "NULL"},
    {"to_char(12, 'S9.9S')", "error"},
    {"to_char(12, '9.9.9')", "error"},
};

TEST(ToChar, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
