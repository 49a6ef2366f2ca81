#include "pipeline/orphans.h"

namespace itemize::pipeline {
namespace {

std::string number_of_rows(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " row" : " rows"); }

std::string names_of_columns(const model::BoundRows& rows, const std::vector<std::size_t>& slots) {
  std::string text;
  for (const std::size_t slot : slots) text += (text.empty() ? "" : ", ") + rows.columns[slot];
  return text;
}

void add_notes(const JoinedRows& owner, bool root, const std::vector<JoinCount>& counts,
               const std::map<store::TableNumber, StoredCount>& stored, std::vector<std::string>& notes) {
  for (const Join& join : owner.joins) {
    if (join.number >= counts.size()) continue;
    const model::BoundRelation& relation = *join.relation;
    const std::string child = relation.child->table->display_name();
    const std::string parent = owner.rows->table->display_name();
    if (relation.kind == model::RelationKind::lookup && counts[join.number].missing > 0) {
      notes.push_back(number_of_rows(counts[join.number].missing) + " of " + parent + " refer to a row of " + child +
                      " that is not there (" + names_of_columns(*owner.rows, relation.parent_slots) + ")");
    }
    const auto all = stored.find(join.stored);
    if (relation.kind == model::RelationKind::embed && root && join.owner_unique && relation.most_rows == 0 && all != stored.end() &&
        all->second.rows > counts[join.number].found) {
      notes.push_back(number_of_rows(all->second.rows - counts[join.number].found) + " of " + child + " belong to no row of " + parent +
                      " (" + names_of_columns(*relation.child, relation.child_slots) + ")");
    }
    add_notes(*join.child, false, counts, stored, notes);
  }
}

}  // namespace

std::vector<std::string> join_notes(const Joins& joins, const std::vector<JoinCount>& counts,
                                    const std::map<store::TableNumber, StoredCount>& stored) {
  std::vector<std::string> notes;
  for (std::size_t table = 0; table < joins.table_count(); ++table)
    if (const JoinedRows* joined = joins.joined(table)) add_notes(*joined, true, counts, stored, notes);
  return notes;
}

}  // namespace itemize::pipeline
