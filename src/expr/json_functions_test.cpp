#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"'{\"a\": {\"b\": [1, 2.50]}}'::json -> 'a'", "{\"b\": [1, 2.50]}"},
    {"'{\"a\": {\"b\": [1, 2.50]}}'::jsonb -> 'a' -> 'b' -> -1", "2.50"},
    {"'{\"a\":  [1 , 2]}'::json -> 'a'", "[1 , 2]"},
    {"'{\"a\": 1, \"a\": 2}'::json ->> 'a'", "2"},
    {"'{\"b\": 1, \"aa\": 2, \"a\": 1e2, \"a\": 3.10}'::jsonb", "{\"a\": 3.10, \"b\": 1, \"aa\": 2}"},
    {"'[1,\"x\",null,{\"y\":[]}]'::jsonb", "[1, \"x\", null, {\"y\": []}]"},
    {"'{\"a\": \"q\\\"\\u00e9\\n\"}'::json ->> 'a'", "q\"é\n"},
    {"'{\"a\": null}'::json ->> 'a'", "NULL"},
    {"'{\"a\": null}'::json -> 'a'", "null"},
    {"'[1,2,3]'::json -> 1", "2"},
    {"'[1,2,3]'::json -> 5", "NULL"},
    {"'[1,2,3]'::json -> 'a'", "NULL"},
    {"'{\"a\":{\"b\":[1,{\"c\":\"d\"}]}}'::jsonb #>> '{a,b,1,c}'", "d"},
    {"'{\"a\":1}'::json #> '{}'", "{\"a\":1}"},
    {"'{\"a\":1}'::json #> '{a,b}'", "NULL"},
    {"'{a:1}'::json", "error"},
    {"'[1,]'::jsonb", "error"},
    {"'01'::json", "error"},
    {"'\"a\\u0000\"'::jsonb", "error"},
    {"json_typeof('[1]'::json)", "array"},
    {"jsonb_typeof('null'::jsonb)", "null"},
    {"jsonb_array_length('[1,2]'::jsonb)", "2"},
    {"jsonb_array_length('{}'::jsonb)", "error"},
    {"'{\"a\":1}'::jsonb ? 'a'", "true"},
    {"'[\"a\"]'::jsonb ? 'a'", "true"},
    {"jsonb_build_object('a', 1, 'b', NULL, 'c', ARRAY[1,2], 'd', date '2024-02-29', 'e', 'x'::text)",
     "{\"a\": 1, \"b\": null, \"c\": [1, 2], \"d\": \"2024-02-29\", \"e\": \"x\"}"},
    {"json_build_object('a', 1.50, 'b', true)", "{\"a\" : 1.50, \"b\" : true}"},
    {"jsonb_build_object('a')", "error"},
    {"jsonb_build_object(NULL, 1)", "error"},
    {"jsonb_build_array(1, 'a', NULL)", "[1, \"a\", null]"},
    {"json_build_array(1, 'a'::text, timestamp '2024-02-29 10:20:30')", "[1, \"a\", \"2024-02-29T10:20:30\"]"},
    {"to_jsonb('a\"b'::text)", "\"a\\\"b\""},
    {"to_json(timestamptz '2024-02-29 10:20:30.5+00')", "\"2024-02-29T10:20:30.5+00:00\""},
    {"to_jsonb('NaN'::float8)", "\"NaN\""},
    {"'12.50'::jsonb::numeric", "12.50"},
    {"'true'::jsonb::bool", "true"},
    {"'\"x\"'::jsonb::int", "error"},
    {"'\"plain\"'::jsonb -> 0", "\"plain\""},
};

TEST(Json, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
