#include "transform/transformer.h"

#include <cassert>

#include "transform/item_builder.h"
#include "transform/row_script.h"

namespace itemize::transform {
namespace {

/// How the item of a row looks on its way to a script; its key where the script promises to keep it.
constexpr item::Framing to_script{"", "", false};
constexpr item::Framing to_script_with_key{"", "", true};

}  // namespace

struct Transformer::State {
  const Program::Compiled& program;
  expr::Context context;
  Arena arena;
  Buffer scratch;
  Counts counts;
  /// By item of the program: its script, opened when the first row comes, and the item that is on its way to it.
  std::vector<std::unique_ptr<RowScript>> scripts;
  std::vector<item::TableItems> staged;

  Result<void> open_scripts();
  Result<void> take(std::size_t index, const row::RowBatch& rows, std::vector<ItemBuilder>& builders,
                    std::vector<std::unique_ptr<ScriptOutput>>& outputs, std::vector<RowRejection>& rejections);
};

Transformer::Transformer(const Program& program, expr::Context context)
    : state_(new State{program.compiled(), context, Arena(), {}, {}, {}, {}}) {
  state_->counts.items.resize(program.compiled().model.model->items.size());
  state_->counts.skipped.resize(program.compiled().model.model->items.size());
}

Transformer::~Transformer() = default;

const Counts& Transformer::counts() const { return state_->counts; }

Result<void> Transformer::State::open_scripts() {
  if (!scripts.empty()) return {};
  staged.resize(program.items.size());
  for (const CompiledItem& compiled : program.items) {
    scripts.emplace_back();
    if (compiled.bound->item->script) scripts.back() = TRY_WITH("item type " + compiled.bound->item->name, make_script(program, compiled));
  }
  return {};
}

/// One row, through all item types.
Result<void> Transformer::State::take(std::size_t index, const row::RowBatch& rows, std::vector<ItemBuilder>& builders,
                                      std::vector<std::unique_ptr<ScriptOutput>>& outputs, std::vector<RowRejection>& rejections) {
  for (std::size_t each = 0; each < builders.size(); ++each) {
    ItemBuilder& builder = builders[each];
    const model::BoundItem& bound = *builder.compiled().bound;
    switch (builder.build(rows.row(index))) {
      case Step::written:
        if (outputs[each] != nullptr) {
          TRY(scripts[each]->give(index, rows.row(index), staged[each], *outputs[each]));
          staged[each].clear();
        } else {
          counts.items[bound.index] += builder.puts();
        }
        break;
      case Step::absent:
        ++counts.skipped[bound.index];
        break;
      case Step::rejected:
        rejections.push_back({index, &bound, builder.take_rejection()});
        break;
    }
  }
  return {};
}

Result<void> Transformer::run(const row::RowBatch& rows, item::ItemBatch& items, std::vector<RowRejection>& rejections) {
  State& state = *state_;
  // Whoever reads rows has joined to them what belongs to them.
  assert(rows.empty() || rows.columns() == state.program.table.width());
  TRY(state.open_scripts());
  std::vector<ItemBuilder> builders;
  std::vector<std::unique_ptr<ScriptOutput>> outputs;
  for (const CompiledItem& compiled : state.program.items) {
    const auto& script = compiled.bound->item->script;
    item::TableItems& table = items.tables[compiled.bound->table_index];
    const item::Framing& framing = !script ? state.program.framing : script->keeps_key ? to_script_with_key : to_script;
    outputs.push_back(script ? std::make_unique<ScriptOutput>(state.program, compiled, state.context.now, table, rejections, state.counts)
                             : nullptr);
    item::TableItems& to = script ? state.staged[builders.size()] : table;
    if (script) to.clear();
    builders.emplace_back(state.program, compiled, framing, state.context, state.arena, state.scratch, to);
  }
  for (std::size_t index = 0; index < rows.rows(); ++index) {
    // What expressions made of the row before.
    state.arena.reset();
    TRY(state.take(index, rows, builders, outputs, rejections));
  }
  for (std::size_t each = 0; each < outputs.size(); ++each)
    if (outputs[each] != nullptr) TRY(state.scripts[each]->finish(rows, *outputs[each]));
  return {};
}

}  // namespace itemize::transform
