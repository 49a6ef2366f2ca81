// What DMS writes as "${FirstName},${LastName}" as templates and expressions of itemize.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "model/exchange/dms_rules.h"
#include "row/catalog.h"

namespace itemize::model::exchange::dms {

/// A sentence that says what cannot be carried over.
using Refusal = std::string;

/// "${a},${b}" as the template "{a},{b}". A column that the table does not have is a refusal.
std::expected<std::string, Refusal> to_template(std::string_view value, const row::Table& table);

/// A mapping's value with its YAML form under `set`: a template in quotes, or { expr: "...", type: M }.
std::expected<std::string, Refusal> to_yaml(const AttributeMapping& mapping, const row::Table& table);

/// All of the columns as one flat document: what map-record-to-document writes under _doc.
std::string document_of(const std::vector<std::string>& columns);

/// The condition that the filters of a selection mean; empty where there are none.
std::expected<std::string, Refusal> to_where(const std::vector<Filter>& filters, const row::Table& table);

/// "FirstName" as SQL writes a name exactly.
std::string sql_name(std::string_view name);

}  // namespace itemize::model::exchange::dms
