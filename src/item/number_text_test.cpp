#include "item/number_text.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <string>

namespace itemize::item {
namespace {

/// What a number comes to: its text and size ("12.5 (3)"), or why it is none.
std::string shown(const NumberText& number, const Buffer& out) {
  if (number.form == NumberForm::nan) return "nan" + std::string(out.view());
  if (number.form == NumberForm::malformed) return "malformed" + std::string(out.view());
  if (number.form != NumberForm::finite) return "infinite" + std::string(out.view());
  if (number.check.fit == NumberFit::too_precise) return "too precise" + std::string(out.view());
  if (number.check.fit == NumberFit::out_of_range) return "out of range" + std::string(out.view());
  return std::string(out.view()) + " (" + std::to_string(number.check.size) + ")";
}

std::string from_text(std::string_view text) {
  Buffer out;
  const NumberText number = append_decimal_text(text, out);
  return shown(number, out);
}

std::string from_float(double value, bool single = false) {
  Buffer out;
  const NumberText number = append_float(value, single, out);
  return shown(number, out);
}

std::string from_integer(std::uint64_t magnitude, bool negative = false) {
  Buffer out;
  const std::uint32_t size = append_integer(magnitude, negative, out);
  return std::string(out.view()) + " (" + std::to_string(size) + ")";
}

std::string wire_of(std::int16_t weight, std::uint16_t sign, std::int16_t scale, const std::vector<int>& digits) {
  std::string wire;
  const auto add = [&wire](int value) {
    wire += static_cast<char>(static_cast<unsigned>(value) >> 8 & 0xFF);
    wire += static_cast<char>(value & 0xFF);
  };
  add(static_cast<int>(digits.size()));
  add(weight);
  add(sign);
  add(scale);
  for (const int digit : digits) add(digit);
  return wire;
}

std::string from_wire(std::string_view wire) {
  Buffer out;
  const NumberText number = append_wire(wire, out);
  return shown(number, out);
}

// The sizes are DynamoDB Local's, found at the 400 KB boundary (sink/live/item_size_dbtest.cpp tries them again).
TEST(NumberText, CanonicalTextAndSizeOfText) {
  EXPECT_EQ(from_text("0"), "0 (1)");
  EXPECT_EQ(from_text("-0"), "0 (1)");
  EXPECT_EQ(from_text("0.000"), "0 (1)");
  EXPECT_EQ(from_text("1"), "1 (2)");
  EXPECT_EQ(from_text("-1"), "-1 (3)");
  EXPECT_EQ(from_text("+1"), "1 (2)");
  EXPECT_EQ(from_text("12"), "12 (2)");
  EXPECT_EQ(from_text("123"), "123 (3)");
  EXPECT_EQ(from_text("1.5"), "1.5 (3)");
  EXPECT_EQ(from_text("1.50"), "1.5 (3)");
  EXPECT_EQ(from_text("0.05"), "0.05 (2)");
  EXPECT_EQ(from_text("00100"), "100 (2)");
  EXPECT_EQ(from_text("1000"), "1000 (2)");
  EXPECT_EQ(from_text("0.001"), "0.001 (2)");
  EXPECT_EQ(from_text("-0.001"), "-0.001 (3)");
  EXPECT_EQ(from_text("1e3"), "1000 (2)");
  EXPECT_EQ(from_text("1.25E-2"), "0.0125 (3)");
  EXPECT_EQ(from_text(".5"), "0.5 (2)");
  EXPECT_EQ(from_text("5."), "5 (2)");
  EXPECT_EQ(from_text("12345678901234567890123456789012345678"), "12345678901234567890123456789012345678 (20)");
  EXPECT_EQ(from_text("-12345678901234567890123456789012345678"), "-12345678901234567890123456789012345678 (21)");
}

TEST(NumberText, PrecisionCountsSignificantDigitsOnly) {
  EXPECT_EQ(from_text("123456789012345678901234567890123456789"), "too precise");
  EXPECT_EQ(from_text("1234567890123456789012345678901234567800"), "1234567890123456789012345678901234567800 (20)");
  EXPECT_EQ(from_text("0.00000000000000000000012345678901234567890123456789012345678"),
            "0.00000000000000000000012345678901234567890123456789012345678 (21)");
  EXPECT_EQ(from_text("1.00000000000000000000000000000000000000"), "1 (2)");
  EXPECT_EQ(from_text("1.00000000000000000000000000000000000001"), "too precise");
}

TEST(NumberText, RangeIsOfTheWholeNumber) {
  EXPECT_EQ(from_text("1E125"), "1" + std::string(125, '0') + " (2)");
  EXPECT_EQ(from_text("9.9999999999999999999999999999999999999E125"), std::string(38, '9') + std::string(88, '0') + " (20)");
  EXPECT_EQ(from_text("1E126"), "out of range");
  EXPECT_EQ(from_text("-1E126"), "out of range");
  EXPECT_EQ(from_text("1E-130"), "0." + std::string(129, '0') + "1 (2)");
  // DynamoDB Local takes these: the magnitude is in range, whatever the last digit's place is.
  EXPECT_EQ(from_text("1.23E-130"), "0." + std::string(129, '0') + "123 (3)");
  EXPECT_EQ(from_text("9E-131"), "out of range");
  EXPECT_EQ(from_text("1E400"), "out of range");
  EXPECT_EQ(from_text("1E-400"), "out of range");
  EXPECT_EQ(from_text("0E400"), "0 (1)");
}

TEST(NumberText, WhatIsNoNumber) {
  for (const char* text : {"", "-", "+", ".", "e5", "1e", "1e+", "--1", "1.2.3", "0x10", " 1", "1 ", "1,5", "one", "1_000", "-.", "1e5.5"})
    EXPECT_EQ(from_text(text), "malformed") << text;
  EXPECT_EQ(from_text("NaN"), "nan");
  EXPECT_EQ(from_text("Infinity"), "infinite");
  EXPECT_EQ(from_text("-inf"), "infinite");
}

TEST(NumberText, Integers) {
  EXPECT_EQ(from_integer(0), "0 (1)");
  EXPECT_EQ(from_integer(0, true), "0 (1)");
  EXPECT_EQ(from_integer(7, true), "-7 (3)");
  EXPECT_EQ(from_integer(100), "100 (2)");
  EXPECT_EQ(from_integer(1010), "1010 (3)");
  EXPECT_EQ(from_integer(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615 (11)");
  EXPECT_EQ(from_integer(9'223'372'036'854'775'808U, true), "-9223372036854775808 (12)");
}

TEST(NumberText, FloatsAreShortestAtTheirWidth) {
  EXPECT_EQ(from_float(0.1), "0.1 (2)");
  EXPECT_EQ(from_float(0.1F, true), "0.1 (2)");
  EXPECT_EQ(from_float(0.1F), "0.10000000149011612 (10)");
  EXPECT_EQ(from_float(-0.0), "0 (1)");
  EXPECT_EQ(from_float(-2.5), "-2.5 (4)");
  EXPECT_EQ(from_float(1e20), "100000000000000000000 (2)");
  EXPECT_EQ(from_float(1.5e-7), "0.00000015 (2)");
  EXPECT_EQ(from_float(123456.789), "123456.789 (6)");
  EXPECT_EQ(from_float(16777216.0F, true), "16777216 (5)");
  EXPECT_EQ(from_float(1e300), "out of range");
  EXPECT_EQ(from_float(5e-324), "out of range");
  EXPECT_EQ(from_float(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(from_float(-std::numeric_limits<double>::infinity()), "infinite");
}

TEST(NumberText, WireNumbers) {
  EXPECT_EQ(from_wire(wire_of(0, 0, 2, {12, 3400})), "12.34 (3)");
  EXPECT_EQ(from_wire(wire_of(0, 0x4000, 2, {12, 3400})), "-12.34 (4)");
  EXPECT_EQ(from_wire(wire_of(0, 0, 2, {})), "0 (1)");
  EXPECT_EQ(from_wire(wire_of(2, 0, 0, {1})), "100000000 (2)");
  EXPECT_EQ(from_wire(wire_of(-3, 0, 12, {5})), "0.000000000005 (2)");
  EXPECT_EQ(from_wire(wire_of(1, 0, 4, {9999, 0, 1})), "99990000.0001 (7)");
  EXPECT_EQ(from_wire(wire_of(31, 0, 0, {99, 9999})),
            "99"
            "9999" +
                std::string(120, '0') + " (4)");
  EXPECT_EQ(from_wire(wire_of(31, 0, 0, {100})), "out of range");
  EXPECT_EQ(from_wire(wire_of(0, 0xC000, 0, {})), "nan");
  EXPECT_EQ(from_wire(wire_of(0, 0xD000, 0, {})), "infinite");
  EXPECT_EQ(from_wire(wire_of(0, 0xF000, 0, {})), "infinite");
  EXPECT_EQ(from_wire(wire_of(0, 0, 0, {10'000})), "malformed");
  EXPECT_EQ(from_wire(wire_of(0, 0x1234, 0, {1})), "malformed");
  EXPECT_EQ(from_wire(wire_of(6, 0, -1, {0, 72})), "malformed");
  EXPECT_EQ(from_wire("short"), "malformed");
}

// The short way through append_wire against the long one.
TEST(NumberText, WireNumbersAgreeWithDecimals) {
  std::mt19937 random(7);
  for (int round = 0; round < 40'000; ++round) {
    std::vector<int> digits(random() % 12);
    for (int& digit : digits) digit = static_cast<int>(random() % 3 == 0 ? random() % 10 * 1000 : random() % 10'000);
    const std::string wire = wire_of(static_cast<std::int16_t>(static_cast<int>(random() % 80) - 40), random() % 2 == 0 ? 0 : 0x4000,
                                     static_cast<std::int16_t>(random() % 60), digits);
    Buffer expected;
    ASSERT_EQ(append_wire_number(wire, expected), NumberForm::finite);
    const NumberCheck check = check_number(expected.view());
    Buffer out;
    const NumberText number = append_wire(wire, out);
    ASSERT_EQ(number.check.fit, check.fit) << expected.view();
    ASSERT_EQ(out.view(), check.fit == NumberFit::fits ? expected.view() : "") << expected.view();
    ASSERT_TRUE(check.fit != NumberFit::fits || number.check.size == check.size) << expected.view();
  }
}

TEST(NumberText, DecimalTextsAgreeWithDecimals) {
  std::mt19937 random(8);
  for (int round = 0; round < 40'000; ++round) {
    std::string text = random() % 3 == 0 ? "-" : "";
    for (std::size_t left = random() % 20; left > 0; --left) text += random() % 3 == 0 ? '0' : static_cast<char>('0' + random() % 10);
    if (random() % 2 == 0) text += '.';
    for (std::size_t left = 1 + random() % 30; left > 0; --left) text += random() % 3 == 0 ? '0' : static_cast<char>('0' + random() % 10);
    if (random() % 4 == 0) text += "e" + std::to_string(static_cast<int>(random() % 300) - 150);
    const std::string expected = canonical_text(*parse_decimal(text));
    const NumberCheck check = check_number(expected);
    Buffer out;
    const NumberText number = append_decimal_text(text, out);
    ASSERT_EQ(number.check.fit, check.fit) << text;
    ASSERT_EQ(out.view(), check.fit == NumberFit::fits ? expected : "") << text;
    ASSERT_TRUE(check.fit != NumberFit::fits || number.check.size == check.size) << text;
  }
}

// The short way through append_float against the digits of to_chars, around decimals and their neighbours.
TEST(NumberText, FloatsAreTheShortestDecimals) {
  std::mt19937_64 random(10);
  for (int round = 0; round < 40'000; ++round) {
    double value =
        static_cast<double>(static_cast<std::int64_t>(random()) >> (4 + random() % 58)) / std::pow(10.0, static_cast<double>(random() % 9));
    if (value != 0 && random() % 3 == 0) value = std::nextafter(value, random() % 2 == 0 ? 1e300 : -1e300);
    char text[400];
    const std::string shortest(text, std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr);
    Buffer out;
    ASSERT_TRUE(append_float(value, false, out).written()) << shortest;
    ASSERT_EQ(out.view(), canonical_text(*parse_decimal(shortest))) << shortest;
  }
}

TEST(NumberText, FloatsReadBackAsTheSameValue) {
  std::mt19937_64 random(9);
  int written = 0;
  for (int round = 0; round < 30'000; ++round) {
    const std::uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    Buffer out;
    if (!append_float(value, false, out).written()) {
      ASSERT_TRUE(std::fabs(value) >= 1e126 || std::fabs(value) < 1e-130) << value;
      continue;
    }
    double back = 0;
    std::from_chars(out.data(), out.data() + out.size(), back);
    ASSERT_EQ(back, value);
    ++written;
  }
  EXPECT_GT(written, 8'000);
}

}  // namespace
}  // namespace itemize::item
