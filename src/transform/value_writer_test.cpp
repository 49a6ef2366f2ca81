// DESIGN.md's "Types": what each kind of value becomes, and what it counts.
#include "transform/value_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "item/dynamodb_json.h"
#include "transform/testing.h"

namespace itemize::transform {
namespace {

using model::WriteAs;
using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;
using testing::type_of;

/// The value's JSON; "absent"; or the reason why it is refused. The size is checked against the item's own.
std::string written(const Cell& cell, const Type& type = {}, WriteAs as = WriteAs::automatic) {
  Buffer out;
  ValueOutput output{out, 0, {}};
  switch (write_value_as(cell, type, as, output)) {
    case Written::absent:
      return "absent";
    case Written::refused:
      return std::string(item::reason_name(output.rejection.reason));
    case Written::value:
      break;
  }
  const Result<item::Item> item = item::parse_item("{\"x\":" + std::string(out.view()) + "}");
  if (!item) return "not an item: " + std::string(out.view()) + ": " + item.error().to_string();
  if (item::size_of(*item) - 1 != output.size)
    return "counted " + std::to_string(output.size) + " instead of " + std::to_string(item::size_of(*item) - 1);
  return std::string(out.view());
}

std::string json(std::string_view text, WriteAs as = WriteAs::automatic) {
  return written(Cell::view_of(CellKind::json, text), type_of(TypeKind::json), as);
}
Cell bits(std::string_view text) { return Cell::view_of(CellKind::bits, text); }
Cell decimal(std::string_view text) { return Cell::view_of(CellKind::decimal_text, text); }

Type array_of(Type element) {
  Type type = type_of(TypeKind::array, "array");
  type.children.push_back(std::move(element));
  return type;
}

TEST(ValueWriter, Scalars) {
  EXPECT_EQ(written(Cell::text("añb\"")), R"({"S":"añb\""})");
  EXPECT_EQ(written(Cell::text("")), R"({"S":""})");
  EXPECT_EQ(written(Cell::text("padded    ")), R"({"S":"padded    "})");
  EXPECT_EQ(written(Cell::boolean(true)), R"({"BOOL":true})");
  EXPECT_EQ(written(Cell::integer(-42)), R"({"N":"-42"})");
  EXPECT_EQ(written(Cell::integer(std::numeric_limits<std::int64_t>::min())), R"({"N":"-9223372036854775808"})");
  EXPECT_EQ(written(Cell::make(CellKind::uint64, -1)), R"({"N":"18446744073709551615"})");
  EXPECT_EQ(written(decimal("12.50")), R"({"N":"12.5"})");
  EXPECT_EQ(written(Cell::real(CellKind::float32, 0.1F)), R"({"N":"0.1"})");
  EXPECT_EQ(written(Cell::real(CellKind::float64, 0.1F)), R"({"N":"0.10000000149011612"})");
  EXPECT_EQ(written(Cell::view_of(CellKind::bytes, std::string_view("\0\xff", 2))), R"({"B":"AP8="})");
  EXPECT_EQ(written(Cell::view_of(CellKind::bytes, "")), R"({"B":""})");
  EXPECT_EQ(written(Cell::view_of(CellKind::uuid, std::string_view("\0\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff", 16))),
            R"({"S":"00112233-4455-6677-8899-aabbccddeeff"})");
  EXPECT_EQ(written(Cell::null()), R"({"NULL":true})");
}

TEST(ValueWriter, WhatNoNumberOfDynamoDbCanHold) {
  EXPECT_EQ(written(Cell::real(CellKind::float64, std::nan(""))), "not_a_number");
  EXPECT_EQ(written(Cell::real(CellKind::float32, -std::numeric_limits<float>::infinity())), "infinite");
  EXPECT_EQ(written(Cell::real(CellKind::float64, 1e200)), "number_range");
  EXPECT_EQ(written(decimal("NaN")), "not_a_number");
  EXPECT_EQ(written(decimal("-Infinity")), "infinite");
  EXPECT_EQ(written(decimal("1" + std::string(126, '0'))), "number_range");
  EXPECT_EQ(written(decimal("123456789012345678901234567890.123456789")), "number_precision");
  EXPECT_EQ(written(Cell::view_of(CellKind::decimal_wire, "bad")), "invalid_value");
}

TEST(ValueWriter, TextMustBeUtf8) {
  EXPECT_EQ(written(Cell::text("\xff")), "invalid_utf8");
  EXPECT_EQ(written(Cell::text(std::string_view("nul\0", 4))), "{\"S\":\"nul\\u0000\"}");
}

TEST(ValueWriter, DatesAndTimes) {
  const Type micros = type_of(TypeKind::timestamp, "timestamp");
  const Type millis = type_of(TypeKind::timestamp, "timestamp", 3);
  const auto day = [](std::int64_t year, int month, int date) { return days_from_civil({year, month, date}); };
  EXPECT_EQ(written(Cell::make(CellKind::date, day(2024, 2, 29))), R"({"S":"2024-02-29"})");
  EXPECT_EQ(written(Cell::make(CellKind::date, day(-43, 3, 15))), R"({"S":"-0043-03-15"})");
  EXPECT_EQ(written(Cell::make(CellKind::date, day(12345, 1, 1))), R"({"S":"+12345-01-01"})");
  EXPECT_EQ(written(Cell::make(CellKind::date, row::time_infinity)), "infinite");
  EXPECT_EQ(written(Cell::make(CellKind::timestamp, row::time_minus_infinity), micros), "infinite");
  EXPECT_EQ(written(Cell::make(CellKind::timestamp, 1), micros), R"({"S":"1970-01-01T00:00:00.000001"})");
  EXPECT_EQ(written(Cell::make(CellKind::timestamp, -1), micros), R"({"S":"1969-12-31T23:59:59.999999"})");
  EXPECT_EQ(written(Cell::make(CellKind::timestamp_tz, 1'500'000), millis), R"({"S":"1970-01-01T00:00:01.500Z"})");
  EXPECT_EQ(written(Cell::make(CellKind::timestamp_tz, 0), type_of(TypeKind::timestamp_tz, "", 0)), R"({"S":"1970-01-01T00:00:00Z"})");
  EXPECT_EQ(written(Cell::make(CellKind::time, 86'400'000'000)), R"({"S":"24:00:00.000000"})");
  EXPECT_EQ(written(Cell::make(CellKind::time, -3'020'399'000'000), type_of(TypeKind::time, "", 0)), R"({"S":"-838:59:59"})");
  Cell time_tz = Cell::make(CellKind::time_tz, 3'600'000'000);
  time_tz.size = static_cast<std::uint32_t>(-19'800);
  EXPECT_EQ(written(time_tz, type_of(TypeKind::time_tz, "", 0)), R"({"S":"01:00:00-05:30"})");
  const row::Interval interval{-1'500'000, 3, 14};
  Cell cell;
  cell.kind = CellKind::interval;
  cell.interval = &interval;
  EXPECT_EQ(written(cell), R"({"S":"P1Y2M3DT-1.5S"})");
}

TEST(ValueWriter, Bits) {
  Type fixed = type_of(TypeKind::bits, "bit");
  Type varying = fixed;
  varying.is_varying = true;
  EXPECT_EQ(written(bits("101"), fixed), R"({"N":"5"})");
  EXPECT_EQ(written(bits("0"), fixed), R"({"N":"0"})");
  EXPECT_EQ(written(bits(std::string(64, '1')), fixed), R"({"N":"18446744073709551615"})");
  const std::string many(65, '1');
  EXPECT_EQ(written(bits(many), fixed), R"({"S":")" + many + R"("})");
  EXPECT_EQ(written(bits(many), fixed, WriteAs::N), "type_mismatch");
  EXPECT_EQ(written(bits("101"), varying), R"({"S":"101"})");
  EXPECT_EQ(written(bits(""), varying), R"({"S":""})");
  EXPECT_EQ(written(bits("1"), fixed, WriteAs::BOOL), R"({"BOOL":true})");
  EXPECT_EQ(written(bits("10"), fixed, WriteAs::BOOL), "type_mismatch");
}

TEST(ValueWriter, Arrays) {
  const std::array inner{Cell::integer(1), Cell::null(), Cell::integer(3)};
  const Type integers = array_of(type_of(TypeKind::integer));
  EXPECT_EQ(written(Cell::nested(CellKind::array, inner.data(), 3), integers), R"({"L":[{"N":"1"},{"NULL":true},{"N":"3"}]})");
  EXPECT_EQ(written(Cell::nested(CellKind::array, nullptr, 0), integers), R"({"L":[]})");
  const std::array outer{Cell::nested(CellKind::array, inner.data(), 1), Cell::nested(CellKind::array, inner.data() + 2, 1)};
  EXPECT_EQ(written(Cell::nested(CellKind::array, outer.data(), 2), integers), R"({"L":[{"L":[{"N":"1"}]},{"L":[{"N":"3"}]}]})");
  // The elements' type is known in every dimension.
  const std::array times{Cell::make(CellKind::timestamp, 0)};
  const std::array rows{Cell::nested(CellKind::array, times.data(), 1)};
  EXPECT_EQ(written(Cell::nested(CellKind::array, rows.data(), 1), array_of(type_of(TypeKind::timestamp, "", 0))),
            R"({"L":[{"L":[{"S":"1970-01-01T00:00:00"}]}]})");
  const std::array nan{Cell::real(CellKind::float64, std::nan(""))};
  EXPECT_EQ(written(Cell::nested(CellKind::array, nan.data(), 1), array_of(type_of(TypeKind::float64))), "not_a_number");
}

TEST(ValueWriter, Sets) {
  const Type texts = array_of(type_of(TypeKind::text));
  const std::array words{Cell::text("b"), Cell::text("a"), Cell::text("b")};
  EXPECT_EQ(written(Cell::nested(CellKind::array, words.data(), 2), texts, WriteAs::SS), R"({"SS":["b","a"]})");
  EXPECT_EQ(written(Cell::nested(CellKind::array, words.data(), 3), texts, WriteAs::SS), "duplicate_attribute");
  EXPECT_EQ(written(Cell::nested(CellKind::array, nullptr, 0), texts, WriteAs::SS), "absent");
  EXPECT_EQ(written(Cell::nested(CellKind::array, words.data(), 2), texts, WriteAs::NS), "type_mismatch");
  const std::array with_null{Cell::text("a"), Cell::null()};
  EXPECT_EQ(written(Cell::nested(CellKind::array, with_null.data(), 2), texts, WriteAs::SS), "type_mismatch");
  const std::array numbers{decimal("1.0"), Cell::integer(2), decimal("-0.50"), Cell::integer(1)};
  const Type decimals = array_of(type_of(TypeKind::decimal));
  EXPECT_EQ(written(Cell::nested(CellKind::array, numbers.data(), 3), decimals, WriteAs::NS), R"({"NS":["1","2","-0.5"]})");
  EXPECT_EQ(written(Cell::nested(CellKind::array, numbers.data(), 4), decimals, WriteAs::NS), "duplicate_attribute");
  const std::array blobs{Cell::view_of(CellKind::bytes, "f"), Cell::view_of(CellKind::bytes, "")};
  EXPECT_EQ(written(Cell::nested(CellKind::array, blobs.data(), 2), array_of(type_of(TypeKind::bytes)), WriteAs::BS),
            R"({"BS":["Zg==",""]})");
  // MySQL's SET is one by itself.
  EXPECT_EQ(written(Cell::nested(CellKind::array, words.data(), 2), type_of(TypeKind::set)), R"({"SS":["b","a"]})");
  EXPECT_EQ(written(Cell::nested(CellKind::array, nullptr, 0), type_of(TypeKind::set)), "absent");
}

TEST(ValueWriter, SetsOfJsonLists) {
  EXPECT_EQ(json(R"(["a","b"])", WriteAs::SS), R"({"SS":["a","b"]})");
  EXPECT_EQ(json(R"([1, 2.50, "3"])", WriteAs::NS), R"({"NS":["1","2.5","3"]})");
  EXPECT_EQ(json("[]", WriteAs::SS), "absent");
  EXPECT_EQ(json(R"(["a","a"])", WriteAs::SS), "duplicate_attribute");
  EXPECT_EQ(json("[1]", WriteAs::SS), "type_mismatch");
  EXPECT_EQ(json(R"({"a":1})", WriteAs::SS), "type_mismatch");
  EXPECT_EQ(json("[", WriteAs::NS), "invalid_json");
}

TEST(ValueWriter, CompositesMapsAndRanges) {
  Type point = type_of(TypeKind::composite, "point");
  point.children = {type_of(TypeKind::integer), type_of(TypeKind::timestamp, "", 0), type_of(TypeKind::text)};
  point.children[0].field = "x";
  point.children[1].field = "at";
  const std::array fields{Cell::integer(1), Cell::make(CellKind::timestamp, 0), Cell::null()};
  EXPECT_EQ(written(Cell::nested(CellKind::composite, fields.data(), 3), point),
            R"({"M":{"x":{"N":"1"},"at":{"S":"1970-01-01T00:00:00"},"f3":{"NULL":true}}})");

  const std::array entries{Cell::text("a\"b"), Cell::text("1"), Cell::text("c"), Cell::null()};
  EXPECT_EQ(written(Cell::nested(CellKind::map, entries.data(), 2), type_of(TypeKind::map)),
            R"({"M":{"a\"b":{"S":"1"},"c":{"NULL":true}}})");
  const std::array empty_key{Cell::text(""), Cell::text("1")};
  EXPECT_EQ(written(Cell::nested(CellKind::map, empty_key.data(), 1)), "map_key_empty");

  Type days = type_of(TypeKind::range, "daterange");
  days.children = {type_of(TypeKind::date)};
  const std::array bounds{Cell::make(CellKind::date, 0), Cell::null()};
  Cell range = Cell::nested(CellKind::range, bounds.data(), 1);
  range.flags = row::range_lower_inclusive;
  EXPECT_EQ(written(range, days), R"({"M":{"lower":{"S":"1970-01-01"},"lower_inclusive":{"BOOL":true}}})");
  const std::array both{Cell::integer(1), Cell::integer(10)};
  range = Cell::nested(CellKind::range, both.data(), 1);
  EXPECT_EQ(written(range, type_of(TypeKind::range)),
            R"({"M":{"lower":{"N":"1"},"lower_inclusive":{"BOOL":false},"upper":{"N":"10"},"upper_inclusive":{"BOOL":false}}})");
  range.flags = row::range_empty;
  EXPECT_EQ(written(range, type_of(TypeKind::range)), R"({"M":{"empty":{"BOOL":true}}})");
  const std::array ranges{range};
  Type multirange = type_of(TypeKind::multirange);
  multirange.children = {type_of(TypeKind::range)};
  EXPECT_EQ(written(Cell::nested(CellKind::array, ranges.data(), 1), multirange), R"({"L":[{"M":{"empty":{"BOOL":true}}}]})");
}

TEST(ValueWriter, InvalidCellsSayWhy) {
  Cell cell = Cell::view_of(CellKind::invalid, "0000-00-00 is no date");
  cell.flags = row::invalid_zero_date;
  EXPECT_EQ(written(cell), "invalid_date");
  EXPECT_EQ(written(cell, {}, WriteAs::S), "invalid_date");
  cell.flags = row::invalid_utf8;
  EXPECT_EQ(written(cell), "invalid_utf8");
  cell.flags = row::invalid_value;
  EXPECT_EQ(written(cell, {}, WriteAs::N), "invalid_value");
}

TEST(ValueWriter, PoliciesForStringsNumbersAndBinary) {
  EXPECT_EQ(written(Cell::integer(7), {}, WriteAs::S), R"({"S":"7"})");
  EXPECT_EQ(written(decimal("1.50"), {}, WriteAs::S), R"({"S":"1.50"})");
  EXPECT_EQ(written(Cell::real(CellKind::float64, 1e20), {}, WriteAs::S), R"({"S":"1e+20"})");
  EXPECT_EQ(written(Cell::boolean(false), {}, WriteAs::S), R"({"S":"false"})");
  EXPECT_EQ(written(Cell::view_of(CellKind::bytes, "\x01"), {}, WriteAs::S), R"({"S":"\\x01"})");
  EXPECT_EQ(written(Cell::view_of(CellKind::json, "{\"a\": 1}"), {}, WriteAs::S), R"({"S":"{\"a\": 1}"})");
  EXPECT_EQ(written(Cell::text("1e2"), {}, WriteAs::N), R"({"N":"100"})");
  EXPECT_EQ(written(Cell::text("abc"), {}, WriteAs::N), "type_mismatch");
  EXPECT_EQ(written(Cell::boolean(true), {}, WriteAs::N), R"({"N":"1"})");
  EXPECT_EQ(written(Cell::make(CellKind::date, 0), {}, WriteAs::N), "type_mismatch");
  EXPECT_EQ(written(Cell::text("foo"), {}, WriteAs::B), R"({"B":"Zm9v"})");
  EXPECT_EQ(written(Cell::view_of(CellKind::uuid, "0123456789abcdef"), {}, WriteAs::B), R"({"B":"MDEyMzQ1Njc4OWFiY2RlZg=="})");
  EXPECT_EQ(written(Cell::integer(1), {}, WriteAs::B), "type_mismatch");
  EXPECT_EQ(written(Cell::integer(1), {}, WriteAs::L), "type_mismatch");
  EXPECT_EQ(written(Cell::integer(1), {}, WriteAs::M), "type_mismatch");
}

TEST(ValueWriter, PoliciesForBooleans) {
  for (const char* yes : {"true", "T", "yes", "Y", "on", "1", "Y   "})
    EXPECT_EQ(written(Cell::text(yes), {}, WriteAs::BOOL), R"({"BOOL":true})") << yes;
  for (const char* no : {"false", "f", "No", "n", "OFF", "0"})
    EXPECT_EQ(written(Cell::text(no), {}, WriteAs::BOOL), R"({"BOOL":false})") << no;
  for (const char* neither : {"", "2", "ja", "tru", "yes no"})
    EXPECT_EQ(written(Cell::text(neither), {}, WriteAs::BOOL), "type_mismatch") << neither;
  EXPECT_EQ(written(Cell::integer(1), {}, WriteAs::BOOL), R"({"BOOL":true})");
  EXPECT_EQ(written(Cell::integer(2), {}, WriteAs::BOOL), "type_mismatch");
  EXPECT_EQ(written(Cell::integer(-1), {}, WriteAs::BOOL), "type_mismatch");
  EXPECT_EQ(written(decimal("1.00"), {}, WriteAs::BOOL), R"({"BOOL":true})");
  EXPECT_EQ(written(decimal("0"), {}, WriteAs::BOOL), R"({"BOOL":false})");
  EXPECT_EQ(written(decimal("0.5"), {}, WriteAs::BOOL), "type_mismatch");
  EXPECT_EQ(written(Cell::real(CellKind::float64, 1), {}, WriteAs::BOOL), R"({"BOOL":true})");
}

TEST(ValueWriter, Documents) {
  EXPECT_EQ(json(R"({"a":1.50,"b":[true,null,"x"],"c":{}})"),
            R"({"M":{"a":{"N":"1.5"},"b":{"L":[{"BOOL":true},{"NULL":true},{"S":"x"}]},"c":{"M":{}}}})");
  EXPECT_EQ(json("null"), R"({"NULL":true})");
  EXPECT_EQ(json("\"text\""), R"({"S":"text"})");
  EXPECT_EQ(json(" 12 "), R"({"N":"12"})");
  EXPECT_EQ(json(R"("\u00e9\ud83d\ude00\n")"), R"({"S":"é😀\n"})");
  EXPECT_EQ(json("-0.0"), R"({"N":"0"})");
  EXPECT_EQ(json(R"({"":1})"), "map_key_empty");
  EXPECT_EQ(json(R"({"a":1,"a":2})"), "duplicate_attribute");
  EXPECT_EQ(json(R"({"a":1,"\u0061":2})"), "duplicate_attribute");
  EXPECT_EQ(json(R"({"a":{"a":1},"b":{"a":1}})"), R"({"M":{"a":{"M":{"a":{"N":"1"}}},"b":{"M":{"a":{"N":"1"}}}}})");
  EXPECT_EQ(json("1E400"), "number_range");
  EXPECT_EQ(json("1E999999"), "number_range");
  EXPECT_EQ(json("[1234567890123456789012345678901234567890.5]"), "number_precision");
  EXPECT_EQ(json("{"), "invalid_json");
  EXPECT_EQ(json(""), "invalid_json");
  EXPECT_EQ(json("[1] 2"), "invalid_json");
  EXPECT_EQ(json(R"("\ud800")"), "invalid_json");
  EXPECT_EQ(json("[01]"), "invalid_json");
  EXPECT_EQ(json("\"\xff\""), "invalid_json");
}

TEST(ValueWriter, DocumentsWithManyKeysKnowTheirDuplicates) {
  for (const int count : {10, 24, 25, 200}) {
    std::string text = "{";
    for (int key = 0; key < count; ++key) text += "\"key" + std::to_string(key) + "\":{\"x\":1},";
    EXPECT_EQ(json(text + "\"last\":0}").substr(0, 5), "{\"M\":") << count;
    EXPECT_EQ(json(text + "\"key0\":0}"), "duplicate_attribute") << count;
    EXPECT_EQ(json(text + "\"key" + std::to_string(count - 1) + "\":0}"), "duplicate_attribute") << count;
  }
}

TEST(ValueWriter, DocumentsAreAsDeepAsDynamoDbTakesThem) {
  const auto lists = [](int levels) {
    return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
  };
  EXPECT_EQ(json(lists(31)).substr(0, 5), "{\"L\":");
  EXPECT_EQ(json(lists(32)), "document_depth");
  EXPECT_EQ(json(lists(5000)), "document_depth");
  // Within an array of documents there is one level less.
  const std::string deep = lists(31);
  const std::array documents{Cell::view_of(CellKind::json, deep)};
  EXPECT_EQ(written(Cell::nested(CellKind::array, documents.data(), 1), array_of(type_of(TypeKind::json))), "document_depth");
}

TEST(ValueWriter, DocumentPolicies) {
  EXPECT_EQ(written(Cell::text("{\"a\":1}"), {}, WriteAs::document), R"({"M":{"a":{"N":"1"}}})");
  EXPECT_EQ(written(Cell::text("not json"), {}, WriteAs::document), "invalid_json");
  EXPECT_EQ(json("[1]", WriteAs::L), R"({"L":[{"N":"1"}]})");
  EXPECT_EQ(json("{}", WriteAs::L), "type_mismatch");
  EXPECT_EQ(json("{}", WriteAs::M), R"({"M":{}})");
  EXPECT_EQ(json("1", WriteAs::M), "type_mismatch");
}

TEST(ValueWriter, HugeValuesStopEarly) {
  const std::string huge(500'000, 'x');
  EXPECT_EQ(written(Cell::text(huge)), "item_too_large");
  EXPECT_EQ(written(Cell::view_of(CellKind::bytes, huge)), "item_too_large");
  const std::vector<Cell> many(600'000, Cell::integer(7));
  Buffer out;
  ValueOutput output{out, 0, {}};
  EXPECT_EQ(write_value(Cell::nested(CellKind::array, many.data(), many.size()), array_of(type_of(TypeKind::integer)), 0, output),
            Written::refused);
  EXPECT_EQ(output.rejection.reason, item::Reason::item_too_large);
  EXPECT_LT(out.size(), 3'000'000U);
}

}  // namespace
}  // namespace itemize::transform
