// What must hold for any row: what is written is an item that counts what was said, and equal keys have equal texts.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/decimal.h"
#include "transform/testing.h"

namespace itemize::transform {
namespace {

using row::Cell;
using row::CellKind;
using row::Type;
using row::TypeKind;
using testing::type_of;

/// Values of every kind, good and bad ones, over an arena that outlives them.
class Generator {
 public:
  Generator(Arena& arena, unsigned seed) : arena_(arena), random_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  Cell value(Type& type, int depth = 0) {
    type = {};
    type.precision = static_cast<int>(below(8)) - 1;
    switch (below(depth < 3 ? 26 : 18)) {
      case 0:
        return depth == 0 ? Cell::null() : Cell::text("x");
      case 1:
        return Cell::boolean(below(2) == 1);
      case 2:
        return Cell::integer(static_cast<std::int64_t>(random_()) >> below(64));
      case 3:
        return Cell::make(CellKind::uint64, static_cast<std::int64_t>(random_() >> below(64)));
      case 4:
        return Cell::real(CellKind::float64, real());
      case 5:
        return Cell::real(CellKind::float32, static_cast<float>(real()));
      case 6:
        return view(CellKind::decimal_text, digits());
      case 7:
        return wire();
      case 8:
      case 9:
        return view(CellKind::text, text());
      case 10:
        return view(CellKind::bytes, text());
      case 11:
        return view(CellKind::uuid, "0123456789abcdef");
      case 12:
        return view(CellKind::json, document(0));
      case 13:
        return Cell::make(CellKind::date, moment() / 86'400'000'000);
      case 14:
        return Cell::make(below(2) == 0 ? CellKind::timestamp : CellKind::timestamp_tz, moment());
      case 15:
        return Cell::make(CellKind::time, static_cast<std::int64_t>(below(86'400'000'001)));
      case 16:
        return bits(type);
      case 17:
        return interval();
      case 18:
      case 19:
      case 20:
        return array(type, depth);
      case 21:
      case 22:
        return composite(type, depth);
      case 23:
        return map();
      case 24:
        return range(type, depth);
      default:
        return invalid();
    }
  }

 private:
  Cell view(CellKind kind, std::string_view bytes) { return Cell::view_of(kind, arena_.copy(bytes)); }
  double real() {
    return below(9) == 0 ? std::numeric_limits<double>::quiet_NaN()
                         : static_cast<double>(static_cast<std::int64_t>(random_())) / static_cast<double>(1 + below(100'000'000));
  }
  std::int64_t moment() {
    if (below(20) == 0) return row::time_infinity;
    return static_cast<std::int64_t>(below(8'000'000'000'000'000'000)) - 2'000'000'000'000'000'000;
  }
  std::string digits() {
    std::string number = below(2) == 0 ? "-" : "";
    for (std::uint64_t left = 1 + below(45); left > 0; --left) number += static_cast<char>('0' + below(10));
    if (below(2) == 0) number.insert(number.size() - below(number.size() - (number[0] == '-' ? 1 : 0)), ".");
    return below(30) == 0 ? "NaN" : number;
  }
  Cell wire() {
    const auto group = [this] { return static_cast<std::int16_t>(below(10'000)); };
    return testing::wire_decimal(arena_, static_cast<std::int16_t>(static_cast<int>(below(8)) - 4), below(2) == 0,
                                 static_cast<std::int16_t>(below(20)), {group(), group(), group()});
  }
  std::string text() {
    static constexpr std::string_view pieces[] = {"a", "word ", "\"", "\\", "\n", "é", "€", "😀", "\x01", "\xff"};
    std::string result;
    for (std::uint64_t left = below(12); left > 0; --left)
      result += pieces[below(below(6) == 0 ? std::size(pieces) : std::size(pieces) - 1)];
    return result;
  }
  std::string document(int depth) {
    switch (below(depth < 4 ? 7 : 5)) {
      case 0:
        return "null";
      case 1:
        return "true";
      case 2:
        return std::to_string(static_cast<std::int64_t>(random_()) >> below(60)) + ".50";
      case 3:
        return "\"\\u00e9\\n" + std::string(below(20), 'x') + "\"";
      case 4:
        return below(10) == 0 ? "{oops" : "1e3";
      case 5:
        return "[" + document(depth + 1) + "," + document(depth + 1) + "]";
      default:
        return "{\"a\":" + document(depth + 1) + ",\"" + (below(8) == 0 ? "a" : "b") + "\":" + document(depth + 1) + "}";
    }
  }
  Cell bits(Type& type) {
    type.kind = TypeKind::bits;
    type.is_varying = below(2) == 0;
    std::string result;
    for (std::uint64_t left = 1 + below(80); left > 0; --left) result += below(2) == 0 ? '0' : '1';
    return view(CellKind::bits, result);
  }
  Cell interval() {
    auto* place = arena_.allocate_array<row::Interval>(1);
    *place = {static_cast<std::int64_t>(random_()) >> 20, static_cast<std::int32_t>(random_()) >> 10,
              static_cast<std::int32_t>(random_()) >> 10};
    Cell cell;
    cell.kind = CellKind::interval;
    cell.interval = place;
    return cell;
  }
  Cell array(Type& type, int depth) {
    const std::uint64_t count = below(4);
    auto* cells = arena_.allocate_array<Cell>(count + 1);
    Type element;
    for (std::uint64_t index = 0; index < count; ++index) cells[index] = below(6) == 0 ? Cell::null() : value(element, depth + 1);
    type.kind = below(8) == 0 ? TypeKind::set : TypeKind::array;
    type.children = {element};
    return Cell::nested(CellKind::array, cells, count);
  }
  Cell composite(Type& type, int depth) {
    auto* cells = arena_.allocate_array<Cell>(2);
    type.kind = TypeKind::composite;
    type.children.resize(2);
    for (std::size_t index = 0; index < 2; ++index) cells[index] = value(type.children[index], depth + 1);
    if (below(2) == 0) type.children[0].field = "first";
    return Cell::nested(CellKind::composite, cells, 2);
  }
  Cell map() {
    auto* cells = arena_.allocate_array<Cell>(4);
    cells[0] = Cell::text(below(9) == 0 ? "" : "k\"1");
    cells[1] = view(CellKind::text, text());
    cells[2] = Cell::text("k2");
    cells[3] = Cell::null();
    return Cell::nested(CellKind::map, cells, 2);
  }
  Cell range(Type& type, int depth) {
    auto* cells = arena_.allocate_array<Cell>(2);
    type.kind = TypeKind::range;
    type.children.resize(1);
    cells[0] = below(3) == 0 ? Cell::null() : value(type.children[0], depth + 1);
    cells[1] = below(3) == 0 ? Cell::null() : Cell::integer(static_cast<std::int64_t>(below(100)));
    Cell cell = Cell::nested(CellKind::range, cells, 1);
    cell.flags = static_cast<std::uint8_t>(below(8));
    return cell;
  }
  Cell invalid() {
    Cell cell = Cell::view_of(CellKind::invalid, "could not be read");
    cell.flags = static_cast<std::uint8_t>(1 + below(3));
    return cell;
  }

  Arena& arena_;
  std::mt19937_64 random_;
};

constexpr std::string_view model_text =
    "itemize: 1\nsource: sqlite:x.db\ntables: { target: { partition_key: { PK: S }, sort_key: { SK: N } } }\n"
    "items: { Thing: { table: target, from: t, key: { PK: \"T#{id}\", SK: \"{id}\" } } }\nnulls: write\n";

TEST(TransformProperty, WhatIsWrittenIsAnItemThatCountsWhatWasSaid) {
  Arena arena;
  Generator generate(arena, 1);
  std::size_t written = 0, rejected = 0;
  for (std::int64_t round = 0; round < 3'000; ++round) {
    Type a, b, c;
    const std::vector<Cell> row{Cell::integer(round), generate.value(a), generate.value(b), generate.value(c)};
    // Kinds of columns that the model would refuse do not come from sources: types matter for elements and precision only.
    const testing::Fixture fixture(std::string(model_text),
                                   testing::table_of("t", {{"id", type_of(TypeKind::integer)}, {"a", a}, {"b", b}, {"c", c}}),
                                   {"", "", true});
    ASSERT_TRUE(fixture.program) << fixture.problem;
    const testing::Outcome outcome = testing::run(fixture, testing::rows_of({row}));
    ASSERT_EQ(outcome.rejections.size() + outcome.table().puts.size(), 1U);
    if (!outcome.rejections.empty()) {
      ++rejected;
      ASSERT_FALSE(outcome.rejections[0].rejection.sentence.empty());
      ASSERT_FALSE(outcome.rejections[0].rejection.attribute.empty());
      ASSERT_TRUE(outcome.table().text.empty());
      continue;
    }
    ++written;
    const item::Put& put = outcome.table().puts[0];
    const Result<item::Item> item = item::parse_item(outcome.table().framed(put));
    ASSERT_TRUE(item) << item.error().to_string() << ": " << outcome.table().framed(put);
    ASSERT_EQ(item::size_of(*item), put.item_size) << outcome.table().framed(put);
    ASSERT_EQ(outcome.table().key(put),
              "{\"PK\":{\"S\":\"T#" + std::to_string(round) + "\"},\"SK\":{\"N\":\"" + std::to_string(round) + "\"}}");
    ASSERT_TRUE(json::parse(outcome.table().origin(put)));
    if (round % 500 == 0) arena.reset();
  }
  EXPECT_GT(written, 1'200U);
  EXPECT_GT(rejected, 450U);
}

TEST(TransformProperty, EqualNumbersAreEqualKeys) {
  const testing::Fixture fixture(
      "itemize: 1\nsource: sqlite:x.db\ntables: { target: { partition_key: { PK: N } } }\nitems: { Thing: { table: target, from: t, key: { "
      "PK: \"{id}\" }, columns: none } }\n",
      testing::table_of("t", {{"id", type_of(TypeKind::dynamic)}}));
  ASSERT_TRUE(fixture.program) << fixture.problem;
  std::mt19937 random(2);
  for (int round = 0; round < 500; ++round) {
    Arena arena;
    const auto group = static_cast<std::int16_t>(1 + random() % 9999);
    const std::string whole = std::to_string(group);
    const std::int64_t number = group;
    const std::vector<Cell> same{Cell::integer(number),
                                 Cell::make(CellKind::uint64, number),
                                 Cell::real(CellKind::float64, static_cast<double>(number)),
                                 testing::wire_decimal(arena, 0, false, 4, {group}),
                                 Cell::view_of(CellKind::decimal_text, arena.copy(whole + ".000")),
                                 Cell::view_of(CellKind::decimal_text, arena.copy(whole)),
                                 Cell::text(arena.copy("00" + whole)),
                                 Cell::text(arena.copy(whole + "0e-1"))};
    row::RowBatch rows(1);
    for (const Cell& cell : same) *rows.add_row() = cell;
    const testing::Outcome outcome = testing::run(fixture, rows);
    ASSERT_EQ(outcome.table().puts.size(), same.size());
    for (const std::string& text : outcome.texts()) ASSERT_EQ(text, "{\"PK\":{\"N\":\"" + whole + "\"}}");
  }
}

}  // namespace
}  // namespace itemize::transform
