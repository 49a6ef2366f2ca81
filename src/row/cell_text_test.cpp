#include "row/cell_text.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace itemize::row {
namespace {

std::string text(const Cell& cell, Type type = {}) {
  Buffer out;
  out.append("<");
  const TextStatus status = append_text(cell, type, out);
  if (status != TextStatus::ok) return "status " + std::to_string(static_cast<int>(status)) + std::string(out.view());
  return std::string(out.view().substr(1));
}

std::string number(double value, bool single = false) { return text(Cell::real(single ? CellKind::float32 : CellKind::float64, value)); }

TEST(CellText, WritesFloatsAsPostgresDoes) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0), "-0");
  EXPECT_EQ(number(100000), "100000");
  EXPECT_EQ(number(123456789012345.0), "123456789012345");
  EXPECT_EQ(number(1e15), "1e+15");
  EXPECT_EQ(number(1.5e300), "1.5e+300");
  EXPECT_EQ(number(0.0001), "0.0001");
  EXPECT_EQ(number(0.00001), "1e-05");
  EXPECT_EQ(number(0.00012345), "0.00012345");
  EXPECT_EQ(number(1234.5), "1234.5");
  EXPECT_EQ(number(0.1F, true), "0.1");
  EXPECT_EQ(number(16777216.0F, true), "1.6777216e+07");
  EXPECT_EQ(number(5e-324), "5e-324");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "status 2<");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "status 3<");
}

TEST(CellText, WritesNestedValuesAsPostgresLiterals) {
  Type element;
  Type array_type;
  array_type.kind = TypeKind::array;
  array_type.children = {element};
  const std::array inner{Cell::text("a b"), Cell::null(), Cell::text("x"), Cell::text("")};
  EXPECT_EQ(text(Cell::nested(CellKind::array, inner.data(), 4), array_type), "{\"a b\",NULL,x,\"\"}");
  const std::array outer{Cell::nested(CellKind::array, inner.data(), 1), Cell::nested(CellKind::array, inner.data() + 2, 1)};
  EXPECT_EQ(text(Cell::nested(CellKind::array, outer.data(), 2), array_type), "{{\"a b\"},{x}}");
  Cell range = Cell::nested(CellKind::range, inner.data() + 1, 1);
  range.flags = range_upper_inclusive;
  EXPECT_EQ(text(range), "(,x]");
  Type multirange;
  multirange.kind = TypeKind::multirange;
  const std::array ranges{range, range};
  EXPECT_EQ(text(Cell::nested(CellKind::array, ranges.data(), 2), multirange), "{(,x],(,x]}") << "ranges stand unquoted in a multirange";
  EXPECT_EQ(text(Cell::nested(CellKind::array, ranges.data(), 1), array_type), "{\"(,x]\"}") << "and quoted in an array";
  array_type.children = {multirange};
  const Cell one = Cell::nested(CellKind::array, ranges.data(), 1);
  EXPECT_EQ(text(Cell::nested(CellKind::array, &one, 1), array_type), "{\"{(,x]}\"}") << "which a multirange within an array is not";
  // Quotes as the server writes them: by backslash in arrays, doubled in records and ranges.
  const std::array awkward{Cell::text("a\"b"), Cell::text("(c)"), Cell::text("null"), Cell::text("[d]")};
  array_type.children = {element};
  EXPECT_EQ(text(Cell::nested(CellKind::array, awkward.data(), 4), array_type), "{\"a\\\"b\",(c),\"null\",[d]}");
  EXPECT_EQ(text(Cell::nested(CellKind::composite, awkward.data(), 4)), "(\"a\"\"b\",\"(c)\",null,[d])");
}

TEST(CellText, WritesTheRest) {
  EXPECT_EQ(text(Cell::boolean(true)), "true");
  EXPECT_EQ(text(Cell::view_of(CellKind::bytes, std::string_view("\0\xff", 2))), "\\x00ff");
  EXPECT_EQ(text(Cell::view_of(CellKind::uuid, "0123456789abcdef")), "30313233-3435-3637-3839-616263646566");
  Type millis;
  millis.precision = 3;
  EXPECT_EQ(text(Cell::make(CellKind::timestamp_tz, 1'500'000), millis), "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(text(Cell::make(CellKind::date, time_infinity)), "status 3<");
  EXPECT_EQ(text(Cell::null()), "status 1<");
}

}  // namespace
}  // namespace itemize::row
