#include "model/bind_item.h"
#include "model/bind_relations.h"
#include "model/resolve.h"

namespace itemize::model {

void bind_script(BindState& state, DraftItem& draft, DraftRows& rows) {
  const ItemType& item = *draft.bound.item;
  const row::Table& from = *rows.table;
  if (item.script->columns) {
    const std::string path = "items." + item.name + ".script.columns";
    for (const Text& name : *item.script->columns) {
      const auto column = resolve_column(state.findings, path, name, from);
      if (column && check_readable(state.findings, path, name.place, from, *column, state.source)) draft.script_columns.push_back(*column);
    }
  } else {
    for (std::size_t column = 0; column < from.columns.size(); ++column)
      if (from.columns[column].readable && from.columns[column].type.kind != row::TypeKind::unsupported)
        draft.script_columns.push_back(column);
  }
  rows.needed.insert(draft.script_columns.begin(), draft.script_columns.end());
}

}  // namespace itemize::model
