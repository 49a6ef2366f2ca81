#include "source/mysql/row_decoder.h"

#include <gtest/gtest.h>

#include "row/cell_text.h"

namespace itemize::source::mysql {
namespace {

using row::CellKind;
using row::TypeKind;

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

row::Type type(TypeKind kind, int precision = -1) {
  row::Type made;
  made.kind = kind;
  made.precision = precision;
  if (kind == TypeKind::set) made.children.emplace_back();
  return made;
}

/// The canonical text of one value, or what is wrong with it in angle brackets.
std::string decoded(std::uint8_t wire_type, const row::Type& of, const std::string& value, bool is_unsigned = false) {
  const RowDecoder decoder({decoder_of(wire_type, is_unsigned, of)});
  Arena arena;
  row::Cell cell;
  const std::string packet = bytes({0, 0}) + value;
  if (!decoder.decode(packet, &cell, arena)) return "<no row>";
  if (cell.kind == CellKind::invalid) return "<" + std::string(cell.view()) + ">";
  Buffer out;
  return row::append_text(cell, of, out) == row::TextStatus::ok ? std::string(out.view()) : "<no text>";
}

TEST(RowDecoder, IntegersHaveTheirWidthAndSign) {
  const row::Type integer = type(TypeKind::integer);
  EXPECT_EQ(decoded(1, integer, bytes({0x80})), "-128");
  EXPECT_EQ(decoded(1, integer, bytes({0xff}), true), "255");
  EXPECT_EQ(decoded(2, integer, bytes({0x00, 0x80})), "-32768");
  EXPECT_EQ(decoded(2, integer, bytes({0xff, 0xff}), true), "65535");
  EXPECT_EQ(decoded(9, integer, bytes({0xff, 0xff, 0xff, 0xff})), "-1") << "MEDIUMINT comes in four bytes";
  EXPECT_EQ(decoded(3, integer, bytes({0xff, 0xff, 0xff, 0xff}), true), "4294967295");
  EXPECT_EQ(decoded(8, integer, bytes({0, 0, 0, 0, 0, 0, 0, 0x80})), "-9223372036854775808");
  EXPECT_EQ(decoded(8, integer, bytes({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), true), "18446744073709551615");
  EXPECT_EQ(decoded(13, integer, bytes({0xe8, 0x07})), "2024");
}

TEST(RowDecoder, RealsAreExact) {
  EXPECT_EQ(decoded(4, type(TypeKind::float32), bytes({0xff, 0xff, 0x7f, 0x4b})), "1.6777215e+07")
      << "16777215, which the text protocol rounds";
  EXPECT_EQ(decoded(4, type(TypeKind::float32), bytes({0xcd, 0xcc, 0xcc, 0x3d})), "0.1");
  EXPECT_EQ(decoded(5, type(TypeKind::float64), bytes({0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f})), "0.1");
}

TEST(RowDecoder, DatesAndTimesOfEveryLength) {
  EXPECT_EQ(decoded(10, type(TypeKind::date), bytes({4, 0xe8, 0x07, 2, 29})), "2024-02-29");
  EXPECT_EQ(decoded(12, type(TypeKind::timestamp, 0), bytes({4, 0xe8, 0x07, 2, 29})), "2024-02-29T00:00:00");
  EXPECT_EQ(decoded(12, type(TypeKind::timestamp, 0), bytes({7, 0xe8, 0x07, 2, 29, 23, 59, 58})), "2024-02-29T23:59:58");
  EXPECT_EQ(decoded(7, type(TypeKind::timestamp_tz, 6), bytes({11, 0xb2, 0x07, 1, 1, 0, 0, 1, 0x40, 0xe2, 0x01, 0})),
            "1970-01-01T00:00:01.123456Z");
  EXPECT_EQ(decoded(11, type(TypeKind::time, 0), bytes({0})), "00:00:00");
  EXPECT_EQ(decoded(11, type(TypeKind::time, 0), bytes({8, 1, 34, 0, 0, 0, 22, 59, 59})), "-838:59:59");
  EXPECT_EQ(decoded(11, type(TypeKind::time, 6), bytes({12, 0, 0, 0, 0, 0, 12, 34, 56, 1, 0, 0, 0})), "12:34:56.000001");
}

TEST(RowDecoder, TimesThatNoServerHoldsAreInvalid) {
  EXPECT_EQ(decoded(11, type(TypeKind::time, 0), bytes({8, 0, 35, 0, 0, 0, 0, 0, 0})), "<the time is beyond 838:59:59>");
  EXPECT_EQ(decoded(11, type(TypeKind::time, 0), bytes({8, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0})), "<the time is beyond 838:59:59>");
}

TEST(RowDecoder, DatesThatNoCalendarHasAreInvalidAndSayWhich) {
  EXPECT_EQ(decoded(10, type(TypeKind::date), bytes({0})), "<0000-00-00 is no date of the calendar>");
  EXPECT_EQ(decoded(12, type(TypeKind::timestamp, 0), bytes({0})), "<0000-00-00 is no date of the calendar>");
  EXPECT_EQ(decoded(10, type(TypeKind::date), bytes({4, 0xe8, 0x07, 0, 0})), "<2024-00-00 is no date of the calendar>");
  EXPECT_EQ(decoded(10, type(TypeKind::date), bytes({4, 0xe7, 0x07, 2, 29})), "<2023-02-29 is no date of the calendar>");
  EXPECT_EQ(decoded(10, type(TypeKind::date), bytes({4, 0xff, 0xff, 1, 1})), "<5535-01-01 is no date of the calendar>")
      << "only broken bytes get there";
  Arena arena;
  row::Cell cell;
  ASSERT_TRUE(RowDecoder({decoder_of(10, false, type(TypeKind::date))}).decode(bytes({0, 0, 0}), &cell, arena));
  EXPECT_EQ(cell.flags, row::invalid_zero_date);
}

TEST(RowDecoder, BytesOfEveryLength) {
  const row::Type text = type(TypeKind::text);
  EXPECT_EQ(decoded(0xfd, text, bytes({0})), "");
  EXPECT_EQ(decoded(0xfd, text, bytes({3}) + "abc"), "abc");
  EXPECT_EQ(decoded(0xfd, text, bytes({250}) + std::string(250, 'x')), std::string(250, 'x'));
  EXPECT_EQ(decoded(0xfc, text, bytes({252, 251, 0}) + std::string(251, 'y')), std::string(251, 'y'));
  EXPECT_EQ(decoded(0xfc, text, bytes({253, 0, 0, 1}) + std::string(65536, 'z')), std::string(65536, 'z'));
  EXPECT_EQ(decoded(0xfc, text, bytes({254, 2, 0, 0, 0, 0, 0, 0, 0}) + "ok"), "ok");
  EXPECT_EQ(decoded(0xf6, type(TypeKind::decimal), bytes({5}) + "-1.50"), "-1.50");
  EXPECT_EQ(decoded(0xfc, type(TypeKind::bytes), bytes({2, 0x00, 0xff})), "\\x00ff");
  EXPECT_EQ(decoded(0xf5, type(TypeKind::json), bytes({2}) + "{}"), "{}");
}

TEST(RowDecoder, TypesOfTheirOwn) {
  row::Type bit = type(TypeKind::bits);
  bit.length = 10;
  EXPECT_EQ(decoded(16, bit, bytes({2, 0x02, 0x05})), "1000000101");
  EXPECT_EQ(decoded(16, bit, bytes({1, 0x05})), "0000000101") << "fewer bytes than bits: zeros in front";
  EXPECT_EQ(decoded(0xfe, type(TypeKind::set), bytes({5}) + "a,b,c"), "{a,b,c}");
  EXPECT_EQ(decoded(0xfe, type(TypeKind::set), bytes({0})), "{}");
  EXPECT_EQ(decoded(255, type(TypeKind::geometry), bytes({6, 0xe6, 0x10, 0, 0, 1, 7})), "\\x0107") << "the SRID is no part of WKB";
  EXPECT_EQ(decoded(255, type(TypeKind::geometry), bytes({3, 1, 2, 3})), "<the geometry is shorter than its SRID>");
  EXPECT_EQ(decoded(0xfe, type(TypeKind::uuid), bytes({36}) + "00112233-4455-6677-8899-AAbbccddeeff"),
            "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(decoded(0xfe, type(TypeKind::uuid), bytes({4}) + "0011"), "<the UUID is not 32 hexadecimal digits>");
  EXPECT_EQ(decoded(0xfe, type(TypeKind::uuid), bytes({33}) + std::string(33, '0')), "<the UUID is not 32 hexadecimal digits>");
}

TEST(RowDecoder, NullsAreInTheBitmapAfterTwoUnusedBits) {
  std::vector<ColumnDecoder> columns(7, decoder_of(1, false, type(TypeKind::integer)));
  const RowDecoder decoder(columns);
  Arena arena;
  row::Cell cells[7];
  // Columns 0 and 6 are NULL: bits 2 and 8.
  ASSERT_TRUE(decoder.decode(bytes({0, 0x04, 0x01, 1, 2, 3, 4, 5}), cells, arena));
  EXPECT_TRUE(cells[0].is_null());
  EXPECT_EQ(cells[1].i, 1);
  EXPECT_EQ(cells[5].i, 5);
  EXPECT_TRUE(cells[6].is_null());
}

TEST(RowDecoder, BytesThatAreNoRowAreRefused) {
  const row::Type text = type(TypeKind::text);
  EXPECT_EQ(decoded(8, type(TypeKind::integer), bytes({1, 2, 3})), "<no row>");
  EXPECT_EQ(decoded(4, type(TypeKind::float32), ""), "<no row>");
  EXPECT_EQ(decoded(0xfd, text, ""), "<no row>");
  EXPECT_EQ(decoded(0xfd, text, bytes({5}) + "abc"), "<no row>");
  EXPECT_EQ(decoded(0xfd, text, bytes({251})), "<no row>") << "251 is NULL in the text protocol and nothing here";
  EXPECT_EQ(decoded(0xfd, text, bytes({252, 1})), "<no row>");
  EXPECT_EQ(decoded(0xfd, text, bytes({254, 255, 255, 255, 255, 255, 255, 255, 255})), "<no row>");
  EXPECT_EQ(decoded(10, type(TypeKind::date), bytes({3, 1, 1, 1})), "<no row>");
  EXPECT_EQ(decoded(12, type(TypeKind::timestamp), bytes({11, 0xe8, 0x07, 1, 1})), "<no row>");
  EXPECT_EQ(decoded(11, type(TypeKind::time), bytes({8, 0})), "<no row>");
  Arena arena;
  row::Cell cell;
  const RowDecoder decoder({decoder_of(1, false, type(TypeKind::integer))});
  EXPECT_FALSE(decoder.decode("", &cell, arena));
  EXPECT_FALSE(decoder.decode(bytes({0}), &cell, arena));
  EXPECT_FALSE(decoder.decode(bytes({1, 0, 5}), &cell, arena)) << "a row begins with 0";
}

}  // namespace
}  // namespace itemize::source::mysql
