#include "pipeline/source_relations.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "base/decimal.h"
#include "row/cell_text.h"
#include "store/row_codec.h"

namespace itemize::pipeline {
namespace {

/// Keys that are asked for in one statement: far fewer than any engine's limit on parameters.
constexpr std::size_t keys_at_once = 200;
/// Of the rows of one key more is not kept than Gatherer looks at.
constexpr std::size_t most_bytes_of_key = 70 << 20;

/// Of an integer column, whether a value of that text can be in it: asking for another is an error to some engines.
bool fits(const std::string& text, const row::Type& type) {
  if (type.kind != row::TypeKind::integer || type.length <= 0 || type.length > 8) return true;
  const int bits = type.length * 8;
  if (type.is_unsigned) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && (bits == 64 || value < std::uint64_t{1} << bits);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::int64_t most = std::int64_t{1} << (bits - 2);  // half, so that it can be doubled below
  return error == std::errc() && end == text.data() + text.size() && (bits == 64 || (value < 2 * most && value >= -2 * most));
}

/// A value as the source is asked for it, or nothing where no row can have it.
std::optional<std::string> text_of(const row::Cell& cell, const row::Type& type, const row::Column& wanted, const row::EdgeSide& side) {
  Buffer buffer;
  if (row::append_text(cell, type, buffer) == row::TextStatus::null) return std::nullopt;
  std::string text(buffer.view());
  if (wanted.type.kind == row::TypeKind::integer || wanted.type.kind == row::TypeKind::decimal)
    if (const auto number = parse_decimal(text); number && number->kind == Decimal::Kind::finite) text = canonical_text(*number);
  if (side.drops_trailing_spaces && !side.key_form)
    while (text.ends_with(' ')) text.pop_back();
  return fits(text, wanted.type) ? std::optional(std::move(text)) : std::nullopt;
}

class SourceRows : public RelatedRows {
 public:
  SourceRows(const Snapshots& snapshots, const Joins& joins) : snapshots_(snapshots), joins_(joins) {}

  Result<void> prepare(const JoinedRows& rows, const row::RowBatch& read) override {
    known_.clear();
    arena_.reset();
    std::vector<const row::Cell*> owners;
    for (std::size_t index = 0; index < read.rows(); ++index) owners.push_back(read.row(index).data());
    return fetch_all(rows, owners);
  }

  Result<void> find(const Join& join, std::string_view key, const std::function<bool(std::string_view)>& visit) override {
    const auto& rows = known_[join.stored];
    const auto found = rows.find(std::string(key));
    if (found != rows.end() && !found->second.empty()) (void)visit(found->second);
    return {};
  }

 private:
  /// Edge keys that are asked for, with their values.
  using Wanted = std::map<std::string, std::vector<std::string>>;

  Result<void> fetch_all(const JoinedRows& rows, const std::vector<const row::Cell*>& owners) {
    for (const Join& join : rows.joins) {
      std::vector<const row::Cell*> found = TRY(fetch(join, join.owner, rows, owners));
      std::vector<const row::Cell*> all = found;
      for (std::size_t depth = 0; join.relation->max_depth && !found.empty() && depth <= *join.relation->max_depth; ++depth) {
        found = TRY(fetch(join, join.next, *join.child, found));
        all.insert(all.end(), found.begin(), found.end());
      }
      // Where a row is its own root, what the root is joined to hangs on the row itself.
      if (join.relation->max_depth)
        for (const row::Cell* owner : owners) all.push_back(own_root(join, rows, owner));
      if (!all.empty() && !join.child->joins.empty()) TRY(fetch_all(*join.child, all));
    }
    return {};
  }

  const row::Cell* own_root(const Join& join, const JoinedRows& owner_rows, const row::Cell* owner) {
    row::Cell* const cells = arena_.allocate_array<row::Cell>(join.own.size() + join.own_forms.size());
    for (std::size_t index = 0; index < join.own.size(); ++index) cells[index] = owner[join.own[index]];
    for (std::size_t index = 0; index < join.own_forms.size(); ++index)
      cells[join.own.size() + index] = owner[owner_rows.columns() + join.own_forms[index]];
    return cells;
  }

  /// Reads the rows that the owners' keys lead to, where they are not known yet. Gives them as rows of the child, as they are read,
  /// where its own relations are to be followed.
  Result<std::vector<const row::Cell*>> fetch(const Join& join, const std::vector<EdgePart>& parts, const JoinedRows& owner_rows,
                                              const std::vector<const row::Cell*>& owners) {
    Wanted wanted;
    std::set<std::string> keys;
    Buffer key;
    for (const row::Cell* owner : owners) {
      if (!append_edge_key(parts, owner, owner_rows.columns(), owner + owner_rows.columns(), key)) continue;
      if (!keys.emplace(key.view()).second || !known_[join.stored].try_emplace(std::string(key.view())).second) continue;
      if (auto values = values_of(join, parts, owner_rows, owner)) wanted.emplace(key.view(), *std::move(values));
    }
    TRY(read_all(join, wanted));
    std::vector<const row::Cell*> found;
    if (join.child->joins.empty() && !join.relation->max_depth) return found;
    for (const std::string& each : keys) {
      std::string_view rows = arena_.copy(known_[join.stored][each]);
      while (!rows.empty()) {
        row::Cell* const cells = arena_.allocate_array<row::Cell>(join.child->columns() + join.child->key_forms.size());
        if (!store::read_row(rows, join.places, cells, arena_))
          return fail(ErrorCode::internal, "a row that was read cannot be read again");
        found.push_back(cells);
      }
    }
    return found;
  }

  Result<void> read_all(const Join& join, const Wanted& wanted) {
    if (wanted.empty()) return {};
    const RelatedTable& table = joins_.tables()[join.table];
    if (!join.source_finds) {
      for (const source::Range& whole : TRY(snapshots_.by_source[table.source]->plan(*table.table, 64 << 20)))
        TRY(read(join, whole, wanted));
      return {};
    }
    source::Range range;
    range.schema = table.table->schema;
    range.table = table.table->name;
    range.kind = source::RangeKind::rows;
    for (const std::size_t slot : join.relation->child_slots) range.key_columns.push_back(join.relation->child->columns[slot]);
    for (auto next = wanted.begin(); next != wanted.end();) {
      range.row_keys.clear();
      for (; next != wanted.end() && range.row_keys.size() < keys_at_once; ++next) range.row_keys.push_back(next->second);
      TRY(read(join, range, wanted));
    }
    return {};
  }

  std::optional<std::vector<std::string>> values_of(const Join& join, const std::vector<EdgePart>& parts, const JoinedRows& owner_rows,
                                                    const row::Cell* owner) {
    std::vector<std::string> values;
    for (std::size_t index = 0; index < parts.size(); ++index) {
      // The value itself, also where the key is made of its key form.
      const std::size_t slot = &parts == &join.next ? next_slot(join, index) : join.relation->parent_slots[index];
      const model::BoundRows& child = *join.relation->child;
      const row::Column& column = child.table->columns[*child.table->column(child.columns[join.relation->child_slots[index]])];
      auto text = text_of(owner[slot], owner_rows.rows->types[slot], column, parts[index].side);
      if (!text) return std::nullopt;
      values.push_back(*std::move(text));
    }
    return values;
  }

  /// Where the found row has its own copy of the owner's column.
  static std::size_t next_slot(const Join& join, std::size_t index) {
    const auto own = std::ranges::find(join.own, join.relation->parent_slots[index]);
    return static_cast<std::size_t>(own - join.own.begin());
  }

  Result<void> read(const Join& join, const source::Range& range, const Wanted& wanted) {
    const RelatedTable& table = joins_.tables()[join.table];
    const std::string where = "table " + table.table->display_name();
    const auto reader =
        TRY_WITH(where, snapshots_.by_source[table.source]->open_with_key_forms(range, *table.table, table.columns, table.key_forms));
    const auto parts = std::ranges::find(table.keys, join.stored, &RelatedTable::Key::number);
    auto& known = known_[join.stored];
    row::RowBatch batch;
    Buffer key;
    Buffer row;
    while (TRY_WITH(where, reader->next(batch))) {
      for (std::size_t index = 0; index < batch.rows(); ++index) {
        const std::span<const row::Cell> cells = batch.row(index);
        if (!append_edge_key(parts->parts, cells.data(), cells.size(), nullptr, key) || !wanted.contains(std::string(key.view()))) continue;
        row.clear();
        store::append_row(cells, row);
        std::string& rows = known[std::string(key.view())];
        if (rows.size() + row.size() > most_bytes_of_key) continue;
        rows.append(row.view());
      }
    }
    return {};
  }

  const Snapshots& snapshots_;
  const Joins& joins_;
  std::unordered_map<store::TableNumber, std::unordered_map<std::string, std::string>> known_;  ///< By edge key, the rows.
  Arena arena_;
};

}  // namespace

std::unique_ptr<RelatedRows> SourceRelations::open() const { return std::make_unique<SourceRows>(snapshots_, joins_); }

}  // namespace itemize::pipeline
