#include "expr/sort_keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include "expr/world_for_tests.h"

namespace itemize::expr {
namespace {

std::string integer(std::int64_t value, int bytes) {
  Buffer out;
  append_sortable_integer(out, value, sortable_integer_width(bytes));
  return std::string(out.view());
}
std::string decimal(const std::string& text) { return sortable_decimal(*parse_decimal(text)); }
std::string shard_of(std::string_view text, std::int64_t n) {
  Buffer out;
  append_shard(out, text, n);
  return std::string(out.view());
}

// The vectors of docs/expressions.md.
TEST(SortKeys, KeepTheirPublishedForms) {
  EXPECT_EQ(integer(42, 4), "p0000000042");
  EXPECT_EQ(integer(-1, 4), "n9999999999");
  EXPECT_EQ(integer(-32768, 2), "n67232");
  EXPECT_EQ(integer(32767, 2), "p32767");
  EXPECT_EQ(integer(std::numeric_limits<std::int64_t>::max(), 8), "p9223372036854775807");
  EXPECT_EQ(integer(std::numeric_limits<std::int64_t>::min(), 8), "n0776627963145224192");
  EXPECT_EQ(decimal("0.00"), "o");
  EXPECT_EQ(decimal("12.50"), "p200001125");
  EXPECT_EQ(decimal("-12.5"), "n799998874~");
  EXPECT_EQ(decimal("0.001"), "p1999971");
  EXPECT_EQ(sortable_real(0.0), "8000000000000000");
  EXPECT_EQ(sortable_real(-0.0), "8000000000000000");
  EXPECT_EQ(sortable_real(1.5), "bff8000000000000");
  EXPECT_EQ(sortable_real(-1.5), "4007ffffffffffff");
  EXPECT_EQ(reversed_order("p0000000042"), "k9999999957~");
  EXPECT_EQ(reversed_order("n799998874~"), "m200001125!~");
  EXPECT_EQ(reversed_real("bff8000000000000"), "4007ffffffffffff");
  EXPECT_EQ(shard_of("customer-1", 10), "9");
  EXPECT_EQ(shard_of("", 1), "0");
  EXPECT_EQ(shard_of("42", 100).size(), 2U);
}

TEST(SortKeys, OrderAsTheValuesDo) {
  std::mt19937_64 random(7);
  std::vector<std::int64_t> values = {
      0, 1, -1, 9, 10, -9, -10, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  for (int count = 0; count < 150; ++count) values.push_back(static_cast<std::int64_t>(random()) >> (random() % 63));
  for (const std::int64_t a : values)
    for (const std::int64_t b : values) {
      ASSERT_EQ(a < b, integer(a, 8) < integer(b, 8)) << a << " " << b;
      ASSERT_EQ(a<b, reversed_order(integer(a, 8))> reversed_order(integer(b, 8))) << a << " " << b;
      ASSERT_EQ(static_cast<double>(a) < static_cast<double>(b),
                sortable_real(static_cast<double>(a)) < sortable_real(static_cast<double>(b)));
    }
}

TEST(SortKeys, OrderDecimalsOfEveryScale) {
  std::vector<std::string> texts = {"0",      "1",     "10",  "1.5",  "1.50", "0.001", "0.0010001", "99999999999999999999",
                                    "1e-100", "1e100", "1.2", "1.23", "1.29", "1.3",   "12",        "123"};
  for (std::size_t index = 0, count = texts.size(); index < count; ++index) texts.push_back("-" + texts[index]);
  for (const std::string& a : texts)
    for (const std::string& b : texts) {
      const int order = compare(*parse_decimal(a), *parse_decimal(b));
      EXPECT_EQ(order < 0, decimal(a) < decimal(b)) << a << " " << b;
      EXPECT_EQ(order == 0, decimal(a) == decimal(b)) << a << " " << b;
      EXPECT_EQ(order<0, reversed_order(decimal(a))> reversed_order(decimal(b))) << a << " " << b;
    }
}

TEST(KeyFunctions, AnswerInExpressions) {
  World world;
  EXPECT_EQ(world.value("sortable(id)"), "p0000000042");
  EXPECT_EQ(world.value("sortable(id + 1::int8)"), "p0000000000000000043");
  EXPECT_EQ(world.value("sortable(big)"), "n9999999999999999993");
  EXPECT_EQ(world.value("descending(id)"), "k9999999957~");
  EXPECT_EQ(world.value("sortable(price)"), "p200001125");
  EXPECT_EQ(world.value("sortable(at)"), "p0001709210096123456");
  EXPECT_EQ(world.value("sortable('NaN'::numeric)").substr(0, 1), "@");
  EXPECT_EQ(world.value("sortable(name)"), "@0 sortable() does not take (text); docs/expressions.md lists the forms");
  EXPECT_EQ(world.value("sortable(nothing::int)"), "NULL");
  EXPECT_EQ(world.value("epoch(at)"), "1709210096");
  EXPECT_EQ(world.value("epoch(timestamp '1969-12-31 23:59:59.5')"), "-1");
  EXPECT_EQ(world.value("epoch(date '2024-02-29')"), "1709164800");
  EXPECT_EQ(world.value("shard(id, 10)"), shard_of("42", 10));
  EXPECT_EQ(world.value("shard(id, 0)"), "error: shard(x, n) needs n from 1 to 1,000,000");
  EXPECT_EQ(world.value("row_hash(id, name, nothing)").size(), 32U);
  EXPECT_NE(world.value("row_hash('a'::text, 'bc'::text)"), world.value("row_hash('ab'::text, 'c'::text)"));
  EXPECT_NE(world.value("row_hash(nothing)"), world.value("row_hash('-'::text)"));
  EXPECT_EQ(world.value("row_hash(*)").size(), 32U);
}

TEST(KeyFunctions, KeepUnsignedAndLooseValuesApart) {
  Scope scope;
  scope.names.push_back({"u", type_from(Sql::uint8), 0, true});
  scope.names.push_back({"i", type_from(Sql::int4), 1, true});
  row::Cell large;
  large.u = std::numeric_limits<std::uint64_t>::max();
  large.kind = row::CellKind::uint64;
  // SQLite keeps a text in an integer column, if it was given one.
  const std::vector<row::Cell> row = {large, row::Cell::text("seven")};
  Arena arena;
  const auto value = [&](const char* source) {
    const auto program = compile_expression(source, scope);
    if (!program) return program.error().front().message;
    const auto cell = program->evaluate(row, Context{}, arena);
    return cell ? std::string(cell->view()) : cell.error().sentence;
  };
  EXPECT_EQ(value("sortable(u)"), "p18446744073709551615");
  EXPECT_EQ(value("(u + 1)::text"), "18446744073709551616");
  EXPECT_EQ(value("(u > 5)::text"), "true");
  EXPECT_EQ(value("(i + 1)::text"), "'seven' is not a valid integer");
}

}  // namespace
}  // namespace itemize::expr
