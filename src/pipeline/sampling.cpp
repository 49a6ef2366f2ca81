#include "pipeline/sampling.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "base/hash.h"
#include "pipeline/key_set.h"
#include "row/cell_text.h"
#include "row/edge_key.h"

namespace itemize::pipeline {
namespace {

constexpr std::uint64_t range_bytes = 64 << 20;

/// One foreign key between two tables of the sample.
struct Edge {
  std::size_t child = 0;  // in Sample::members
  std::size_t parent = 0;
  const row::ForeignKey* key = nullptr;
  std::vector<row::EdgeRule> rules;      // by column of the key
  std::vector<std::size_t> child_cells;  // in the cells that the member's test reads
  std::vector<std::size_t> parent_cells;
  KeySet taken;   // of the parent's rows: what they are referred to by
  KeySet wanted;  // of the child's taken rows: what they refer to
};

/// A table of the sample.
struct Member {
  const row::Table* table = nullptr;
  bool down = false;      // the root, or below it
  std::size_t order = 0;  // among those that are down: after all that it refers to
  RowTest test;
  std::size_t new_wanted = 0;  // since its rows were last looked up
};

class Sample final : public RowFilter {
 public:
  bool takes(const row::Table& table) const override { return find(table) != nullptr; }
  const RowTest* test_of(const row::Table& table) const override {
    const Member* member = find(table);
    return member == nullptr ? nullptr : &member->test;
  }
  std::vector<std::string> notes() const override { return notes_; }

  const Member* find(const row::Table& table) const {
    for (const Member& member : members)
      if (member.table->is(table.schema, table.name)) return &member;
    return nullptr;
  }

  std::vector<Member> members;  // the root first; not changed in number once tests point to them
  std::vector<Edge> edges;
  std::vector<std::size_t> identity;  // cells of the root's test
  std::vector<row::Type> identity_types;
  double share = 1;
  std::vector<std::string> notes_;

  std::uint64_t key_of(std::span<const row::Cell> cells, const Edge& edge, bool as_parent, bool& there) const {
    Buffer buffer;
    there = true;
    for (std::size_t index = 0; index < edge.rules.size(); ++index) {
      const row::Cell& cell = cells[(as_parent ? edge.parent_cells : edge.child_cells)[index]];
      there = there && row::append_edge_part(cell, as_parent ? edge.rules[index].reference : edge.rules[index].other, buffer);
    }
    return there ? hash64(buffer.view()) : 0;
  }

  /// Chosen by its own identity.
  bool is_chosen(std::span<const row::Cell> cells) const {
    Buffer text;
    for (std::size_t index = 0; index < identity.size(); ++index) {
      (void)row::append_text(cells[identity[index]], identity_types[index], text);
      text.append('\0');
    }
    return static_cast<double>(hash64(text.view())) < share * 18446744073709551616.0;
  }

  bool is_below(std::size_t member, std::span<const row::Cell> cells) const {
    if (!members[member].down) return false;
    if (member == 0) return is_chosen(cells);
    return std::ranges::any_of(edges, [&](const Edge& edge) {
      if (edge.child != member || !members[edge.parent].down || members[edge.parent].order >= members[member].order) return false;
      bool there = false;
      const std::uint64_t key = key_of(cells, edge, false, there);
      return there && edge.taken.contains(key);
    });
  }

  bool is_wanted(std::size_t member, std::span<const row::Cell> cells) const {
    return std::ranges::any_of(edges, [&](const Edge& edge) {
      if (edge.parent != member || edge.wanted.size() == 0) return false;
      bool there = false;
      const std::uint64_t key = key_of(cells, edge, true, there);
      return there && edge.wanted.contains(key);
    });
  }
};

class Sampler {
 public:
  Sampler(const Migration& migration, const Snapshots& snapshots, std::stop_token stop)
      : migration_(migration), snapshots_(snapshots), stop_(std::move(stop)), sample_(std::make_shared<Sample>()) {}

  Result<std::shared_ptr<const RowFilter>> run() {
    TRY(find_root());
    find_members();
    TRY(find_edges());
    find_order();
    keep_related();
    prepare_tests();
    TRY(go_down());
    TRY(go_up());
    return std::shared_ptr<const RowFilter>(sample_);
  }

 private:
  Result<void> find_root() {
    const SampleSpec& spec = *migration_.sample;
    for (const model::BoundTable& table : migration_.bound->tables)
      for (const model::BoundItem& item : table.items) {
        if (item.item->name != spec.of) continue;
        if (table.schema_slot)
          return fail(ErrorCode::invalid_input, spec.of + " is read from many schemas: a sample of it cannot be closed over foreign keys",
                      "give --of an item type of one table");
        if (item.identity_slots.empty())
          return fail(ErrorCode::invalid_input, "the rows of " + spec.of + " have no identity to choose them by",
                      "give --of an item type whose table has a key");
        root_ = &table;
        root_item_ = &item;
        sample_->share = spec.share;
        return {};
      }
    return fail(ErrorCode::not_found, "--of: there is no item type '" + spec.of + "' among those that are taken",
                "name one of the model's, and of --select where that is given");
  }

  void add_member(const row::Table* table) {
    if (sample_->find(*table) == nullptr) sample_->members.push_back({.table = table});
  }
  void add_joined(const model::BoundRows& rows) {
    for (const model::BoundRelation& relation : rows.relations) {
      if (relation.child->source == root_->source) add_member(relation.child->table);
      add_joined(*relation.child);
    }
  }
  void find_members() {
    add_member(root_->table);
    for (const model::BoundTable& table : migration_.bound->tables) {
      if (table.source != root_->source) continue;
      add_member(table.table);
      add_joined(table);
    }
  }

  std::optional<std::size_t> index_of(const std::string& schema, const std::string& name) const {
    for (std::size_t index = 0; index < sample_->members.size(); ++index)
      if (sample_->members[index].table->is(schema, name)) return index;
    return std::nullopt;
  }

  Result<void> find_edges() {
    for (std::size_t child = 0; child < sample_->members.size(); ++child) {
      const row::Table& table = *sample_->members[child].table;
      for (const row::ForeignKey& key : table.foreign_keys) {
        const auto parent = index_of(key.parent_schema, key.parent_table);
        if (!parent || key.columns.size() != key.parent_columns.size()) continue;
        Edge edge{.child = child, .parent = *parent, .key = &key};
        const row::Table& referred = *sample_->members[*parent].table;
        for (std::size_t index = 0; index < key.columns.size(); ++index) {
          const auto from = table.column(key.columns[index]);
          const auto to = referred.column(key.parent_columns[index]);
          if (!from || !to)
            return fail(ErrorCode::internal,
                        "the foreign key " + key.name + " of " + table.display_name() + " names a column that is not there");
          auto rule = row::edge_rule(referred.columns[*to], table.columns[*from]);
          if (!rule)
            return fail(ErrorCode::invalid_input,
                        "the sample cannot follow the foreign key " + key.name + " of " + table.display_name() + ": " + rule.error(),
                        "leave the item types of that table out (--select)");
          edge.rules.push_back(*std::move(rule));
        }
        sample_->edges.push_back(std::move(edge));
      }
    }
    return {};
  }

  /// Which tables are down, each after those that it refers to; where they refer to each other in a circle, the nearer one first.
  void find_order() {
    std::vector<Member>& members = sample_->members;
    std::vector<std::size_t> near{0};
    members[0].down = true;
    for (std::size_t next = 0; next < near.size(); ++next)
      for (const Edge& edge : sample_->edges) {
        if (edge.parent != near[next] || members[edge.child].down) continue;
        members[edge.child].down = true;
        near.push_back(edge.child);
      }
    std::set<std::size_t> placed;
    while (placed.size() < near.size()) {
      const auto is_ready = [&](std::size_t member) {
        return !placed.contains(member) && std::ranges::none_of(sample_->edges, [&](const Edge& edge) {
          return edge.child == member && edge.parent != member && members[edge.parent].down && !placed.contains(edge.parent);
        });
      };
      auto next = placed.empty() ? near.begin() : std::ranges::find_if(near, is_ready);
      if (next == near.end()) next = std::ranges::find_if(near, [&](std::size_t member) { return !placed.contains(member); });
      members[*next].order = placed.size();
      placed.insert(*next);
    }
  }

  /// Tables that the sample does not reach are left out.
  void keep_related() {
    std::vector<bool> reached(sample_->members.size(), false);
    for (std::size_t index = 0; index < reached.size(); ++index) reached[index] = sample_->members[index].down;
    for (bool grew = true; grew;) {
      grew = false;
      for (const Edge& edge : sample_->edges) {
        if (!reached[edge.child] || reached[edge.parent]) continue;
        reached[edge.parent] = grew = true;
      }
    }
    std::vector<std::size_t> place(reached.size(), 0);
    std::vector<Member> kept;
    for (std::size_t index = 0; index < reached.size(); ++index) {
      place[index] = kept.size();
      if (reached[index]) kept.push_back(std::move(sample_->members[index]));
    }
    std::erase_if(sample_->edges, [&](const Edge& edge) { return !reached[edge.child] || !reached[edge.parent]; });
    for (Edge& edge : sample_->edges) {
      edge.child = place[edge.child];
      edge.parent = place[edge.parent];
    }
    sample_->members = std::move(kept);
    for (const model::BoundTable& table : migration_.bound->tables)
      for (const model::BoundItem& item : table.items)
        if (!sample_->takes(*table.table))
          sample_->notes_.push_back(item.item->name + " is left out: no foreign keys lead from " + migration_.sample->of + " to " +
                                    table.table->display_name());
  }

  /// The place of a column's value, or of its key form, among what the member's test reads.
  std::size_t cell_of(RowTest& test, const std::string& column, bool key_form) {
    std::vector<std::string>& list = key_form ? test.key_forms : test.columns;
    const auto found = std::ranges::find(list, column);
    const auto index = static_cast<std::size_t>(found - list.begin());
    if (found == list.end()) list.push_back(column);
    return index | (key_form ? key_form_mark : 0);
  }
  static constexpr std::size_t key_form_mark = std::size_t{1} << 40;

  void prepare_tests() {
    for (const std::size_t slot : root_item_->identity_slots) {
      sample_->identity.push_back(cell_of(sample_->members[0].test, root_->columns[slot], false));
      sample_->identity_types.push_back(root_->types[slot]);
    }
    for (Edge& edge : sample_->edges)
      for (std::size_t index = 0; index < edge.rules.size(); ++index) {
        edge.child_cells.push_back(cell_of(sample_->members[edge.child].test, edge.key->columns[index], edge.rules[index].other.key_form));
        edge.parent_cells.push_back(
            cell_of(sample_->members[edge.parent].test, edge.key->parent_columns[index], edge.rules[index].reference.key_form));
      }
    // Key forms stand behind all values, whose number is known only now.
    const auto settle = [&](std::size_t& cell, std::size_t member) {
      if (cell & key_form_mark) cell = (cell & ~key_form_mark) + sample_->members[member].test.columns.size();
    };
    for (Edge& edge : sample_->edges) {
      for (std::size_t& cell : edge.child_cells) settle(cell, edge.child);
      for (std::size_t& cell : edge.parent_cells) settle(cell, edge.parent);
    }
    for (std::size_t member = 0; member < sample_->members.size(); ++member)
      sample_->members[member].test.keeps = [sample = sample_.get(), member](std::span<const row::Cell> cells) {
        return sample->is_below(member, cells) || sample->is_wanted(member, cells);
      };
  }

  Result<void> each_row(std::size_t member, const std::function<void(std::span<const row::Cell>)>& visit) {
    const row::Table& table = *sample_->members[member].table;
    const RowTest& test = sample_->members[member].test;
    source::Snapshot& snapshot = *snapshots_.by_source[root_->source];
    row::RowBatch batch;
    for (const source::Range& range : TRY_WITH("table " + table.display_name(), snapshot.plan(table, range_bytes))) {
      auto reader = TRY_WITH("table " + table.display_name(),
                             test.key_forms.empty() ? snapshot.open(range, table, test.columns)
                                                    : snapshot.open_with_key_forms(range, table, test.columns, test.key_forms));
      while (TRY_WITH("table " + table.display_name(), reader->next(batch))) {
        if (stop_.stop_requested()) return fail(ErrorCode::cancelled, "stopped");
        for (std::size_t index = 0; index < batch.rows(); ++index) visit(batch.row(index));
        if (keys_ > most_sampled_keys)
          return fail(ErrorCode::invalid_input,
                      "the sample holds more than " + std::to_string(most_sampled_keys) + " keys, which is as many as are kept in memory",
                      "take a smaller --sample, or fewer item types (--select)");
      }
    }
    return {};
  }

  /// A row is taken: what refers to it may be taken, too, and what it refers to is wanted.
  void take(std::size_t member, std::span<const row::Cell> cells, bool is_down) {
    for (Edge& edge : sample_->edges) {
      bool there = false;
      if (edge.parent == member && is_down && sample_->members[edge.child].down &&
          sample_->members[edge.child].order > sample_->members[member].order) {
        const std::uint64_t key = sample_->key_of(cells, edge, true, there);
        if (there && edge.taken.insert(key)) ++keys_;
      }
      if (edge.child != member) continue;
      const std::uint64_t key = sample_->key_of(cells, edge, false, there);
      if (!there || edge.taken.contains(key) || !edge.wanted.insert(key)) continue;
      ++keys_;
      ++sample_->members[edge.parent].new_wanted;
    }
  }

  Result<void> go_down() {
    std::vector<std::size_t> order;
    for (std::size_t member = 0; member < sample_->members.size(); ++member)
      if (sample_->members[member].down) order.push_back(member);
    std::ranges::sort(order, {}, [&](std::size_t member) { return sample_->members[member].order; });
    for (const std::size_t member : order) {
      if (std::ranges::none_of(sample_->edges, [&](const Edge& edge) { return edge.child == member || edge.parent == member; })) continue;
      TRY(each_row(member, [&](std::span<const row::Cell> cells) {
        if (sample_->is_below(member, cells)) take(member, cells, true);
      }));
    }
    return {};
  }

  /// Until nothing new is referred to. Each round reads the tables that were referred to and refer to others.
  Result<void> go_up() {
    for (bool grew = true; grew;) {
      grew = false;
      for (std::size_t member = 0; member < sample_->members.size(); ++member) {
        const bool refers = std::ranges::any_of(sample_->edges, [&](const Edge& edge) { return edge.child == member; });
        if (std::exchange(sample_->members[member].new_wanted, 0) == 0 || !refers) continue;
        grew = true;
        TRY(each_row(member, [&](std::span<const row::Cell> cells) {
          if (sample_->is_wanted(member, cells)) take(member, cells, false);
        }));
      }
    }
    return {};
  }

  const Migration& migration_;
  const Snapshots& snapshots_;
  std::stop_token stop_;
  std::shared_ptr<Sample> sample_;
  const model::BoundTable* root_ = nullptr;
  const model::BoundItem* root_item_ = nullptr;
  std::size_t keys_ = 0;
};

}  // namespace

Result<double> parse_share(const std::string& text) {
  char* end = nullptr;
  const double percent = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || std::string_view(end) != "%" || !(percent > 0) || percent > 100)
    return fail(ErrorCode::invalid_input, "--sample: '" + text + "' is no share", "write a percentage above 0%, such as 1% or 0.05%");
  return percent / 100;
}

Result<std::shared_ptr<const RowFilter>> sample_rows(const Migration& migration, const Snapshots& snapshots, std::stop_token stop) {
  return Sampler(migration, snapshots, std::move(stop)).run();
}

}  // namespace itemize::pipeline
