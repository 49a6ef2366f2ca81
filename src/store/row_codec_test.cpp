#include "store/row_codec.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace itemize::store {
namespace {

using row::Cell;
using row::CellKind;

bool same(const Cell& a, const Cell& b) {
  if (a.kind != b.kind || a.flags != b.flags) return false;
  switch (a.kind) {
    case CellKind::null:
      return true;
    case CellKind::float32:
    case CellKind::float64:
      return std::memcmp(&a.d, &b.d, sizeof a.d) == 0;
    case CellKind::interval:
      return a.interval->microseconds == b.interval->microseconds && a.interval->days == b.interval->days &&
             a.interval->months == b.interval->months;
    case CellKind::decimal_text:
    case CellKind::decimal_wire:
    case CellKind::text:
    case CellKind::bytes:
    case CellKind::uuid:
    case CellKind::json:
    case CellKind::bits:
    case CellKind::invalid:
      return a.view() == b.view();
    case CellKind::array:
    case CellKind::composite:
    case CellKind::map:
    case CellKind::range: {
      if (a.size != b.size) return false;
      const auto left = a.children();
      const auto right = b.children();
      for (std::size_t index = 0; index < left.size(); ++index)
        if (!same(left[index], right[index])) return false;
      return true;
    }
    default:
      return a.i == b.i && (a.kind != CellKind::time_tz || a.size == b.size);
  }
}

/// Any cell that a source could make.
class Maker {
 public:
  Maker(std::uint64_t seed, Arena& arena) : random_(seed), arena_(arena) {}

  Cell cell(int levels = 0) {
    const auto kind = static_cast<CellKind>(random_() % (static_cast<unsigned>(CellKind::invalid) + 1));
    Cell cell;
    switch (kind) {
      case CellKind::null:
        return cell;
      case CellKind::float32:
      case CellKind::float64:
        cell = Cell::real(kind, std::bit_cast<double>(random_()));
        break;
      case CellKind::interval: {
        auto* interval = arena_.allocate_array<row::Interval>(1);
        *interval = {number(), static_cast<std::int32_t>(number()), static_cast<std::int32_t>(number())};
        cell.interval = interval;
        cell.kind = kind;
        break;
      }
      case CellKind::decimal_text:
      case CellKind::decimal_wire:
      case CellKind::text:
      case CellKind::bytes:
      case CellKind::uuid:
      case CellKind::json:
      case CellKind::bits:
      case CellKind::invalid:
        cell = Cell::view_of(kind, text());
        break;
      case CellKind::array:
      case CellKind::composite:
      case CellKind::map:
      case CellKind::range: {
        if (levels > 3) return cell;
        const std::size_t count = kind == CellKind::range ? 1 : random_() % 5;
        cell = Cell::nested(kind, nullptr, count);
        Cell* cells = arena_.allocate_array<Cell>(cell.children().size());
        for (std::size_t index = 0; index < cell.children().size(); ++index) cells[index] = this->cell(levels + 1);
        cell.cells = cells;
        break;
      }
      default:
        cell = Cell::make(kind, number());
        if (kind == CellKind::time_tz) cell.size = static_cast<std::uint32_t>(random_());
    }
    cell.flags = static_cast<std::uint8_t>(random_() % 8);
    return cell;
  }

 private:
  std::int64_t number() { return static_cast<std::int64_t>(random_() >> (random_() % 64)) * (random_() % 2 == 0 ? 1 : -1); }
  std::string_view text() {
    std::string bytes(random_() % 3 == 0 ? random_() % 2000 : random_() % 20, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return arena_.copy(bytes);
  }
  std::mt19937_64 random_;
  Arena& arena_;
};

std::vector<std::int32_t> all_of(std::size_t count) {
  std::vector<std::int32_t> places(count);
  std::iota(places.begin(), places.end(), 0);
  return places;
}

TEST(RowCodec, GivesBackEveryKindOfCell) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Arena arena;
    Maker maker(seed, arena);
    std::vector<Cell> cells;
    for (std::size_t index = 0; index < 1 + seed % 20; ++index) cells.push_back(maker.cell());
    Buffer bytes;
    append_row(cells, bytes);
    append_row(cells, bytes);
    std::string_view rest = bytes.view();
    Arena decoded;
    for (int time = 0; time < 2; ++time) {
      std::vector<Cell> out(cells.size());
      ASSERT_TRUE(read_row(rest, all_of(cells.size()), out.data(), decoded));
      for (std::size_t index = 0; index < cells.size(); ++index)
        ASSERT_TRUE(same(cells[index], out[index])) << "seed " << seed << " cell " << index;
    }
    EXPECT_TRUE(rest.empty());
  }
}

TEST(RowCodec, KeepsTheEndsOfEveryWidth) {
  const std::vector<Cell> cells{Cell::integer(std::numeric_limits<std::int64_t>::min()),
                                Cell::integer(std::numeric_limits<std::int64_t>::max()),
                                Cell::integer(-1),
                                Cell::make(CellKind::uint64, -1),
                                Cell::make(CellKind::timestamp, row::time_infinity),
                                Cell::make(CellKind::date, row::time_minus_infinity)};
  Buffer bytes;
  append_row(cells, bytes);
  std::string_view rest = bytes.view();
  std::vector<Cell> out(cells.size());
  Arena arena;
  ASSERT_TRUE(read_row(rest, all_of(cells.size()), out.data(), arena));
  for (std::size_t index = 0; index < cells.size(); ++index) EXPECT_EQ(out[index].i, cells[index].i) << index;
}

TEST(RowCodec, LeavesOutWhatIsNotWanted) {
  Buffer bytes;
  append_row(std::vector{Cell::integer(1), Cell::text("two"), Cell::integer(3)}, bytes);
  std::string_view rest = bytes.view();
  Cell out[2];
  Arena arena;
  ASSERT_TRUE(read_row(rest, std::vector<std::int32_t>{1, nowhere, 0}, out, arena));
  EXPECT_EQ(out[0].i, 3);
  EXPECT_EQ(out[1].i, 1);
}

TEST(RowCodec, RefusesWhatIsCutOffAnywhere) {
  Arena arena;
  Maker maker(7, arena);
  std::vector<Cell> cells;
  for (int index = 0; index < 30; ++index) cells.push_back(maker.cell());
  Buffer bytes;
  append_row(cells, bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::unique_ptr<char[]> copy(new char[size]);
    std::memcpy(copy.get(), bytes.data(), size);
    std::string_view rest(copy.get(), size);
    std::vector<Cell> out(cells.size());
    EXPECT_FALSE(read_row(rest, all_of(cells.size()), out.data(), arena)) << size;
  }
}

TEST(RowCodec, RefusesValuesNestedTooDeep) {
  // An array of one array of one array...
  std::string bytes;
  for (int level = 0; level < 100'000; ++level) bytes += std::string({static_cast<char>(CellKind::array), 1});
  std::string_view rest = bytes;
  Cell out;
  Arena arena;
  EXPECT_FALSE(read_row(rest, all_of(1), &out, arena));
}

}  // namespace
}  // namespace itemize::store
