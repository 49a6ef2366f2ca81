// What the transform's benchmarks measure: the same batch, again and again.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "transform/transformer.h"

namespace itemize::transform::testing {

/// One core, items of one table. `units` are counted for each run: rows, or what matters in their place.
inline void run_repeatedly(benchmark::State& state, const Program& program, const row::RowBatch& rows, std::size_t units) {
  item::ItemBatch items;
  items.tables.resize(1);
  std::vector<RowRejection> rejections;
  Transformer transformer(program, {});
  for (auto _ : state) {
    items.clear();
    if (!transformer.run(rows, items, rejections)) return state.SkipWithError("the run failed");
    benchmark::DoNotOptimize(items.tables[0].text.data());
  }
  if (!rejections.empty()) return state.SkipWithError(rejections[0].rejection.sentence.c_str());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(units));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(items.tables[0].text.size()));
}

}  // namespace itemize::transform::testing
