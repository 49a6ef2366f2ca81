// From names in the model to tables of a catalog.
#pragma once

#include "model/findings.h"
#include "model/model.h"
#include "row/catalog.h"

namespace itemize::model {

/// The table that `from` means in `catalog`; nullptr with a finding where there is none, it cannot be read, or it has no columns.
const row::Table* resolve_table(Findings& findings, const std::string& path, const From& from, const SourceSpec& source, const row::Catalog& catalog);

/// The column of that name; nullopt with a finding ("did you mean").
std::optional<std::size_t> resolve_column(Findings& findings, const std::string& path, const Text& name, const row::Table& table);

/// A finding where the column cannot be used: unreadable for this user, or of a type that the source cannot read. False then.
bool check_readable(Findings& findings, const std::string& path, Place place, const row::Table& table, std::size_t column, const SourceSpec& source);

}  // namespace itemize::model
