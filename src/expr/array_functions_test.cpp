#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"(ARRAY[10,20,30])[2]", "20"},
    {"(ARRAY[10,20,30])[0]", "NULL"},
    {"(ARRAY[10,20])[NULL]", "NULL"},
    {"array_length(ARRAY[1,2,3], 1)", "3"},
    {"array_length(ARRAY[1,2,3], 2)", "NULL"},
    {"array_length('{}'::int[], 1)", "NULL"},
    {"cardinality('{{1,2},{3,4}}'::int[])", "4"},
    {"array_ndims('{{1,2},{3,4}}'::int[])", "2"},
    {"array_to_string(ARRAY[1,NULL,3], ',')", "1,3"},
    {"array_to_string(ARRAY[1,NULL,3], ',', '*')", "1,*,3"},
    {"array_to_string(ARRAY[true,false], ',')", "t,f"},
    {"string_to_array('a,b,,c', ',')", "{a,b,\"\",c}"},
    {"string_to_array('a,b,,c', ',', '')", "{a,b,NULL,c}"},
    {"string_to_array('abc', NULL)", "{a,b,c}"},
    {"string_to_array('', ',')", "{}"},
    {"string_to_array('abc', '')", "{abc}"},
    {"ARRAY[1,2] || ARRAY[3]", "{1,2,3}"},
    {"ARRAY[1,2] || 3", "{1,2,3}"},
    {"0 || ARRAY[1]", "{0,1}"},
    {"array_append(ARRAY['a'], NULL)", "{a,NULL}"},
    {"array_prepend(1, ARRAY[2])", "{1,2}"},
    {"array_cat(ARRAY[1], NULL)", "{1}"},
    {"array_position(ARRAY['a','b'], 'b')", "2"},
    {"array_position(ARRAY['a','b'], 'z')", "NULL"},
    {"ARRAY[1,2,3] @> ARRAY[2]", "true"},
    {"ARRAY[1,2] && ARRAY[3]", "false"},
    {"2 = ANY (ARRAY[1,2])", "true"},
    {"2 = ANY (ARRAY[1,NULL])", "NULL"},
    {"2 <> ALL (ARRAY[1,3])", "true"},
    {"2.0 = ANY (ARRAY[1,2])", "true"},
    {"'a' = ANY ('{a,b}')", "true"},
    {"ARRAY[1,2] = ARRAY[1,2]", "true"},
    {"ARRAY[1,2] < ARRAY[1,3]", "true"},
    {"ARRAY[1,NULL] = ARRAY[1,NULL]", "true"},
};

TEST(Arrays, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
