// Arrays, composites, ranges and hstore: values made of values. What a header says is checked against what is there before
// anything is allocated, so that no broken value can ask for more memory than its own size warrants.
#include "source/postgres/value_decoder.h"
#include "source/postgres/wire.h"

namespace itemize::source::postgres {
namespace {

using row::Cell;
using row::CellKind;

constexpr std::int32_t most_dimensions = 6;  // MAXDIM of PostgreSQL

Cell field_cell(const ValueDecoder& decoder, WireReader& from, Arena& arena) {
  bool null = false;
  const std::string_view bytes = from.field(null);
  return null || from.broken() ? Cell::null() : decoder.decode(decoder, bytes, arena);
}

struct Dimensions {
  std::int32_t count = 0;
  std::int32_t sizes[most_dimensions] = {};
};

/// One dimension as an array cell, inner ones within it.
Cell dimension(const ValueDecoder& element, const Dimensions& dimensions, std::int32_t level, WireReader& from, Arena& arena) {
  const auto size = static_cast<std::size_t>(dimensions.sizes[level]);
  Cell* const cells = arena.allocate_array<Cell>(size);
  for (std::size_t index = 0; index < size; ++index)
    cells[index] = level + 1 < dimensions.count ? dimension(element, dimensions, level + 1, from, arena) : field_cell(element, from, arena);
  return Cell::nested(CellKind::array, cells, size);
}

/// Flags of a range (rangetypes.h).
constexpr std::uint8_t wire_empty = 0x01, wire_lower_inclusive = 0x02, wire_upper_inclusive = 0x04, wire_lower_infinite = 0x08,
                       wire_upper_infinite = 0x10;

}  // namespace

/// Dimensions, a flag, the element's type, size and lower bound of each dimension, elements in row-major order. Lower bounds are
/// left out of the value: a list has none.
Cell decode_array(const ValueDecoder& self, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  Dimensions dimensions;
  dimensions.count = from.take<std::int32_t>();
  from.take<std::int32_t>();
  const auto element_oid = from.take<std::uint32_t>();
  if (from.broken() || dimensions.count < 0 || dimensions.count > most_dimensions) return invalid("an array of unknown form");
  const ValueDecoder& element = self.children.front();
  if (element.oid != element_oid) return invalid("an array whose elements have another type than the column's");
  if (dimensions.count == 0) return from.complete() ? Cell::nested(CellKind::array, nullptr, 0) : invalid("an array of unknown form");
  std::uint64_t elements = 1;
  for (std::int32_t level = 0; level < dimensions.count; ++level) {
    dimensions.sizes[level] = from.take<std::int32_t>();
    from.take<std::int32_t>();
    // Each element has at least its length: more elements than that cannot be there.
    if (dimensions.sizes[level] <= 0) return invalid("an array with an empty dimension");
    elements *= static_cast<std::uint64_t>(dimensions.sizes[level]);
    if (elements > wire.size() / 4) return invalid("an array that says it has more elements than there are");
  }
  const Cell cell = dimension(element, dimensions, 0, from, arena);
  return from.complete() ? cell : invalid("an array of the wrong size");
}

/// Count of fields; for each its type and value.
Cell decode_composite(const ValueDecoder& self, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const auto count = from.take<std::int32_t>();
  if (from.broken() || count < 0 || static_cast<std::size_t>(count) != self.children.size())
    return invalid("a composite value with another number of fields than its type");
  Cell* const cells = arena.allocate_array<Cell>(self.children.size());
  for (std::size_t index = 0; index < self.children.size(); ++index) {
    const ValueDecoder& field = self.children[index];
    if (from.take<std::uint32_t>() != field.oid) return invalid("a composite value whose fields have other types than its type says");
    cells[index] = field_cell(field, from, arena);
  }
  return from.complete() ? Cell::nested(CellKind::composite, cells, self.children.size()) : invalid("a composite value of the wrong size");
}

Cell decode_range(const ValueDecoder& self, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const auto flags = from.take<std::uint8_t>();
  Cell* const bounds = arena.allocate_array<Cell>(2);
  bounds[0] = bounds[1] = Cell::null();
  Cell cell = Cell::nested(CellKind::range, bounds, 1);
  if ((flags & wire_empty) != 0) {
    cell.flags = row::range_empty;
    return from.complete() ? cell : invalid("a range of the wrong size");
  }
  if ((flags & wire_lower_infinite) == 0) bounds[0] = field_cell(self.children.front(), from, arena);
  if ((flags & wire_upper_infinite) == 0) bounds[1] = field_cell(self.children.front(), from, arena);
  if (!from.complete()) return invalid("a range of the wrong size");
  if ((flags & wire_lower_inclusive) != 0) cell.flags |= row::range_lower_inclusive;
  if ((flags & wire_upper_inclusive) != 0) cell.flags |= row::range_upper_inclusive;
  return cell;
}

/// Count; for each its size and a range. children[0] is the range's decoder.
Cell decode_multirange(const ValueDecoder& self, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const auto count = from.take<std::uint32_t>();
  if (from.broken() || count > from.left() / 4) return invalid("a multirange of unknown form");
  Cell* const ranges = arena.allocate_array<Cell>(count);
  for (std::uint32_t index = 0; index < count; ++index) ranges[index] = field_cell(self.children.front(), from, arena);
  return from.complete() ? Cell::nested(CellKind::array, ranges, count) : invalid("a multirange of the wrong size");
}

/// Count; for each entry the sized key, and the sized value or -1.
Cell decode_hstore(const ValueDecoder&, std::string_view wire, Arena& arena) {
  WireReader from(wire);
  const auto count = from.take<std::uint32_t>();
  if (from.broken() || count > from.left() / 8) return invalid("an hstore of unknown form");
  Cell* const cells = arena.allocate_array<Cell>(std::size_t{count} * 2);
  for (std::uint32_t index = 0; index < count; ++index) {
    bool null = false;
    const std::string_view key = from.field(null);
    if (null) return invalid("an hstore with a NULL key");
    cells[2 * index] = Cell::text(key);
    const std::string_view value = from.field(null);
    cells[2 * index + 1] = null ? Cell::null() : Cell::text(value);
  }
  return from.complete() ? Cell::nested(CellKind::map, cells, count) : invalid("an hstore of the wrong size");
}

}  // namespace itemize::source::postgres
