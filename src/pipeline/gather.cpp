#include "pipeline/gather.h"

#include <algorithm>
#include <memory>
#include <set>

#include "base/hash.h"

namespace itemize::pipeline {
namespace {

using row::Cell;
using row::CellKind;

/// A batch is handed on when its rows took so much: a few large documents, or many small ones.
constexpr std::uint64_t batch_bytes = 2 << 20;
/// An arena that one huge document has stretched is given back.
constexpr std::uint64_t most_arena_bytes = 16 << 20;
/// Rows that lookups of one relation remember, and how large each may be.
constexpr std::size_t most_remembered = 1024;
constexpr std::size_t largest_remembered = 4096;

}  // namespace

Gatherer::Gatherer(const JoinedRows& rows, RelatedRows& related, std::size_t joins, GatherLimits limits)
    : rows_(rows), related_(related), limits_(limits), counts_(joins), remembered_(joins) {}

Result<void> Gatherer::begin(const row::RowBatch& read) {
  read_ = &read;
  next_row_ = 0;
  return related_.prepare(rows_, read);
}

Result<bool> Gatherer::next(row::RowBatch& wide) {
  if (wide.arena().bytes_reserved() > most_arena_bytes) wide = row::RowBatch();
  wide.clear(rows_.rows->width());
  arena_ = &wide.arena();
  std::uint64_t sum = 0;
  for (; next_row_ < read_->rows() && sum < batch_bytes; ++next_row_) {
    const std::span<const Cell> row = read_->row(next_row_);
    Cell* const cells = wide.add_row();
    std::ranges::copy(row.first(rows_.columns()), cells);
    bytes_ = 0;
    TRY(gather(rows_, cells, row.data() + rows_.columns(), 0));
    sum += bytes_;
  }
  return !wide.empty();
}

Cell* Gatherer::new_cells(std::size_t count) {
  Cell* const cells = arena_->allocate_array<Cell>(count);
  std::uninitialized_fill_n(cells, count, Cell());
  bytes_ += count * sizeof(Cell);
  return cells;
}

Cell Gatherer::invalid(const std::string& sentence) {
  Cell cell = Cell::view_of(CellKind::invalid, arena_->copy(sentence));
  cell.flags = row::invalid_value;
  return cell;
}

Result<void> Gatherer::gather(const JoinedRows& rows, Cell* wide, const Cell* forms, std::size_t level) {
  for (const Join& join : rows.joins) {
    if (join.relation->kind == model::RelationKind::embed)
      TRY(embed(join, wide, forms, rows.columns(), level));
    else if (join.relation->max_depth)
      TRY(follow(join, wide, forms, rows.columns(), level));
    else
      TRY(look_up(join, wide, forms, rows.columns(), level));
  }
  return {};
}

Result<void> Gatherer::embed(const Join& join, Cell* wide, const Cell* forms, std::size_t columns, std::size_t level) {
  const model::BoundRelation& relation = *join.relation;
  Cell& cell = wide[relation.slot];
  cell = Cell::nested(CellKind::array, nullptr, 0);
  if (!append_edge_key(join.owner, wide, columns, forms, key_)) return {};
  if (found_.size() <= level) found_.resize(level + 1);
  const std::size_t width = relation.child->width();
  const std::uint64_t most = relation.most_rows > 0 ? std::min(relation.most_rows, limits_.rows + 1) : limits_.rows + 1;
  struct Visit {
    Gatherer& self;
    const Join& join;
    std::vector<FoundRow>& found;
    std::size_t width;
    std::uint64_t most;
    Result<void> taken;
  } visit{*this, join, found_[level], width, most, {}};
  visit.found.clear();
  TRY(related_.find(join, key_.view(), [state = &visit](std::string_view chunk) {
    Gatherer& self = state->self;
    std::string_view rest = self.arena_->copy(chunk);
    self.bytes_ += chunk.size();
    while (!rest.empty() && state->found.size() < state->most && self.bytes_ <= self.limits_.bytes) {
      Cell* const cells = self.new_cells(state->width + state->join.child->key_forms.size());
      Cell* const row_forms = cells + state->width;
      state->taken = self.take_row(state->join, rest, cells, row_forms);
      if (!state->taken) return false;
      state->found.push_back({cells, row_forms});
    }
    return state->found.size() < state->most && self.bytes_ <= self.limits_.bytes;
  }));
  TRY(std::move(visit.taken));
  std::vector<FoundRow> found = std::move(found_[level]);  // deeper levels may move the list of lists
  counts_[join.number].found += found.size();
  if (found.size() > limits_.rows || bytes_ > limits_.bytes) {
    const std::string what = found.size() > limits_.rows ? "more than " + std::to_string(limits_.rows) + " rows"
                                                         : "more than " + std::to_string(limits_.bytes >> 20) + " MiB of rows";
    cell = invalid(what + " of " + relation.child->table->display_name() + " belong to one row");
    found_[level] = std::move(found);
    return {};
  }
  Cell* const rows = new_cells(found.size());
  for (std::size_t index = 0; index < found.size(); ++index) {
    TRY(gather(*join.child, found[index].cells, found[index].forms, level + 1));
    rows[index] = Cell::nested(CellKind::composite, found[index].cells, width);
  }
  cell = Cell::nested(CellKind::array, rows, found.size());
  if (bytes_ > limits_.bytes) cell = invalid("more than " + std::to_string(limits_.bytes >> 20) + " MiB of rows belong to one row");
  found_[level] = std::move(found);
  return {};
}

Result<void> Gatherer::take_row(const Join& join, std::string_view& rows, Cell* cells, Cell* forms) {
  // Stored cells know nothing of the child's own relations: their slots are between its columns and its key forms.
  const std::size_t columns = join.child->columns();
  const std::size_t form_count = join.child->key_forms.size();
  Cell* const read = form_count == 0 ? cells : new_cells(columns + form_count);
  if (!store::read_row(rows, join.places, read, *arena_))
    return fail(ErrorCode::io, "the local store is damaged: a row of " + join.relation->child->table->display_name() + " cannot be read",
                "run the command again");
  if (form_count == 0) return {};
  std::copy_n(read, columns, cells);
  std::copy_n(read + columns, form_count, forms);
  return {};
}

Result<bool> Gatherer::find_one(const Join& join, Cell* cells, Cell* forms) {
  std::vector<Remembered>& all = remembered_[join.number];
  if (all.empty()) all.resize(most_remembered);
  Remembered& place = all[hash64(key_.view()) % most_remembered];
  if (!place.used || place.key != key_.view()) {
    place.used = true;
    place.none = true;
    place.several = false;
    place.key.assign(key_.view());
    TRY(related_.find(join, key_.view(), [&place, unique = join.unique](std::string_view rows) {
      place.several = !place.none;
      if (place.none) place.row.assign(rows);
      place.none = false;
      return !unique && !place.several;
    }));
  }
  if (place.none) return false;
  const bool several = place.several;
  std::string_view bytes = arena_->copy(place.row);
  bytes_ += bytes.size();
  // Rows that were too large to be remembered are forgotten once they are copied.
  if (place.row.size() > largest_remembered) place = Remembered();
  TRY(take_row(join, bytes, cells, forms));
  // Which of them would be meant? Whatever reads the row is rejected.
  if (several || !bytes.empty())
    std::fill_n(cells, join.child->columns(),
                invalid("several rows of " + join.relation->child->table->display_name() + " have the key that is looked up"));
  return true;
}

Result<void> Gatherer::look_up(const Join& join, Cell* wide, const Cell* forms, std::size_t columns, std::size_t level) {
  if (!append_edge_key(join.owner, wide, columns, forms, key_)) return {};
  Cell* const cells = wide + join.relation->slot;
  Cell* const child_forms = new_cells(join.child->key_forms.size());
  if (!TRY(find_one(join, cells, child_forms))) {
    ++counts_[join.number].missing;
    return {};
  }
  ++counts_[join.number].found;
  return gather(*join.child, cells, child_forms, level + 1);
}

/// From the row to its parent, to that one's parent, and so on.
Result<void> Gatherer::follow(const Join& join, Cell* wide, const Cell* forms, std::size_t columns, std::size_t level) {
  const model::BoundRelation& relation = *join.relation;
  const std::size_t width = relation.child->width();
  Cell* const root = wide + relation.slot;
  Cell& way = wide[relation.slot + width];
  std::vector<FoundRow> rows;
  std::set<std::string> seen;
  bool more = append_edge_key(join.owner, wide, columns, forms, key_);
  while (more) {
    const bool cycle = !seen.insert(std::string(key_.view())).second;
    if (cycle || rows.size() == *relation.max_depth) {
      way = invalid(cycle ? "the rows of " + relation.child->table->display_name() + " refer to one another in a circle"
                          : "the way to the root is longer than max_depth (" + std::to_string(*relation.max_depth) + ")");
      return {};
    }
    const FoundRow row{new_cells(width), new_cells(join.child->key_forms.size())};
    if (!TRY(find_one(join, row.cells, row.forms))) {
      ++counts_[join.number].missing;
      break;
    }
    rows.push_back(row);
    more = append_edge_key(join.next, row.cells, join.child->columns(), row.forms, key_);
  }
  counts_[join.number].found += rows.size();
  Cell* const list = new_cells(rows.size());
  for (std::size_t index = 0; index < rows.size(); ++index)
    list[index] = Cell::nested(CellKind::composite, rows[rows.size() - 1 - index].cells, width);
  way = Cell::nested(CellKind::array, list, rows.size());
  Cell* root_forms = rows.empty() ? nullptr : rows.back().forms;
  if (rows.empty()) {
    // A row without a parent is its own root.
    for (std::size_t column = 0; column < join.own.size(); ++column) root[column] = wide[join.own[column]];
    root_forms = new_cells(join.child->key_forms.size());
    for (std::size_t index = 0; index < join.own_forms.size(); ++index) root_forms[index] = forms[join.own_forms[index]];
  } else {
    std::copy_n(rows.back().cells, width, root);
  }
  return gather(*join.child, root, root_forms, level + 1);
}

}  // namespace itemize::pipeline
