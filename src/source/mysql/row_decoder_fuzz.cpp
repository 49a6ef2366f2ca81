// Any bytes as a row of any columns: nothing is read that is not there, and every cell can be turned into text.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "row/cell_text.h"
#include "source/mysql/row_decoder.h"

using namespace itemize;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first byte says how many columns, two more for each its wire type and its kind; the rest is the row.
  if (size == 0) return 0;
  const std::size_t columns = data[0] % 12;
  if (size < 1 + 2 * columns) return 0;
  std::vector<source::mysql::ColumnDecoder> decoders;
  std::vector<row::Type> types;
  for (std::size_t index = 0; index < columns; ++index) {
    row::Type type;
    type.kind = static_cast<row::TypeKind>(data[2 + 2 * index] % (static_cast<int>(row::TypeKind::unsupported) + 1));
    type.length = data[2 + 2 * index] / 3;
    type.precision = data[2 + 2 * index] % 7;
    if (type.kind == row::TypeKind::set) type.children.emplace_back();
    decoders.push_back(source::mysql::decoder_of(data[1 + 2 * index], data[2 + 2 * index] % 2 == 1, type));
    types.push_back(std::move(type));
  }
  // A copy of its own, so that one byte too many is found.
  const std::size_t rest = size - 1 - 2 * columns;
  const std::unique_ptr<char[]> packet(new char[rest]);
  if (rest > 0) std::memcpy(packet.get(), data + 1 + 2 * columns, rest);
  Arena arena;
  std::vector<row::Cell> cells(columns + 1);
  const source::mysql::RowDecoder decoder(std::move(decoders));
  if (!decoder.decode({packet.get(), rest}, cells.data(), arena)) return 0;
  Buffer text;
  for (std::size_t index = 0; index < columns; ++index) row::append_text(cells[index], types[index], text);
  return 0;
}
