#include "transform/transformer.h"

#include <cassert>

#include "transform/item_builder.h"

namespace itemize::transform {

struct Transformer::State {
  const Program::Compiled& program;
  expr::Context context;
  Arena arena;
  Buffer scratch;
  Counts counts;
};

Transformer::Transformer(const Program& program, expr::Context context) : state_(new State{program.compiled(), context, Arena(), {}, {}}) {
  state_->counts.items.resize(program.compiled().model.model->items.size());
  state_->counts.skipped.resize(program.compiled().model.model->items.size());
}

Transformer::~Transformer() = default;

const Counts& Transformer::counts() const { return state_->counts; }

void Transformer::run(const row::RowBatch& rows, item::ItemBatch& items, std::vector<RowRejection>& rejections) {
  State& state = *state_;
  // Whoever reads rows has joined to them what belongs to them.
  assert(rows.empty() || rows.columns() == state.program.table.width());
  std::vector<ItemBuilder> builders;
  for (const CompiledItem& compiled : state.program.items)
    builders.emplace_back(state.program, compiled, state.context, state.arena, state.scratch, items.tables[compiled.bound->table_index]);
  for (std::size_t index = 0; index < rows.rows(); ++index) {
    // What expressions made of the row before.
    state.arena.reset();
    for (ItemBuilder& builder : builders) {
      const model::BoundItem& bound = *builder.compiled().bound;
      switch (builder.build(rows.row(index))) {
        case Step::written:
          state.counts.items[bound.index] += builder.puts();
          break;
        case Step::absent:
          ++state.counts.skipped[bound.index];
          break;
        case Step::rejected:
          rejections.push_back({index, &bound, builder.take_rejection()});
          break;
      }
    }
  }
}

}  // namespace itemize::transform
