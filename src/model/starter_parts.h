// What all writers of a first itemize.yaml share: `init`, and the importers of other tools' models.
#pragma once

#include <string>
#include <vector>

#include "model/model.h"
#include "row/catalog.h"

namespace itemize::model {

/// Version, source and target: the file's first lines.
std::string starter_head(const std::string& source_url, const Target& target);

/// The table as `from:` names it.
std::string from_text(const row::Table& table, const row::Catalog& catalog);

/// Empty where the model loads; else the first error.
std::string first_mistake(const std::string& yaml, const std::vector<row::Catalog>& catalogs);

}  // namespace itemize::model
