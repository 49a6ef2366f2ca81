#include "store/row_codec.h"

#include <cstring>

namespace itemize::store {
namespace {

using row::Cell;
using row::CellKind;

constexpr unsigned kind_bits = 5;
constexpr unsigned kind_mask = (1U << kind_bits) - 1;
static_assert(static_cast<unsigned>(CellKind::invalid) <= kind_mask);
/// Values are nested no deeper than any engine nests them: protects the stack from damaged files.
constexpr int most_levels = 200;
constexpr std::size_t longest_varint = 10;

std::uint64_t zigzag(std::int64_t value) { return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63); }
std::int64_t unzigzag(std::uint64_t value) { return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1); }

void append_varint(std::uint64_t value, Buffer& out) {
  char* const place = out.reserve(longest_varint);
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) place[size++] = static_cast<char>(value | 0x80);
  place[size++] = static_cast<char>(value);
  out.advance(size);
}

template <class T>
void append_plain(const T& value, Buffer& out) {
  std::memcpy(out.reserve(sizeof value), &value, sizeof value);
  out.advance(sizeof value);
}

void append_cell(const Cell& cell, Buffer& out) {
  out.append(static_cast<char>(static_cast<unsigned>(cell.kind) | static_cast<unsigned>(cell.flags) << kind_bits));
  switch (cell.kind) {
    case CellKind::null:
      return;
    case CellKind::boolean:
    case CellKind::int64:
    case CellKind::date:
    case CellKind::time:
    case CellKind::timestamp:
    case CellKind::timestamp_tz:
      return append_varint(zigzag(cell.i), out);
    case CellKind::uint64:
      return append_varint(cell.u, out);
    case CellKind::float32:
    case CellKind::float64:
      return append_plain(cell.d, out);
    case CellKind::time_tz:
      append_varint(zigzag(cell.i), out);
      return append_plain(cell.size, out);
    case CellKind::interval:
      append_varint(zigzag(cell.interval->microseconds), out);
      append_varint(zigzag(cell.interval->days), out);
      return append_varint(zigzag(cell.interval->months), out);
    case CellKind::decimal_text:
    case CellKind::decimal_wire:
    case CellKind::text:
    case CellKind::bytes:
    case CellKind::uuid:
    case CellKind::json:
    case CellKind::bits:
    case CellKind::invalid:
      append_varint(cell.size, out);
      return out.append(cell.view());
    case CellKind::array:
    case CellKind::composite:
    case CellKind::map:
    case CellKind::range:
      append_varint(cell.size, out);
      for (const Cell& child : cell.children()) append_cell(child, out);
  }
}

/// Takes values off the front of some bytes; what is not there makes it `bad` for good.
class Taker {
 public:
  Taker(std::string_view bytes, Arena& arena) : at_(bytes.data()), end_(bytes.data() + bytes.size()), arena_(arena) {}

  bool bad() const { return bad_; }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

  Cell cell(int levels = 0) {
    Cell cell;
    if (at_ == end_ || levels > most_levels) return fail();
    const auto head = static_cast<unsigned char>(*at_++);
    if ((head & kind_mask) > static_cast<unsigned>(CellKind::invalid)) return fail();
    cell.kind = static_cast<CellKind>(head & kind_mask);
    cell.flags = static_cast<std::uint8_t>(head >> kind_bits);
    switch (cell.kind) {
      case CellKind::null:
        break;
      case CellKind::boolean:
      case CellKind::int64:
      case CellKind::date:
      case CellKind::time:
      case CellKind::timestamp:
      case CellKind::timestamp_tz:
        cell.i = unzigzag(varint());
        break;
      case CellKind::uint64:
        cell.u = varint();
        break;
      case CellKind::float32:
      case CellKind::float64:
        plain(cell.d);
        break;
      case CellKind::time_tz:
        cell.i = unzigzag(varint());
        plain(cell.size);
        break;
      case CellKind::interval:
        interval(cell);
        break;
      case CellKind::array:
      case CellKind::composite:
      case CellKind::map:
      case CellKind::range:
        children(cell, levels);
        break;
      default:
        text(cell);
    }
    return bad_ ? Cell::null() : cell;
  }

  /// Goes over a cell without making it: most cells that are not wanted are plain.
  void skip() { (void)cell(); }

 private:
  Cell fail() {
    bad_ = true;
    return Cell::null();
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    bad_ = true;
    return 0;
  }

  template <class T>
  void plain(T& value) {
    if (static_cast<std::size_t>(end_ - at_) < sizeof value) {
      bad_ = true;
      return;
    }
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
  }

  void text(Cell& cell) {
    const std::uint64_t size = varint();
    if (bad_ || size > static_cast<std::uint64_t>(end_ - at_) || size > UINT32_MAX) {
      bad_ = true;
      return;
    }
    cell.data = at_;
    cell.size = static_cast<std::uint32_t>(size);
    at_ += size;
  }

  void interval(Cell& cell) {
    auto* const place = arena_.allocate_array<row::Interval>(1);
    place->microseconds = unzigzag(varint());
    place->days = static_cast<std::int32_t>(unzigzag(varint()));
    place->months = static_cast<std::int32_t>(unzigzag(varint()));
    cell.interval = place;
  }

  void children(Cell& cell, int levels) {
    const std::uint64_t size = varint();
    // A range has two bounds, whatever it counts; every cell takes a byte at least.
    const std::uint64_t most = cell.kind == CellKind::range ? 1 : static_cast<std::uint64_t>(end_ - at_);
    if (bad_ || size > most) {
      bad_ = true;
      return;
    }
    cell.size = static_cast<std::uint32_t>(size);
    const std::size_t count = cell.children().size();
    if (count > static_cast<std::size_t>(end_ - at_)) {
      bad_ = true;
      return;
    }
    Cell* const cells = arena_.allocate_array<Cell>(count);
    for (std::size_t index = 0; index < count; ++index) cells[index] = bad_ ? Cell::null() : this->cell(levels + 1);
    cell.cells = cells;
  }

  const char* at_;
  const char* end_;
  Arena& arena_;
  bool bad_ = false;
};

}  // namespace

void append_row(std::span<const Cell> cells, Buffer& out) {
  for (const Cell& cell : cells) append_cell(cell, out);
}

bool read_row(std::string_view& bytes, std::span<const std::int32_t> places, Cell* out, Arena& arena) {
  Taker taker(bytes, arena);
  for (const std::int32_t place : places) {
    if (place == nowhere)
      taker.skip();
    else
      out[place] = taker.cell();
    if (taker.bad()) return false;
  }
  bytes = taker.rest();
  return true;
}

}  // namespace itemize::store
