#include "base/decimal.h"

#include <gtest/gtest.h>

#include <random>

namespace itemize {
namespace {

std::string text(const std::optional<Decimal>& number) { return number ? text_with_scale(*number) : "none"; }
Decimal dec(std::string_view digits) { return *parse_decimal(digits); }

/// numeric_send's bytes, made from text the plain way.
std::string wire(const std::string& plain) {
  const Decimal number = dec(plain);
  std::string whole = number.digits;
  const auto scale = static_cast<std::size_t>(number.scale);
  if (whole.size() < scale) whole.insert(0, scale - whole.size(), '0');
  std::string fraction = whole.substr(whole.size() - scale);
  whole.resize(whole.size() - scale);
  while (whole.size() % 4 != 0) whole.insert(0, 1, '0');
  while (fraction.size() % 4 != 0) fraction += '0';
  const std::string all = whole + fraction;
  std::vector<int> groups;
  for (std::size_t at = 0; at < all.size(); at += 4) groups.push_back(std::stoi(all.substr(at, 4)));
  int weight = static_cast<int>(whole.size() / 4) - 1;
  while (!groups.empty() && groups.front() == 0) {
    groups.erase(groups.begin());
    --weight;
  }
  while (!groups.empty() && groups.back() == 0) groups.pop_back();
  if (groups.empty()) weight = 0;
  std::string bytes;
  const auto put = [&bytes](int value) {
    bytes += static_cast<char>(value >> 8);
    bytes += static_cast<char>(value);
  };
  put(static_cast<int>(groups.size()));
  put(weight);
  put(number.negative ? 0x4000 : 0);
  put(number.scale);
  for (const int group : groups) put(group);
  return bytes;
}

std::string wire_text(const std::string& bytes, bool keep_scale) {
  Buffer out;
  const NumberForm form = keep_scale ? append_wire_text(bytes, out) : append_wire_number(bytes, out);
  return form == NumberForm::finite ? std::string(out.view()) : "form " + std::to_string(static_cast<int>(form));
}

TEST(Decimal, ReadsAndWritesText) {
  EXPECT_EQ(text(parse_decimal("1.50")), "1.50");
  EXPECT_EQ(text(parse_decimal("-0.00")), "0.00");
  EXPECT_EQ(text(parse_decimal("+007")), "7");
  EXPECT_EQ(text(parse_decimal("1e3")), "1000");
  EXPECT_EQ(text(parse_decimal("1.25e-3")), "0.00125");
  EXPECT_EQ(text(parse_decimal(".5")), "0.5");
  EXPECT_EQ(text(parse_decimal("nan")), "NaN");
  EXPECT_EQ(text(parse_decimal("-Infinity")), "-Infinity");
  for (const char* bad : {"", "-", ".", "1.2.3", "1e", "1e+-3", "abc", "1 ", " 1", "0x10", "1e999999999"}) EXPECT_FALSE(parse_decimal(bad)) << bad;
  EXPECT_EQ(canonical_text(dec("1.500")), "1.5");
  EXPECT_EQ(canonical_text(dec("100.00")), "100");
  EXPECT_EQ(canonical_text(dec("-0.0")), "0");
  EXPECT_EQ(canonical_text(dec("1200")), "1200");
}

TEST(Decimal, ReadsTheWireForm) {
  for (const char* number : {"0", "0.00", "1", "-1", "9999", "10000", "10001.5", "0.0001", "0.00001", "0.00010001", "12345678901234567890123456789.123456789", "-0.5", "100000000",
                             "1.10", "99999999.99999999", "0.000000000000000000001"}) {
    EXPECT_EQ(wire_text(wire(number), true), number);
    EXPECT_EQ(wire_text(wire(number), false), canonical_text(dec(number)));
    EXPECT_EQ(text(decimal_from_wire(wire(number))), number);
  }
  EXPECT_EQ(wire_text(std::string("\0\0\0\0\xC0\0\0\0", 8), true), "form 1");
  EXPECT_EQ(wire_text(std::string("\0\0\0\0\xD0\0\0\0", 8), true), "form 2");
  EXPECT_EQ(wire_text(std::string("\0\1\0\0\0\0\0\0", 8), true), "form 4") << "a digit is missing";
  EXPECT_EQ(wire_text(std::string("\0\1\0\0\0\0\0\0\x7f\xff", 10), true), "form 4") << "no digit is 32767";
  EXPECT_EQ(wire_text("", true), "form 4");
}

TEST(Decimal, ReadsRandomWireForms) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string number = random() % 2 ? "-" : "";
    number += std::to_string(1 + random() % 9);
    for (unsigned count = random() % 30; count > 0; --count) number += static_cast<char>('0' + (random() % 3 ? random() % 10 : 0));
    if (random() % 2) {
      number += '.';
      for (unsigned count = 1 + random() % 20; count > 0; --count) number += static_cast<char>('0' + (random() % 3 ? random() % 10 : 0));
    }
    ASSERT_EQ(wire_text(wire(number), true), number);
    ASSERT_EQ(wire_text(wire(number), false), canonical_text(dec(number)));
  }
}

TEST(Decimal, Calculates) {
  EXPECT_EQ(text(add(dec("0.1"), dec("0.20"))), "0.30");
  EXPECT_EQ(text(subtract(dec("1"), dec("1.00"))), "0.00");
  EXPECT_EQ(text(add(dec("-5"), dec("3"))), "-2");
  EXPECT_EQ(text(multiply(dec("99999999999999999999"), dec("-99999999999999999999"))), "-9999999999999999999800000000000000000001");
  EXPECT_EQ(text(multiply(dec("1.5"), dec("0.25"))), "0.375");
  // As PostgreSQL 15 prints them.
  EXPECT_EQ(text(divide(dec("1"), dec("3"))), "0.33333333333333333333");
  EXPECT_EQ(text(divide(dec("10"), dec("4"))), "2.5000000000000000");
  EXPECT_EQ(text(divide(dec("2"), dec("3"))), "0.66666666666666666667");
  EXPECT_EQ(text(divide(dec("100000"), dec("7"))), "14285.714285714286");
  EXPECT_EQ(text(divide(dec("-1"), dec("0.00003"))), "-33333.333333333333");
  EXPECT_EQ(text(divide(dec("1"), dec("0"))), "none");
  EXPECT_EQ(text(remainder(dec("-7.5"), dec("2"))), "-1.5");
  EXPECT_EQ(text(divide_truncated(dec("-7.5"), dec("2"))), "-3");
}

TEST(Decimal, Rounds) {
  EXPECT_EQ(text(round_to(dec("2.5"), 0)), "3");
  EXPECT_EQ(text(round_to(dec("-2.5"), 0)), "-3");
  EXPECT_EQ(text(round_to(dec("0.449"), 1)), "0.4");
  EXPECT_EQ(text(round_to(dec("0.5"), 0)), "1");
  EXPECT_EQ(text(round_to(dec("0.05"), 0)), "0");
  EXPECT_EQ(text(round_to(dec("1250"), -2)), "1300");
  EXPECT_EQ(text(truncate_to(dec("-1.99"), 1)), "-1.9");
  EXPECT_EQ(*to_int64(dec("-9223372036854775808")), std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(to_int64(dec("9223372036854775808")));
  EXPECT_EQ(to_double(dec("0.1")), 0.1);
}

TEST(Decimal, ComparesByValue) {
  EXPECT_EQ(compare(dec("1.0"), dec("1.00")), 0);
  EXPECT_LT(compare(dec("-10"), dec("-9.99")), 0);
  EXPECT_GT(compare(dec("0.1"), dec("0.09")), 0);
  EXPECT_EQ(compare(dec("0"), dec("-0.0")), 0);
  EXPECT_GT(compare(dec("NaN"), dec("Infinity")), 0);
  EXPECT_LT(compare(dec("-Infinity"), dec("-1e100")), 0);
}

}  // namespace
}  // namespace itemize
