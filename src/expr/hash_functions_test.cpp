#include <gtest/gtest.h>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

// Each answer is PostgreSQL 15's (C collation, UTC).
constexpr std::pair<const char*, const char*> answers[] = {
    {"md5('')", "d41d8cd98f00b204e9800998ecf8427e"},
    {"md5('The quick brown fox jumps over the lazy dog')", "9e107d9d372bb6826bd81d3542a419d6"},
    {"md5(repeat('a', 119))", "8a7bd0732ed6a28ce75f6dabc90e1613"},
    {"md5(repeat('b', 64))", "0b649bcb5a82868817fec9a6e709d233"},
    {"md5('\\x00ff'::bytea)", "d07d34efac6328007ad67c7e0a985e00"},
    {"sha256('abc'::bytea)", "\\xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"encode('\\x00ff5c'::bytea, 'hex')", "00ff5c"},
    {"encode('\\x00ff5c61'::bytea, 'escape')", "\\000\\377\\\\a"},
    {"encode('hello world'::bytea, 'base64')", "aGVsbG8gd29ybGQ="},
    {"encode(decode(repeat('ab', 60), 'hex'), 'base64')",
     "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6ur\nq6ur"},
    {"decode('aGVsbG8=', 'base64')", "\\x68656c6c6f"},
    {"decode('aGVsbG8', 'base64')", "error"},
    {"decode('zz', 'hex')", "error"},
    {"decode('a b c d', 'hex')", "error"},
    {"convert_to('é', 'UTF8')", "\\xc3a9"},
    {"convert_from('\\xc3a9'::bytea, 'UTF8')", "é"},
    {"convert_from('\\xc3'::bytea, 'UTF8')", "error"},
    {"to_hex(255)", "ff"},
    {"to_hex(-1)", "ffffffff"},
    {"to_hex(-1::int8)", "ffffffffffffffff"},
};

TEST(Digests, AnswerAsPostgresDoes) {
  World world;
  for (const auto& [source, expected] : answers) EXPECT_EQ(world.answer(source), expected) << source;
}

}  // namespace
}  // namespace itemize::expr
