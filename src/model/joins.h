// Which columns join two tables: by the foreign key, or as the model says.
#pragma once

#include <string>
#include <vector>

#include "model/findings.h"
#include "model/model.h"
#include "row/catalog.h"

namespace itemize::model {

/// Columns of the owner's table and of the related one, in the same order.
struct Join {
  std::vector<std::size_t> parent_columns;
  std::vector<std::size_t> child_columns;
};

/// The join of a relation without `via`; nullopt with a finding.
std::optional<Join> resolve_join(Findings& findings, const std::string& path, const Relation& relation, const row::Table& owner,
                                 const row::Table& related);

/// For `via`: the link table's rows of an owner's row, and the far row of a link. nullopt with a finding.
std::optional<Join> join_to_link(Findings& findings, const std::string& path, const Via& via, const row::Table& owner,
                                 const row::Table& link);
std::optional<Join> join_to_far(Findings& findings, const std::string& path, const Via& via, const row::Table& link, const row::Table& far);

/// True where the columns hold a unique key of the table: at most one row has given values in them.
bool hold_unique_key(const row::Table& table, const std::vector<std::size_t>& columns);

}  // namespace itemize::model
