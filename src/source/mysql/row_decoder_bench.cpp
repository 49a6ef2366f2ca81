// What decoding costs beside the server and the network: a row of 17 columns.
#include <benchmark/benchmark.h>

#include "source/mysql/row_decoder.h"

namespace itemize::source::mysql {
namespace {

void decode_wide_row(benchmark::State& state) {
  struct Part {
    std::uint8_t wire;
    row::TypeKind kind;
    std::string value;
  };
  const std::string text(24, 't');
  const std::vector<Part> parts{
      {8, row::TypeKind::integer, std::string(8, '\1')},
      {3, row::TypeKind::integer, std::string(4, '\1')},
      {5, row::TypeKind::float64, std::string(8, '\1')},
      {0xf6, row::TypeKind::decimal,
       "\x07"
       "1234.56"},
      {12, row::TypeKind::timestamp, std::string("\x07\xe8\x07\x02\x1d\x0c\x22\x38", 8)},
      {10, row::TypeKind::date, std::string("\x04\xe8\x07\x02\x1d", 5)},
      {1, row::TypeKind::integer, "\1"},
  };
  std::vector<ColumnDecoder> decoders;
  std::string packet(1 + (17 + 9) / 8, '\0');
  for (int index = 0; index < 17; ++index) {
    row::Type type;
    const bool is_text = index >= static_cast<int>(parts.size());
    if (!is_text) type.kind = parts[static_cast<std::size_t>(index)].kind;
    decoders.push_back(decoder_of(is_text ? 0xfd : parts[static_cast<std::size_t>(index)].wire, false, type));
    packet += is_text ? static_cast<char>(text.size()) + text : parts[static_cast<std::size_t>(index)].value;
  }
  const RowDecoder decoder(std::move(decoders));
  Arena arena;
  row::Cell cells[17];
  for (auto _ : state) {
    arena.reset();
    if (!decoder.decode(arena.copy(packet), cells, arena)) state.SkipWithError("no row");
    benchmark::DoNotOptimize(cells[16]);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * packet.size()));
}
BENCHMARK(decode_wide_row);

}  // namespace
}  // namespace itemize::source::mysql
