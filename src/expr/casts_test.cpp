#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"'12'::int", "12"},
    {"' 12 '::int", "12"},
    {"'+5'::int", "5"},
    {"'+-5'::int", "error"},
    {"'1.5'::int", "error"},
    {"''::int", "error"},
    {"1.5::int", "2"},
    {"2.5::int", "3"},
    {"2.5::float8::int", "2"},
    {"-2.5::float8::int", "-2"},
    {"3e9::int", "error"},
    {"'NaN'::float8::int", "error"},
    {"12345.678::numeric(7,2)", "12345.68"},
    {"12345.678::numeric(6,2)", "error"},
    {"1234.5::numeric(3,-2)", "1200"},
    {"'1e3'::numeric", "1000"},
    {"'.5'::numeric", "0.5"},
    {"'abc'::numeric", "error"},
    {"'-NaN'::numeric", "error"},
    {"1::numeric(5,2)", "1.00"},
    {"0.1::float4", "0.1"},
    {"0.1::float4::float8", "0.10000000149011612"},
    {"16777217::float4", "1.6777216e+07"},
    {"'1e-400'::float8", "error"},
    {"'1e400'::float8", "error"},
    {"'inf'::float8", "Infinity"},
    {"'0x1.8p1'::float8", "3"},
    {"1e20::float8::numeric", "100000000000000000000"},
    {"0.1::float4::numeric", "0.1"},
    {"123456.789::float4::numeric", "123457"},
    {"'t'::bool", "true"},
    {"'yes'::bool", "true"},
    {"'of'::bool", "false"},
    {"'o'::bool", "error"},
    {"1::bool", "true"},
    {"true::int", "1"},
    {"true::text", "true"},
    {"'abc'::char(2)", "ab"},
    {"'ab'::char(4)", "ab"},
    {"'ab'::char(4)::text", "ab"},
    {"'日本語'::varchar(2)", "日本"},
    {"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {"'{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {"'a0eebc999c0b4ef8bb6d6bb9bd380a11'::uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
    {"'a0eebc99'::uuid", "error"},
    {"'\\x1F2e'::bytea", "\\x1f2e"},
    {"'a\\\\b\\001'::bytea", "\\x615c6201"},
    {"'\\x1'::bytea", "error"},
    {"'{1,2,NULL}'::int[]", "{1,2,NULL}"},
    {"'{{1,2},{3,4}}'::int[]", "{{1,2},{3,4}}"},
    {"'{a,\"b c\",\"\"}'::text[]", "{a,\"b c\",\"\"}"},
    {"'{1,x}'::int[]", "error"},
    {"'{1'::int[]", "error"},
    {"ARRAY[1, 2.5]", "{1,2.5}"},
    {"ARRAY['a', NULL]", "{a,NULL}"},
    {"'{1,2}'::int[]::text[]", "{1,2}"},
};

TEST(Casts, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
